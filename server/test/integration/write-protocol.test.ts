import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  type Answered,
  makeRecovery,
  type Recovery,
  type RecoveryDeps,
  type RecoveryStore,
  type Refused,
} from '../../src/core/recovery/index.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { type MemoryDirectory, makeMemoryDirectory } from '../support/memory-directory.ts'
import { makeMemoryLimiter } from '../support/memory-limiter.ts'
import { noRisk } from '../support/no-risk.ts'
import { aRecoveryDatabase, type RecoveryDatabase } from '../support/recovery-database.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aRecoveryTenant,
  type Holding,
  northwind,
  testDigests,
  testPasskeys,
  testTokens,
} from '../support/recovery-world.ts'

const accounts = [anAccount('ada')]
const generous = { max: 100_000, windowSeconds: 60 }
const rules = { startsPerNetwork: generous, proofsPerNetwork: generous, mailbox: [generous] }

interface Company extends AsyncDisposable {
  nodes: readonly [Recovery, Recovery]
  deps: RecoveryDeps
  directory: MemoryDirectory
  database: RecoveryDatabase
  /** Of ada's passwords, in no order. */
  remembered(): ReturnType<RecoveryStore['readRemembered']>
}

/** Two nodes of one company on one real database, each with a pool of its own, and one directory. */
async function aCompany(over: Partial<RecoveryDeps> = {}): Promise<Company> {
  const database = await aRecoveryDatabase()
  const directory = makeMemoryDirectory('people', accounts)
  const tenant = { ...aRecoveryTenant([directory], rules), remembers: () => 3 }
  const limiter = makeMemoryLimiter(systemOutside)
  const deps = {
    ...systemOutside,
    limiter,
    tokens: testTokens,
    digests: testDigests,
    passkeys: testPasskeys,
    risk: noRisk,
    texts: null,
    ...over,
  }
  const [first, second] = [0, 1].map(
    (): RecoveryDeps => ({ ...deps, store: database.node(systemOutside).store, tenant: () => tenant }),
  )
  if (first === undefined || second === undefined) throw new Error('two nodes were asked for')
  return {
    nodes: [makeRecovery(first), makeRecovery(second)],
    deps: first,
    directory,
    database,
    async remembered() {
      const subject = await first.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
      return first.store.readRemembered(northwind, subject)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** Starts a flow and gives back the link that its mail would carry. */
async function aLink(recovery: Recovery): Promise<string> {
  const client = aClient()
  const call = { tenant: northwind, identifier: 'ada', service: null, locale: 'en', client }
  const started = await recovery.start(call)
  if (!started.ok) throw new Error(started.because)
  const flow = started.flow.id
  await recovery.resolve({ tenant: northwind, flow, ask: 1 }, AbortSignal.timeout(10_000))
  return testTokens.link({ tenant: northwind, flow, generation: 1, keyId: testTokens.keyId })
}

const click = (recovery: Recovery, token: string) =>
  recovery.spendLink({ tenant: northwind, token, client: aClient(), locale: 'en' })

const holdingOf = (answer: Answered | Refused): Holding | null =>
  answer.ok ? { tenant: northwind, id: answer.flow.id, secret: answer.secret ?? '' } : null

const racers = Array.from({ length: 30 }, (_, racer) => racer)

describe('over two nodes on one PostgreSQL', () => {
  it('one of thirty who race for a link gets through, and that one’s password is the one that works', async () => {
    await using company = await aCompany()
    const { nodes, directory } = company
    for (let round = 0; round < 10; round += 1) {
      const token = await aLink(nodes[0])

      const told = await Promise.all(
        racers.map(async (racer) => {
          const node = nodes[racer % 2 === 0 ? 0 : 1]
          const holding = holdingOf(await click(node, token))
          if (holding === null) return null
          const password = `round ${round} racer ${racer}`
          const answer = await node.setPassword({
            ...holding,
            password: aPassword(password),
            client: aClient(),
          })
          return answer.ok ? password : null
        }),
      )

      const winners = told.filter((password) => password !== null)
      expect(winners).toHaveLength(1)
      expect(directory.passwords.get('key-of-ada')).toBe(winners[0])
    }
    expect(directory.writes).toHaveLength(10)
    expect((await company.remembered()).map(({ write }) => write)).toEqual([null, null, null])
  })

  it('one of thirty who race to write in one flow does, whatever they race with', async () => {
    await using company = await aCompany()
    const { nodes, directory, database } = company
    const holding = holdingOf(await click(nodes[0], await aLink(nodes[0])))
    if (holding === null) throw new Error('the link was refused')

    const answers = await Promise.all(
      racers.map((racer) =>
        nodes[racer % 2 === 0 ? 0 : 1].setPassword({
          ...holding,
          password: aPassword(`racer ${racer}`),
          client: aClient(),
        }),
      ),
    )

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(directory.writes).toHaveLength(1)
    const events = await database.events()
    expect(events.filter((name) => name === 'password.written')).toHaveLength(1)
    expect(events.filter((name) => name === 'password.write-started')).toHaveLength(1)
    expect(await company.remembered()).toMatchObject([{ write: null }])
  })

  it('thirty guesses at once use up five tries, and not one more', async () => {
    await using company = await aCompany()
    const { nodes } = company
    const client = aClient()
    const call = { tenant: northwind, identifier: 'ada', service: null, locale: 'en', client }
    const started = await nodes[0].start(call)
    if (!started.ok) throw new Error(started.because)
    const { id } = started.flow
    const typed = { method: 'email_code', code: 'wrong' } as const
    const guess = { tenant: northwind, id, secret: started.secret, ...typed, client }

    const answers = await Promise.all(racers.map((racer) => nodes[racer % 2 === 0 ? 0 : 1].prove(guess)))

    const left = answers
      .map((answer) => ('triesLeft' in answer ? answer.triesLeft : null))
      .filter((n) => n !== null)
    expect(left.toSorted()).toEqual([0, 1, 2, 3, 4])
  })

  it('a success and a "this was not me" at once leave the account in a state that one of the orders explains', async () => {
    for (let round = 0; round < 5; round += 1) {
      await using company = await aCompany()
      const { nodes, database } = company
      const holding = holdingOf(await click(nodes[0], await aLink(nodes[0])))
      if (holding === null) throw new Error('the link was refused')
      const { rows } = await sql<{ id: string; subject: string }>`select id, subject from disavowal`.execute(
        database.database.kysely,
      )
      const { id = '', subject = '' } = rows[0] ?? {}
      const token = testTokens.disavowLink({ tenant: northwind, id, keyId: testTokens.keyId })

      const [written, disavowed] = await Promise.all([
        nodes[0].setPassword({ ...holding, password: aPassword(), client: aClient() }),
        nodes[1].disavow({ tenant: northwind, token, client: aClient() }),
      ])

      const ledger = await company.deps.store.readLedger(northwind, subject)
      const asked = ledger.secondProofUntil !== null
      expect(disavowed).toEqual({ ok: true, written: asked })
      // Said before anything was begun: nothing was written. Otherwise a second proof is wanted from here on.
      expect(company.directory.writes.length === 0 || asked).toBe(true)
      expect(written.ok && !asked).toBe(false)
    }
  })

  it('a node whose database is lost after the write leaves a flow that another node ends as unknown', async () => {
    const clock = { at: Date.now() }
    const now = () => new Date(clock.at)
    await using company = await aCompany({ now })
    const { nodes, deps, directory, database } = company
    const holding = holdingOf(await click(nodes[0], await aLink(nodes[0])))
    if (holding === null) throw new Error('the link was refused')
    const { store } = deps
    const cutOff = makeRecovery({
      ...deps,
      store: {
        ...store,
        decide: (target, decider) =>
          directory.writes.length > 0
            ? Promise.reject(new Fault('database-unavailable'))
            : store.decide(target, decider),
      },
    })

    const answer = cutOff.setPassword({ ...holding, password: aPassword(), client: aClient() })
    await expect(answer).rejects.toMatchObject({ code: 'database-unavailable' })
    expect(await nodes[1].read(holding)).toMatchObject({ flow: { state: 'writing' } })
    clock.at += 18_000
    const swept = await Promise.all([nodes[0].sweep(), nodes[1].sweep()])

    expect(swept.map(({ ended }) => ended).toSorted()).toEqual([0, 1])
    expect(await company.remembered()).toMatchObject([{ write: { attempt: 1 } }])
    expect(await nodes[0].read(holding)).toMatchObject({ flow: { because: 'outcome-unknown' } })
    const events = await database.events()
    expect(events.slice(-2)).toEqual(['password.write-unexplained', 'flow.ended'])
  })
})
