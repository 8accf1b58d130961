import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import type { Ds389 } from './ds389.ts'
import { freePorts } from './free-ports.ts'
import type { OpenLdap } from './openldap.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

export interface RekeyOptions {
  /**
   * The configuration file, as an object; without it Rekey runs as a demo. What a test has no opinion on is filled
   * in: keys, listeners, `publicUrl` of each tenant (`localhost`, further ones `<id>.localhost`), audit log, sender.
   */
  config?: object
  /** Variables of the process. Nothing named REKEY… is inherited from the test run. */
  env?: Readonly<Record<string, string>>
  /** Every mail goes to this server; a URL, or a test server without TLS. */
  smtp?: { host: string; port: number } | string
  /** `rekey.js` of an installation; that of this tree without it. */
  program?: string
  /** Folder for everything that is kept; a temporary one without it. The caller's own is not removed. */
  data?: string
  /**
   * Another process of the same installation: same keys, same configuration, same public address, with ports and a
   * data folder of its own. The configuration has to name a `database`.
   */
  beside?: Rekey
}

export interface Rekey extends AsyncDisposable {
  /** `http://localhost:<port>` of this process, without a slash at the end. */
  portalUrl: string
  consoleUrl: string
  /** The one-time address of the console that the latest start printed. */
  consoleEntry(): string
  /** Everything all starts printed, standard output and error in the order it came. */
  log(): string
  /** Of the latest start. */
  readonly pid: number
  dataFolder: string
  /** Null in the demo. */
  configFile: string | null
  /** True while the process runs. */
  isRunning(): boolean
  /**
   * Sends a signal. For those that end a process it resolves once the process and the database it ran are gone;
   * SIGSTOP and SIGCONT resolve at once.
   */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts again on the same folder and ports, after a polite stop if it runs; resolves when it is ready. */
  restart(): Promise<void>
  /** SIGTERM, and SIGKILL when that takes longer than 20 s. */
  stop(): Promise<void>
  /** Runs a command of `rekey` beside it, with its environment; what it printed. Rejects unless it ends with 0. */
  command(...words: readonly string[]): Promise<string>
}

interface Ports {
  portal: number
  console: number
}

interface Place {
  /** Configuration and keys. Apart from the data: its folder belongs to another user when a test runs as root. */
  home: string
  data: string
  /** True when `data` is removed at the end. */
  ownsData: boolean
}

const readyWithinMs = 60_000
const politeStopMs = 20_000

/** Settings that every process of one installation shares. */
const installations = new WeakMap<Rekey, { options: RekeyOptions; publicPort: number; home: string }>()

/**
 * The built server as a child process, on free ports, in temporary folders, with keys drawn for it; ready when
 * this resolves. It dies with the test runner (`setpriv --pdeathsig`), however that ends.
 */
export async function startRekey(options: RekeyOptions = {}): Promise<Rekey> {
  await (built ??= buildIfStale())
  const home = await mkdtemp(join(tmpdir(), 'rekey-home-'))
  const place: Place = {
    home,
    data: options.data ?? (await mkdtemp(join(tmpdir(), 'rekey-data-'))),
    ownsData: options.data === undefined,
  }
  try {
    return await startOnFreePorts(options, place)
  } catch (error) {
    await removeFolders(place)
    throw error
  }
}

/** Another process may take a free port before the server does, so a first start gets three tries. */
async function startOnFreePorts(options: RekeyOptions, place: Place, triesLeft = 2): Promise<Rekey> {
  const [portal = 0, console = 0] = await freePorts(2)
  const rekey = await makeRekey(options, place, { portal, console })
  try {
    await rekey.restart()
    return rekey
  } catch (error) {
    await rekey.kill('SIGKILL')
    if (triesLeft === 0 || !rekey.log().includes('EADDRINUSE')) throw error
    return startOnFreePorts(options, place, triesLeft - 1)
  }
}

