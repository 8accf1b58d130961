import { readTree } from '../tree.ts'
import { aCopy, type Copy } from './copy.ts'
import { type Mutant, mutate } from './mutant.ts'
import { makeTypeCheck, type TypeCheck } from './type-check.ts'
import { troubleIn, type Verdict, verdictOn } from './verdict.ts'

export interface Tried {
  mutant: Mutant
  verdict: Verdict
  seconds: number
}

/** Two suites at once keep two cores busy; each starts servers of its own. */
const copiesMax = 2

/**
 * Plants each mutant in a copy of the tree and runs the suite that must notice it. Before that the suites run on a
 * copy in which nothing is broken: red there would look like a catch everywhere.
 *
 * Throws when a mutant does not fit the tree any more, or when a suite is not green to begin with.
 */
export async function tryMutants(
  mutants: readonly Mutant[],
  tell: (tried: Tried) => void = () => undefined,
): Promise<Tried[]> {
  const tree = readTree()
  const planted = mutants.map((mutant) => ({ mutant, files: mutate(mutant, tree) }))
  const check = makeTypeCheck(planted.flatMap(({ files }) => files.map(({ path }) => path)))
  await using opened = new AsyncDisposableStack()
  const copies: Copy[] = []
  for (let made = 0; made < Math.min(copiesMax, mutants.length); made += 1) {
    copies.push(opened.use(await aCopy()))
  }
  await expectGreen(copies[0], mutants)

  const waiting = [...planted]
  const tried: Tried[] = []
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const one = await tryOne(copy, { ...next, tree, check })
        tell(one)
        tried.push(one)
      }
    }),
  )
  return mutants.flatMap((mutant) => tried.filter((one) => one.mutant === mutant))
}

async function expectGreen(copy: Copy | undefined, mutants: readonly Mutant[]): Promise<void> {
  const suites = mutants.map(({ suite }) => suite)
  const trouble = copy === undefined ? [] : troubleIn(await copy.test(suites, { bail: false }), suites)
  if (trouble.length > 0) throw new Error(`not green before anything is broken:\n  ${trouble.join('\n  ')}`)
}

async function tryOne(
  copy: Copy,
  at: {
    mutant: Mutant
    files: ReturnType<typeof readTree>
    tree: ReturnType<typeof readTree>
    check: TypeCheck
  },
): Promise<Tried> {
  const { mutant, files, tree, check } = at
  const began = performance.now()
  const complaints = check(files)
  let verdict: Verdict = { is: 'unusable', because: complaints[0] ?? '' }
  if (complaints.length === 0) {
    await copy.write(files)
    verdict = verdictOn(await copy.test([mutant.suite], { bail: true }), mutant)
    await copy.write(tree.filter(({ path }) => files.some((file) => file.path === path)))
  }
  return { mutant, verdict, seconds: (performance.now() - began) / 1000 }
}
