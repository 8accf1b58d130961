import { posix } from 'node:path'
import ts from 'typescript'
import type { TreeFile } from '../tree.ts'

/** One import of a source file: where it stands and what it names. */
interface Import {
  from: string
  /** Path of one of our files, or the name of a package. */
  to: string
  ours: boolean
  /** Disappears when it is compiled: `import type`. */
  typeOnly: boolean
}

/** A part of the house, as `DESIGN.md` draws it: layer, room within the layer, and the file. */
interface Place {
  layer: 'kernel' | 'config' | 'core' | 'adapters' | 'http' | 'jobs' | 'cli' | 'compose' | 'main' | 'outside'
  /** Capability of the core, technology of an adapter. */
  room: string
  /** Folder of one adapter within its technology; empty for what the technology's adapters share. */
  unit: string
  /** Path within the room. */
  rest: string
}

const source = 'server/src/'

/** Folders beside adapters that are none: parts that several of their neighbours are made of. */
export const foldersOfParts: readonly string[] = ['hashes', 'ldap-wire']

function placeOf(path: string): Place {
  if (!path.startsWith(source)) return { layer: 'outside', room: '', unit: '', rest: path }
  const [first = '', ...parts] = path.slice(source.length).split('/')
  // Files beside compose.ts are parts of the wiring that would make it too long to read.
  if (parts.length === 0) {
    return { layer: first === 'main.ts' ? 'main' : 'compose', room: '', unit: '', rest: first }
  }
  const layers = ['kernel', 'config', 'core', 'adapters', 'http', 'jobs', 'cli'] as const
  const layer = layers.find((name) => name === first) ?? 'outside'
  if (layer === 'core' || layer === 'adapters') {
    const [room = '', ...rest] = parts
    const folder = layer === 'adapters' && rest.length > 1 ? (rest[0] ?? '') : ''
    const unit = foldersOfParts.includes(folder) ? '' : folder
    return { layer, room, unit, rest: rest.join('/') }
  }
  return { layer, room: '', unit: '', rest: parts.join('/') }
}

const isDoor = (place: Place): boolean => place.rest === 'ports.ts' || place.rest === 'index.ts'

/** What each layer may import of the others; within a layer, see `neighbours`. */
const mayImport: Readonly<Record<Place['layer'], readonly Place['layer'][]>> = {
  kernel: [],
  core: ['kernel'],
  config: ['kernel', 'core', 'adapters'],
  adapters: ['kernel', 'core'],
  http: ['kernel', 'core'],
  jobs: ['kernel', 'core'],
  // The command line is what people start: it loads the service, or the parts it asks, when it is called.
  cli: ['kernel', 'core', 'config', 'compose', 'main'],
  compose: ['kernel', 'core', 'config', 'adapters', 'http', 'jobs', 'cli'],
  main: ['kernel', 'config', 'cli', 'compose'],
  outside: [],
}

/** Why an import of one of our files is not allowed, or null. */
function whyNotOurs(from: Place, to: Place): string | null {
  // Name and version of what we are.
  if (to.rest === 'server/package.json') return null
  if (from.layer === to.layer) return whyNotNeighbour(from, to)
  if (!mayImport[from.layer].includes(to.layer)) return `${from.layer} must not know ${to.layer}`
  if (from.layer === 'config' && to.layer === 'adapters' && !/^(registry|smtp\/index)\.ts$/.test(to.rest)) {
    return 'config takes the schemas of adapters from their registries only'
  }
  return null
}

/** Adapters are made in one place, so that it can be read there what the service consists of. */
function whyNotConstructed(from: string, to: string, typeOnly: boolean): string | null {
  const isWiring = /^server\/src\/[\w-]+\.ts$/.test(from)
  const reaches = to.startsWith('server/src/adapters/') && !typeOnly
  return isWiring && reaches && !/\/compose(-\w+)?\.ts$/.test(from)
    ? 'only compose.ts and its parts make adapters'
    : null
}

function whyNotNeighbour(from: Place, to: Place): string | null {
  // The list of migrations of one database names every part that has tables in it.
  if (from.unit === 'migrations' && to.rest.endsWith('/migration.ts') && from.room === to.room) return null
  if (from.layer === 'core' && from.room !== to.room && !isDoor(to)) {
    return `core/${from.room} meets core/${to.room} through its ports.ts or index.ts only`
  }
  if (from.layer !== 'adapters') return null
  if (from.room !== to.room) return `adapters/${from.room} must not know adapters/${to.room}`
  const apart = from.unit !== '' && to.unit !== '' && from.unit !== to.unit
  if (apart) return `adapters/${from.room}/${from.unit} must not know adapters/${to.room}/${to.unit}`
  const isPart = foldersOfParts.some((name) => from.rest.startsWith(`${name}/`))
  if (isPart && to.unit !== '') return `parts of adapters must not know adapters/${to.room}/${to.unit}`
  if (from.unit !== '' && to.rest === 'registry.ts') return 'an adapter must not know the registry it is in'
  return null
}

