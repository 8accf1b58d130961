import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { runCli } from '../../src/cli/index.ts'
import type { KeyState } from '../../src/core/keys/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { call, eventually, type Held, setPassword, startFlow } from '../support/person-at-api.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer, type ReceivedMail } from '../support/smtp.ts'

const rotations = process.env['REKEY_PROVE'] === '1' ? 8 : 2
const people = ['ada', 'grace', 'alan', 'barbara', 'edsger', 'hedy', 'john', 'radia']
/** Between two recoveries of one person: a mailbox takes twenty mails in a quarter of an hour, however fast we are. */
const restMs = rotations * 600
const addressOf = (name: string) => `${name}.home@example.test`

let folder: string
let database: TestDatabase<unknown>
let mail: MailServer
let nodes: readonly [Rekey, Rekey]
const opening = new AsyncDisposableStack()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-rotation-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  database = opening.use(await aDatabase())
  mail = opening.use(await aMailServer({ tls: 'none' }))
  const accounts = makeLocalAccounts(database.kysely, 'northwind', 'people', systemOutside)
  for (const username of people) {
    await accounts.upsert({
      username,
      displayName: username,
      mails: [`${username}@example.test`],
      upn: `${username}@northwind.example`,
      recoveryAddresses: [addressOf(username)],
      password: new Secret('before all rotations 1'),
    })
  }
  const keys = join(folder, 'keys')
  const silent = { out: () => undefined, err: () => undefined }
  await runCli(['keys', 'generate', keys, '--rings'], { env: {}, terminal: silent })
  const ring = (name: string) => ({ ringFile: join(keys, `${name}.ring`) })
  const settings = {
    config: {
      tenants: [
        {
          id: 'northwind',
          name: 'Northwind',
          languages: ['en'],
          directories: [{ name: 'people', kind: 'local' }],
          limits: { requestsPerNetworkPerMinute: 100_000, mailsPerQuarterHour: 20, mailsPerDay: 100 },
        },
      ],
      keys: { token: ring('token'), data: ring('data'), audit: ring('audit') },
      database: { url: { env: 'TEST_DATABASE_URL' } },
      audit: {
        origin: 'northwind.example/rotated',
        witnesses: [{ kind: 'file', folder: join(folder, 'witness') }],
      },
    },
    env: { TEST_DATABASE_URL: database.url },
    smtp: mail,
  }
  const one = opening.use(await startRekey(settings))
  nodes = [one, opening.use(await startRekey({ ...settings, beside: one }))]
})
afterAll(() => opening.disposeAsync())

async function rekey(...words: string[]) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const env = { REKEY_CONFIG: nodes[0].configFile ?? '', TEST_DATABASE_URL: database.url }
  const exitCode = await runCli(words, { env, terminal })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

type ListedKey = KeyState & { nodesWithout: readonly string[] }
async function listed(): Promise<readonly ListedKey[]> {
  const { out } = await rekey('keys', 'list', '--json')
  return (JSON.parse(out) as { keys: ListedKey[] }).keys
}

/** One recovery, each step at the node whose turn it is. Throws when any step is not answered as it must be. */
async function recover(name: string, round: number, waiting: ReceivedMail[]): Promise<void> {
  const at = (step: number) => nodes[(round + step) % 2]?.portalUrl ?? ''
  const held = await startFlow(at(0), name)
  const received = await eventually(`the mail to ${name}`, () => waiting.shift())
  const proven =
    round % 3 === 0
      ? await call(
          at(1),
          `/v1/recoveries/${held.id}/proofs`,
          { method: 'email_code', code: received.code },
          held.secret,
        )
      : await call(at(1), '/v1/links', { token: received.link?.split('#')[1] })
  if (proven?.status !== 200)
    throw new Error(`${name}: a proof was answered ${JSON.stringify(proven)} to\n${received.text}`)
  const { id = held.id, secret } = proven.body as Partial<Held>
  const set = await setPassword(at(2), { id, secret: secret ?? '' }, `copper ${round} lantern ${name} meadow`)
  if (set?.status !== 200) throw new Error(`${name}: a password was answered ${JSON.stringify(set)}`)
}