async function makeRekey(options: RekeyOptions, place: Place, ports: Ports): Promise<Rekey> {
  const shared = options.beside === undefined ? undefined : installations.get(options.beside)
  const settings = { ...shared?.options, ...options }
  const publicPort = shared?.publicPort ?? ports.portal
  const keysHome = shared?.home ?? place.home
  const configFile =
    settings.config === undefined
      ? null
      : await writeConfiguration(settings.config, { home: place.home, keysHome, publicPort })
  const env = environmentFor(settings, { place, ports, configFile })

  let child: ChildProcess | null = null
  let printed = ''
  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child === null || !isRunning()) return
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return void child.kill(signal)
    const gone = once(child, 'close')
    // A stopped process notices nothing but SIGKILL until it continues.
    if (signal !== 'SIGKILL') child.kill('SIGCONT')
    child.kill(signal)
    await gone
    await databaseGone(place.data)
  }
  const stop = async () => {
    const late = new AbortController()
    const timer = sleep(politeStopMs, undefined, { signal: late.signal }).then(() => kill('SIGKILL'))
    timer.catch(() => undefined)
    await kill('SIGTERM')
    late.abort()
  }
  const rekey: Rekey = {
    portalUrl: `http://localhost:${ports.portal}`,
    consoleUrl: `http://localhost:${ports.console}`,
    consoleEntry: () => [...printed.matchAll(entryAddress)].at(-1)?.[0] ?? '',
    log: () => printed,
    get pid() {
      return child?.pid ?? -1
    },
    dataFolder: place.data,
    configFile,
    isRunning,
    kill,
    async restart() {
      await stop()
      // Nobody may build anew while the files of the build are being loaded.
      await using _held = await holdBuild()
      const before = printed.length
      child = spawn(
        'setpriv',
        ['--pdeathsig', 'KILL', process.execPath, settings.program ?? command, 'serve'],
        {
          cwd: place.home,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      )
      const keep = (chunk: Buffer) => void (printed += chunk.toString('utf8'))
      child.stdout?.on('data', keep)
      child.stderr?.on('data', keep)
      await untilReady(ports.portal, { isRunning, news: () => printed.slice(before) })
    },
    stop,
    async command(...words) {
      await using _held = await holdBuild()
      const { stdout } = await run(process.execPath, [command, ...words], { cwd: place.home, env })
      return stdout
    },
    async [Symbol.asyncDispose]() {
      await stop()
      await removeFolders(place)
    },
  }
  installations.set(rekey, { options: settings, publicPort, home: keysHome })
  return rekey
}

const command = join(root, 'server/bin/rekey.js')
const entryAddress = /http:\/\/\S+\/enter#[\w-]+/g

/** Ready is what an orchestrator takes for ready, and that the start has said everything it says. */
async function untilReady(
  port: number,
  { isRunning, news }: { isRunning: () => boolean; news: () => string },
): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline) {
    if (!isRunning()) throw new Error(`Rekey did not start:\n${news()}`)
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      async (response) => (await response.text()) !== '' && response.status === 200,
      () => false,
    )
    if (ready && news().search(entryAddress) !== -1) return
    await sleep(15)
  }
  throw new Error(`Rekey was not ready within ${readyWithinMs} ms:\n${news()}`)
}

/** A killed server's database is stopped by its watcher; a folder may not be touched before. */
async function databaseGone(data: string): Promise<void> {
  const deadline = Date.now() + politeStopMs
  while (existsSync(join(data, 'postgres/postmaster.pid')) && Date.now() < deadline) await sleep(20)
}

const buildLock = join(root, '.cache/build.lock')

/** Shares the lock under which the server is built, until disposed. */
async function holdBuild(): Promise<AsyncDisposable> {
  const holder = spawn('flock', ['--shared', buildLock, 'sh', '-c', 'echo held; cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const gone = once(holder, 'close')
  await Promise.race([once(holder.stdout, 'data'), gone])
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await gone
    },
  }
}

let built: Promise<unknown> | undefined

/** Builds this tree unless that was done since it changed; processes take turns. */
export async function buildIfStale(): Promise<void> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const script = fileURLToPath(new URL('./build-if-stale.ts', import.meta.url))
  await run('flock', [buildLock, process.execPath, script], { cwd: root })
}

async function removeFolders({ home, data, ownsData }: Place): Promise<void> {
  await rm(home, { recursive: true, force: true })
  if (ownsData) await rm(data, { recursive: true, force: true })
}

function environmentFor(
  { env, smtp }: RekeyOptions,
  { place, ports, configFile }: { place: Place; ports: Ports; configFile: string | null },
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(REKEY|VITEST|NODE_)/.test(name))
  const smtpUrl = typeof smtp === 'object' ? `smtp://${smtp.host}:${smtp.port}` : smtp
  return {
    ...Object.fromEntries(inherited),
    REKEY_DATA: place.data,
    REKEY_PORTAL_PORT: String(ports.portal),
    REKEY_CONSOLE_PORT: String(ports.console),
    ...(smtpUrl === undefined ? {} : { REKEY_SMTP_URL: smtpUrl }),
    ...(configFile === null ? {} : { REKEY_CONFIG: configFile }),
    ...env,
  }
}

