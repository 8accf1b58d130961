import type { TreeFile } from '../tree.ts'

/** Where a mutant has to be noticed: one test file, and the part of it that is run. */
export interface Suite {
  /** Path from the root. */
  file: string
  /** Part of the title of the tests that are run, or of a group of them, such as `[94]`. */
  title: string
}

/** One piece of one file, which must be in it exactly once. */
export interface Change {
  file: string
  find: string
  replace: string
}

/** One defect that somebody could write by mistake, and the tests that must turn red with it. */
export interface Mutant {
  /** Kebab-case. */
  name: string
  /** What is broken, as one sentence about the product. */
  breaks: string
  /** Rows of the attack catalogue that the defect lets through. Empty when it breaks a promise that no row is about. */
  rows: readonly number[]
  changes: readonly Change[]
  suite: Suite
}

/** Why a mutant can no longer be planted, by file: text that is gone, or that stands there twice by now. */
export function rot({ changes }: Mutant, files: readonly TreeFile[]): string[] {
  return changes.flatMap(({ file, find }) => {
    const text = files.find(({ path }) => path === file)?.text
    if (text === undefined) return [`${file} does not exist`]
    const times = text.split(find).length - 1
    return times === 1 ? [] : [`${file} has ${times} times: ${find}`]
  })
}

/** The texts of the files that the mutant changes. Throws when it does not fit any more. */
export function mutate(mutant: Mutant, files: readonly TreeFile[]): TreeFile[] {
  const problems = rot(mutant, files)
  if (problems.length > 0) throw new Error(`${mutant.name} can't be planted:\n  ${problems.join('\n  ')}`)
  const changed = new Map<string, string>()
  for (const { file, find, replace } of mutant.changes) {
    const text = changed.get(file) ?? files.find(({ path }) => path === file)?.text ?? ''
    changed.set(
      file,
      text.replace(find, () => replace),
    )
  }
  return [...changed].map(([path, text]) => ({ path, text }))
}
