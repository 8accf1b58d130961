import ts from 'typescript'
import type { TreeFile } from '../tree.ts'

/** A rule of the house: takes the tree and names what breaks it, one sentence each. */
export type TidyRule = (files: readonly TreeFile[]) => string[]

const code = /\.(ts|tsx|js|cjs|mjs)$/
const isTest = (path: string) => /\.test\.tsx?$/.test(path) || path.startsWith('server/test/')
/** The rules and their planted violations name what they forbid. */
const isAboutRules = (path: string) => path.startsWith('tools/tidy/')
const lines = (text: string) => text.split('\n')

/** Calls `find` with every line of every file that fits, and puts file and line before what it finds. */
const eachLine =
  (fits: (path: string) => boolean, find: (line: string, path: string) => string | null): TidyRule =>
  (files) =>
    files
      .filter(({ path }) => fits(path))
      .flatMap(({ path, text }) =>
        lines(text).flatMap((line, index) => {
          const what = find(line, path)
          return what === null ? [] : [`${path}:${index + 1} ${what}`]
        }),
      )

/** A folder called "utils" is where things go whose place nobody has thought about. */
export const folderNames: TidyRule = (files) => {
  const forbidden = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'lib', 'x']
  const folders = new Set(
    files.flatMap(({ path }) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    ),
  )
  return [...folders]
    .filter((folder) => forbidden.includes(folder.split('/').at(-1) ?? ''))
    .map((folder) => `${folder}: name the folder after what it is about`)
}

/** `Flow.ts` and `flow.ts` are one file on some disks and two on others. */
export const fileNames: TidyRule = (files) =>
  files
    .map(({ path }) => path)
    .filter((path) => /^(server|guard|console|tools|bench)\//.test(path) && code.test(path))
    .filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/.test(path.split('/').at(-1) ?? ''))
    .map((path) => `${path}: file names are kebab-case`)

/** Deferred work without a ticket is never done; a comment that says so is noise. */
export const deferredWork: TidyRule = eachLine(
  (path) => code.test(path) && !isAboutRules(path),
  (line) =>
    /\b(TODO|FIXME|XXX|HACK)\b/.test(line) && !/\/\/ TODO\(#\d+\): \S/.test(line)
      ? 'write `// TODO(#number): reason`, or do it now'
      : null,
)

/** A switch-off without a reason can't be judged by whoever finds it. */
export const suppressions: TidyRule = eachLine(
  (path) => code.test(path) && !isAboutRules(path),
  (line) => {
    const reason = /eslint-disable(-next-line|-line)?\b/.test(line)
      ? / -- \S.{9,}/
      : /biome-ignore/.test(line)
        ? /biome-ignore [\w/]+: \S.{9,}/
        : /@ts-(expect-error|ignore|nocheck)/.test(line)
          ? /@ts-expect-error[: -]+\S.{9,}/
          : null
    return reason === null || reason.test(line) ? null : 'say why the check is switched off'
  },
)

/**
 * A focused test hides all others, a skipped one hides itself. `runIf` with a named condition is left: the runner
 * prints what it left out.
 */
export const hiddenTests: TidyRule = eachLine(
  (path) => isTest(path) && !isAboutRules(path),
  (line) => {
    if (/\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo|fails|skipIf)\b/.test(line)) {
      return 'no test is focused, skipped or put off'
    }
    return /\.runIf\((?!\w+\))/.test(line) ? 'name the condition, so that the reason can be read' : null
  },
)

/** What names somebody's machine works nowhere else. */
export const machinePaths: TidyRule = eachLine(
  (path) => !isAboutRules(path),
  (line) =>
    /(^|[^\w.-])\/(work|root|Users|home\/\w+)\//.test(line) ? 'names a folder of one machine' : null,
)

/** Whoever installs chooses the registry; a lockfile that names hosts chooses for them. */
export const lockfile: TidyRule = (files) =>
  files
    .filter(({ path }) => path.endsWith('package-lock.json'))
    .flatMap(({ path, text }) =>
      lines(text).flatMap((line, index) =>
        /"resolved": "https?:/.test(line) ? [`${path}:${index + 1} names the host of a registry`] : [],
      ),
    )

