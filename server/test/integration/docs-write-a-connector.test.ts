import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCopy, type Copy } from '../../../tools/mutants/copy.ts'
import { foldersOfParts, layerViolations } from '../../../tools/tidy/layers.ts'
import { foldersIn, registryViolations } from '../../../tools/tidy/rules.ts'
import { readTree, root, type TreeFile } from '../../../tools/tree.ts'

const run = promisify(execFile)
const page = 'docs/write-a-connector.md'
const registry = 'server/src/adapters/connectors/registry.ts'
const contract = 'server/test/contract/directory-people-http-contract.test.ts'

/** The files of the page, and the registry with the line that it adds. */
async function filesOf(): Promise<TreeFile[]> {
  const text = await readFile(join(root, page), 'utf8')
  const blocks = [...text.matchAll(/^<!-- (file|line): (\S+) -->\n```ts\n(.*?)^```$/gms)]
  return Promise.all(
    blocks.map(async ([, what, path = '', block = '']) => {
      if (what === 'file') return { path, text: block }
      const before = await readFile(join(root, path), 'utf8')
      const [, name = ''] = /^import \{ (\w+) \}/.exec(block) ?? []
      return { path, text: `${block}${before}`.replace('] as const', `, ${name}] as const`) }
    }),
  )
}

/** What the compiler has against the files, one sentence each. */
function complaints(folder: string, paths: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, folder)
  const names = paths.map((path) => join(folder, path))
  const program = ts.createProgram(names, { ...options, incremental: false, composite: false, noEmit: true })
  return names
    .flatMap((name) => {
      const source = program.getSourceFile(name)
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    })
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

describe('docs/write-a-connector.md', () => {
  let copy: Copy
  let files: TreeFile[]

  beforeAll(async () => {
    files = await filesOf()
    copy = await aCopy()
    await copy.write(files)
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  it('is one folder and one line, beside what tests it', () => {
    const inSource = files.map(({ path }) => path).filter((path) => path.startsWith('server/src/'))
    const folders = inSource.map((path) => path.split('/').slice(0, -1).join('/'))

    expect(inSource.filter((path) => path === registry)).toHaveLength(1)
    expect(new Set(folders.filter((folder) => !registry.startsWith(`${folder}/registry`)))).toEqual(
      new Set(['server/src/adapters/connectors/people-http']),
    )
  })

  it('has code as all other code is: formatted, in its layer, in the registry, and without a complaint of the compiler', async () => {
    const own = files.map(({ path }) => path).filter((path) => path !== registry)
    const tree = readTree(copy.folder)
    const kinds = foldersIn(tree, 'server/src/adapters/connectors').filter(
      (name) => !foldersOfParts.includes(name),
    )
    const registered = [
      ...(files.find(({ path }) => path === registry)?.text ?? '').matchAll(/'\.\/([\w-]+)\/index\.ts'/g),
    ]

    const biome = join(copy.folder, 'node_modules/.bin/biome')
    await expect(run(biome, ['check', ...own], { cwd: copy.folder })).resolves.toBeDefined()
    expect(layerViolations(tree)).toEqual([])
    expect(
      registryViolations(
        'connectors',
        kinds,
        registered.map(([, kind = '']) => kind),
      ),
    ).toEqual([])
    expect(complaints(copy.folder, [...own, registry])).toEqual([])
  })

  it('keeps the contract of directories', async () => {
    const report = await copy.test([{ file: contract, title: 'people-http' }], { bail: false })

    const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? []
    // What a directory without passwords keeps is nothing for this one, and skipped.
    const failed = tests.filter(({ status }) => status === 'failed')
    const passed = tests.filter(({ status }) => status === 'passed')
    expect(failed.map(({ fullName }) => fullName)).toEqual([])
    // Both suites of the contract, and what is the connector's own.
    expect(passed.length).toBeGreaterThan(60)
  })
})
