import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJournal } from '../../src/adapters/agents/journal.ts'
import { Outcome, readMessage } from '../../src/core/agents/index.ts'
import type { Order } from '../../src/core/agents/orders.ts'
import { sealPasswords } from '../../src/core/agents/sealed-passwords.ts'
import { digestOf } from '../../src/core/agents/signing.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type AgentExchange, startAgent, startAgentExchange, tenant } from '../support/agent-exchange.ts'
import { makeMemoryDirectory } from '../support/memory-directory.ts'

const second = 'a quite different sentence'
const worker = join(import.meta.dirname, '../support/agent-worker.ts')

/** An order for whichever line the agent has now; the server is free to choose any id, also one that it had before. */
async function order(exchange: AgentExchange, directory: string, wanted: Pick<Order, 'id' | 'operation'>) {
  const [line] = exchange.switchboard.linesOf(tenant, directory)
  const [enrolled] = await exchange.records.enrolledOf(tenant, directory)
  if (line === undefined || enrolled === undefined) throw new Error('no agent is connected')
  const { id, operation } = wanted
  const to = { tenant, directory, agent: 'site-1', order: id, sealingKey: enrolled.keys.sealing }
  const passwords = { password: new Secret(second), current: null }
  const sealed = operation.name === 'outcome' ? null : sealPasswords(passwords, to, systemOutside)
  const text = JSON.stringify({
    ...{ id, tenant, directory, operation },
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    for: [{ agent: 'site-1', session: line.session, sealed: sealed === null ? null : digestOf(sealed) }],
  })
  return line.hand({ id, text, digest: digestOf(text), sealed })
}

it.each([
  { fate: 'never-answers', killedAfter: 'the directory was asked', outcome: { is: 'unknown' }, writes: 1 },
  {
    fate: 'never-begins',
    killedAfter: 'before its line was on disk',
    outcome: { is: 'not-begun' },
    writes: 0,
  },
  {
    fate: 'answers',
    killedAfter: 'after its answer',
    outcome: { is: 'ended', outcome: { is: 'value', value: { ok: true } } },
    writes: 1,
  },
])(
  'an agent that is killed with a write at its hands writes nothing twice, and tells: $killedAfter',
  async (point) => {
    await using exchange = await startAgentExchange()
    await using cleanUp = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'rekey-killed-'))
    cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
    const name = exchange.newDirectory()
    const joined = await startAgent(exchange, {
      directory: name,
      name: 'site-1',
      inner: makeMemoryDirectory(name, []),
    })
    cleanUp.use(joined)
    joined.drop()
    await expect.poll(() => exchange.switchboard.linesOf(tenant, name)).toEqual([])
    const caFile = join(folder, 'ca.pem')
    const writesFile = join(folder, 'writes')
    await writeFile(caFile, exchange.ca)
    await writeFile(writesFile, '')
    const start = async (fate: string): Promise<ChildProcess> => {
      const words = [worker, exchange.url, caFile, joined.folder, writesFile, fate]
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...words], {
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      cleanUp.defer(async () => {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      })
      await expect.poll(() => exchange.switchboard.linesOf(tenant, name).length, { timeout: 30_000 }).toBe(1)
      return child
    }
    const written = async () => (await readFile(writesFile, 'utf8')).split('\n').length - 1
    const soon = () => AbortSignal.timeout(20_000)

    const first = await start(point.fate)
    const write = { id: 'the-one-order', operation: { name: 'set-password', key: 'ada' } } as const
    const handed = await order(exchange, name, write)
    if (point.fate === 'answers')
      expect(await handed?.next(soon())).toMatchObject({ outcome: { is: 'value' } })
    else if (point.writes > 0) await expect.poll(written).toBe(point.writes)
    else await handed?.next(AbortSignal.timeout(300))
    const lost = handed?.next(soon())
    first.kill('SIGKILL')
    expect(await lost).toBe('lost')

    await start('answers')
    const asked = await order(exchange, name, {
      id: 'a-question',
      operation: { name: 'outcome', order: write.id },
    })
    expect(await asked?.next(soon())).toMatchObject({ outcome: { is: 'value', value: point.outcome } })
    const again = await (await order(exchange, name, write))?.next(soon())
    expect(again).toMatchObject({
      outcome:
        point.fate === 'answers'
          ? { is: 'value', value: { ok: true } }
          : { is: 'fault', code: point.writes > 0 ? 'directory-outcome-unknown' : 'directory-unreachable' },
    })
    expect(await written()).toBe(point.writes)
    const log = (await readdir(join(joined.folder, 'journal'))).toSorted()
    const lines = await Promise.all(log.map((file) => readFile(join(joined.folder, 'journal', file), 'utf8')))
    expect(lines.join('')).not.toContain(second)
  },
)

it('a journal that was cut off in the middle of a line is gone on with, and one that was changed is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-journal-'))
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  const now = () => new Date('2026-03-01T12:00:00.000Z')
  const entry = { operation: 'unlock', key: 'ada', username: 'ada', at: now() } as const
  const done = readMessage(Outcome, '{"is":"value","value":{"ok":true,"wasLocked":true}}')
  if (done === null) throw new Error('no outcome')
  const file = join(folder, '2026-03-01.jsonl')

  const before = openJournal(folder, { now })
  await before.begin({ ...entry, order: 'one' })
  await before.end({ order: 'one', at: now(), outcome: done })
  await before.begin({ ...entry, order: 'two' })
  await before.close()
  await appendFile(file, '{"at":"2026-03-01T12:00:00.000Z","order":"three","is":"be')
  const after = openJournal(folder, { now })
  expect([after.find('one'), after.find('two'), after.find('three')]).toMatchObject([
    { outcome: done },
    { outcome: null },
    null,
  ])
  expect(after.begunSince(new Date(now().getTime() - 1_000))).toBe(2)
  await after.begin({ ...entry, order: 'four' })
  await after.close()
  const third = openJournal(folder, { now })
  expect(third.find('four')).toMatchObject({ outcome: null })
  await third.close()

  await writeFile(file, (await readFile(file, 'utf8')).replace('"begun"', '"begin"'))
  expect(() => openJournal(folder, { now })).toThrow(/line 1/)
})