it('rotates every ring again and again under load on two nodes, and no flow fails; then the old keys can go', {
  timeout: 600_000,
}, async () => {
  const first = await eventually('the first recovery', async () => {
    await recover('ada', 0, mailsTo('ada'))
    return rekey('audit', 'export', join(folder, 'before'))
  })
  expect(first).toMatchObject({ exitCode: 0 })
  const publicKey = (await readFile(join(folder, 'before/northwind/log.vkey'), 'utf8')).trim()
  const oldKeys = (await listed()).map(({ id }) => id)

  let isOver = false
  const load = people.map(async (name) => {
    const waiting = mailsTo(name)
    let rounds = 0
    while (!isOver || rounds < 3) {
      await recover(name, (rounds += 1), waiting)
      await sleep(restMs)
    }
    return rounds
  })
  for (let turn = 0; turn < rotations; turn += 1) {
    expect(await rekey('keys', 'rotate', 'all', '--now')).toMatchObject({ exitCode: 0 })
    await eventually('all rings to turn', async () => {
      const active = (await listed()).filter(({ need }) => need === 'active').map(({ id }) => id)
      const newest = ['token', 'data', 'audit'].map(async (ring) => {
        const text = await readFile(join(folder, `keys/${ring}.ring`), 'utf8')
        return text.trim().split('\n').at(-1)?.split(' ')[0]
      })
      return (await Promise.all(newest)).every((id) => active.includes(id ?? ''))
    })
  }
  isOver = true
  const rounds = await Promise.all(load)

  expect(rounds.every((count) => count >= 3)).toBe(true)
  for (const node of nodes) expect(node.log()).not.toMatch(/"statusCode":5\d\d|"level":(50|60)/)
  // A quota that was named anew would have been given back.
  const { rows } = await sql<{ mailboxes: number }>`
    select count(*)::int as mailboxes from rate_counter where key like 'mail:86400:%'`.execute(
    database.kysely,
  )
  expect(rows).toEqual([{ mailboxes: people.length }])

  const refused = await rekey('keys', 'forget', 'data', oldKeys[1] ?? '')
  expect(refused).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('less than 25 hours ago') as string,
  })
  expect(await rekey('keys', 'prune')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('needed') as string,
  })
  expect(await rekey('keys', 'reseal')).toMatchObject({ exitCode: 0 })
  const after = await listed()
  expect(after.filter(({ ring, use }) => ring === 'data' && use === 0)).toHaveLength(rotations)
  for (const { ring, id } of after.filter(({ need }) => need === 'young')) {
    expect(await rekey('keys', 'forget', ring, id, '--force')).toMatchObject({ exitCode: 0 })
  }
  expect((await listed()).map(({ need }) => need)).toEqual(['active', 'active', 'active'])

  for (const node of nodes) await node.restart()
  await recover('ada', 1_000, mailsTo('ada'))
  await eventually('the whole log to be vouched for', async () => {
    const { exitCode, out } = await rekey('audit', 'verify')
    return exitCode === 0 && !out.includes('newer ones')
  })
  await rekey('audit', 'export', join(folder, 'after'))
  const exported = join(folder, 'after/northwind')
  const words = ['--export', exported, '--checkpoints', join(folder, 'witness'), '--key', publicKey]
  expect(await rekey('audit', 'verify', ...words)).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('is intact') as string,
    err: '',
  })
})

/** Mails to somebody that arrive from now on, oldest first. */
function mailsTo(name: string): ReceivedMail[] {
  const waiting: ReceivedMail[] = []
  let seen = mail.received.length
  const shift = waiting.shift.bind(waiting)
  waiting.shift = () => {
    for (const received of mail.received.slice(seen)) {
      seen += 1
      if (received.to.includes(addressOf(name)) && received.link?.includes('/recover#') === true)
        waiting.push(received)
    }
    return shift()
  }
  return waiting
}