/** Packages that only some places may use. Everything else is free, except in the core. */
const homes: readonly { packages: RegExp; home: RegExp; what: string }[] = [
  {
    packages: /^react(-dom)?($|\/)/,
    home: /^server\/src\/(http\/[\w-]+\/views|adapters\/channels\/rendering)\//,
    what: 'views and mail rendering',
  },
  {
    packages: /^(@fastify\/|fastify($|\/))/,
    home: /^server\/src\/(http\/|compose(-\w+)?\.ts)/,
    what: 'http/ and compose',
  },
  {
    packages: /^(pg|kysely)($|\/)/,
    home: /^server\/src\/((adapters|jobs)\/|compose(-\w+)?\.ts)/,
    what: 'adapters, jobs and compose',
  },
  { packages: /^pg-boss($|\/)/, home: /^server\/src\/jobs\//, what: 'jobs' },
  {
    packages: /^ldapts($|\/)/,
    home: /^server\/src\/adapters\/connectors\/(ldap|ldap-wire|active-directory)\//,
    what: 'the LDAP connectors',
  },
  { packages: /^mysql2($|\/)/, home: /^server\/src\/adapters\/connectors\/sql\//, what: 'the SQL connector' },
  {
    packages: /^(nodemailer|smtp-server|postal-mime)($|\/)/,
    home: /^server\/src\/adapters\/channels\//,
    what: 'adapters/channels',
  },
  { packages: /^commander($|\/)/, home: /^server\/src\/cli\//, what: 'cli' },
  {
    packages: /^@opentelemetry\//,
    home: /^server\/src\/adapters\/tracing\//,
    what: 'adapters/tracing',
  },
  {
    packages: /^@simplewebauthn\//,
    home: /^server\/src\/adapters\/webauthn\//,
    what: 'adapters/webauthn',
  },
  { packages: /^redis($|\/)/, home: /^server\/src\/adapters\/stores\//, what: 'adapters/stores' },
  {
    packages: /^ws($|\/)/,
    home: /^server\/src\/(http|adapters)\/agents\//,
    what: 'the two ends of an agent’s line',
  },
  { packages: /^yaml($|\/)/, home: /^server\/src\/config\//, what: 'config' },
]

/**
 * What the core may use besides itself: no driver, no framework, no disk, no network. `node:module` is for word
 * lists, which are too large to be loaded before somebody needs them.
 */
const coreMayUse =
  /^(node:(assert|buffer|crypto|events|module|util|url|timers|timers\/promises)|@zxcvbn-ts\/.+|bowser|i18next|libphonenumber-js(\/max)?|otpauth|typebox(\/.+)?)$/

function whyNotPackage(path: string, from: Place, name: string): string | null {
  if (from.layer === 'core' && !coreMayUse.test(name)) return `the core must not use ${name}`
  if (from.layer === 'kernel' && !name.startsWith('node:') && name !== 'typebox') {
    return `the kernel must not use ${name}`
  }
  const home = homes.find(({ packages }) => packages.test(name))
  return home === undefined || home.home.test(path) ? null : `${name} belongs into ${home.what}`
}

/** Every import, export-from, `import()` and `typeof import()` with a literal, as the compiler reads them. */
function importsOf({ path, text }: TreeFile): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const ours = specifier.text.startsWith('.')
    const to = ours ? posix.join(posix.dirname(path), specifier.text) : specifier.text
    found.push({ from: path, to, ours, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false))
  return found
}

const isSource = (path: string): boolean =>
  path.startsWith(source) && /\.tsx?$/.test(path) && !/\.(test|testing)\.tsx?$/.test(path)

/** Every import that goes the wrong way. Tests may look wherever they like. */
export function layerViolations(files: readonly TreeFile[]): string[] {
  return files
    .filter(({ path }) => isSource(path))
    .flatMap((file) => importsOf(file))
    .flatMap(({ from, to, ours, typeOnly }) => {
      const place = placeOf(from)
      const why = ours
        ? (whyNotOurs(place, placeOf(to)) ?? whyNotConstructed(from, to, typeOnly))
        : whyNotPackage(from, place, to)
      return why === null ? [] : [`${from} imports ${to}: ${why}`]
    })
}