/** Folders and registry lines of one kind of adapter say the same. */
export function registryViolations(
  what: string,
  folders: readonly string[],
  registered: readonly string[],
): string[] {
  return [
    ...folders
      .filter((name) => !registered.includes(name))
      .map((name) => `${what}/${name} has no line in registry.ts`),
    ...registered
      .filter((name) => !folders.includes(name))
      .map((name) => `${what}: registry.ts has "${name}", but there is no such folder`),
    ...registered
      .filter((name, index) => registered.indexOf(name) < index)
      .map((name) => `${what}: "${name}" twice`),
  ]
}

/** Names of the folders directly below a folder. */
export function foldersIn(files: readonly TreeFile[], folder: string): string[] {
  const names = files
    .filter(({ path }) => path.startsWith(`${folder}/`))
    .map(({ path }) => path.slice(folder.length + 1).split('/'))
    .filter((parts) => parts.length > 1)
    .map(([first]) => first ?? '')
  return [...new Set(names)].toSorted()
}

/** Titles of all tests, as written: `it('…')`, `test('…')`, `describe('…')`, also with `.each` and `.runIf`. */
export function testTitles(files: readonly TreeFile[]): Set<string> {
  const titles = new Set<string>()
  for (const { path, text } of files.filter((file) => isTest(file.path))) {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isTestCall(node.expression)) {
        const title = node.arguments[0]
        if (title !== undefined && ts.isStringLiteralLike(title)) titles.add(title.text)
      }
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false))
  }
  return titles
}

export function isTestCall(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['it', 'test', 'describe', 'suite'].includes(callee.text)
  if (ts.isPropertyAccessExpression(callee)) return isTestCall(callee.expression)
  if (ts.isCallExpression(callee)) return isTestCall(callee.expression)
  return ts.isTaggedTemplateExpression(callee) && isTestCall(callee.tag)
}

/**
 * Every claim of the threat model names a test that would fail if it were not so: list items and table rows below
 * a heading with the word "claims" end with ``test: `title` ``, or several titles with commas between.
 */
export function unprovenClaims(threatModel: string, titles: ReadonlySet<string>): string[] {
  return claimsOf(threatModel).flatMap(({ line, text }) => {
    const place = `docs/threat-model.md:${line}`
    const [, list = ''] = /\btests?:((?:[\s,]*`[^`]+`)+)/i.exec(text) ?? []
    const named = [...list.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title.replaceAll(/\s+/g, ' '))
    if (named.length === 0) return [`${place} claims something and names no test`]
    return named
      .filter((title) => !titles.has(title))
      .map((title) => `${place} names the test "${title}", which does not exist`)
  })
}

/** List items with their continuation lines, and rows of tables without head and rule. */
function claimsOf(text: string): { line: number; text: string }[] {
  const claims: { line: number; text: string }[] = []
  let within = false
  let open = false
  for (const [index, line] of lines(text).entries()) {
    if (line.startsWith('#')) within = /\bclaims\b/i.test(line)
    const isRow = /^\|(?!\s*:?-+)/.test(line) && /^\|/.test(lines(text)[index - 1] ?? '')
    const begins = within && (/^- /.test(line) || isRow)
    if (begins) claims.push({ line: index + 1, text: line })
    else if (open && /^\s+\S/.test(line)) claims.at(-1)!.text += ` ${line.trim()}`
    open = begins || (open && /^\s+\S/.test(line))
  }
  return claims
}

/** Commands of a document (`npm run x`, `npm test`, `rekey …`) that nobody could run. */
export function unknownCommands(
  path: string,
  text: string,
  known: { scripts: readonly string[]; rekey: readonly string[] },
): string[] {
  return lines(text).flatMap((line, index) => {
    const scripts = [...line.matchAll(/\bnpm (?:run (?<run>[\w:-]+)|(?<short>start|test)\b)/g)]
      .map(({ groups }) => groups?.['run'] ?? groups?.['short'] ?? '')
      .filter((name) => !known.scripts.includes(name))
      .map((name) => `npm run ${name}`)
    const commands = [...line.matchAll(/(?:^|`|\bnpx )rekey (?<name>[a-z][a-z-]*)/g)]
      .map(({ groups }) => groups?.['name'] ?? '')
      .filter((name) => !known.rekey.includes(name))
      .map((name) => `rekey ${name}`)
    return [...scripts, ...commands].map(
      (command) => `${path}:${index + 1} names \`${command}\`, which does not exist`,
    )
  })
}