type Mapping = Readonly<Record<string, unknown>>

/** YAML as an operator would have it, with keys in files of mode 0600 beside it. */
async function writeConfiguration(
  config: object,
  { home, keysHome, publicPort }: { home: string; keysHome: string; publicPort: number },
): Promise<string> {
  const given = config as Mapping
  const tenants = (given['tenants'] ?? []) as readonly Mapping[]
  const key = (name: string) => ({ current: { file: join(keysHome, name) } })
  const names = ['token', 'data', 'audit'] as const
  for (const name of names) {
    const file = join(keysHome, name)
    if (!existsSync(file)) await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  }
  const whole = {
    keys: Object.fromEntries(names.map((name) => [name, key(name)])),
    mail: {
      from: { name: 'Northwind account recovery', address: 'recovery@northwind.example' },
      // Replaced by the test's own server; a configuration without one is refused.
      providers: [{ name: 'nowhere', kind: 'smtp', host: '127.0.0.1', port: 9, tls: 'none' }],
    },
    audit: {
      origin: 'northwind.example/rekey-test',
      witnesses: [{ kind: 'file', folder: join(home, 'witness') }],
    },
    ...given,
    tenants: tenants.map((tenant, at) => ({
      publicUrl: `http://${at === 0 ? '' : `${String(tenant['id'])}.`}localhost:${publicPort}`,
      ...tenant,
    })),
  }
  const file = join(home, 'rekey.yaml')
  await writeFile(file, stringify(whole), { mode: 0o600 })
  return file
}

/**
 * One tenant on a running LDAP server, as `config` for `startRekey`; what 389 Directory Server calls by other names
 * goes into `over`. The bind password lies in `env`; the
 * network limit is out of the way, because all browsers of a test share one address.
 */
export const onOpenLdap = (
  server: OpenLdap | Ds389,
  over: {
    limits?: Mapping
    directory?: Mapping
    tenant?: Mapping
    database?: string
    redis?: string
    /** Addresses that may say for whom they ask. */
    trustedProxies?: readonly string[]
  } = {},
): Required<Pick<RekeyOptions, 'config' | 'env'>> => ({
  config: {
    tenants: [
      {
        id: 'northwind',
        name: 'Northwind',
        languages: ['en', 'de'],
        branding: { helpDesk: { text: 'Call 4000, Monday to Friday, 8 to 17' } },
        directories: [{ ...ldapEntry(server), ...over.directory }],
        services: [{ name: 'intranet', title: 'Northwind intranet', directory: 'people' }],
        limits: { requestsPerNetworkPerMinute: 100_000, ...over.limits },
        ...over.tenant,
      },
    ],
    ...(over.database === undefined ? {} : { database: { url: { env: 'TEST_DATABASE_URL' } } }),
    ...(over.redis === undefined ? {} : { redis: { url: { env: 'TEST_REDIS_URL' } } }),
    ...(over.trustedProxies === undefined
      ? {}
      : { listen: { portal: { trustedProxies: over.trustedProxies } } }),
  },
  env: {
    TEST_LDAP_PASSWORD: server.bindPassword,
    ...(over.database === undefined ? {} : { TEST_DATABASE_URL: over.database }),
    ...(over.redis === undefined ? {} : { TEST_REDIS_URL: over.redis }),
  },
})

/** An entry of a configuration file, with the bind password in `TEST_LDAP_PASSWORD`. */
export const ldapEntry = (server: OpenLdap | Ds389): Mapping => ({
  name: 'people',
  kind: 'ldap',
  urls: [server.ldapsUrl.replace('127.0.0.1', 'localhost')],
  caFile: server.caFile,
  bindDn: server.bindDn,
  bindPassword: { env: 'TEST_LDAP_PASSWORD' },
  baseDn: `ou=people,${server.baseDn}`,
  attributes: {
    recoveryAddresses: ['recoveryAddress'],
    upn: 'principalName',
    locale: 'preferredLanguage',
  },
  privileged: [{ group: server.groupDn }],
  federated: [{ attribute: 'passwordElsewhere', values: ['TRUE'] }],
  secondFactor: [{ attribute: 'secondFactor' }],
  keepsHistory: true,
  decoyDn: `cn=decoy,ou=services,${server.baseDn}`,
})
