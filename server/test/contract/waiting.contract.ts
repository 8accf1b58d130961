import { describe, expect, it } from 'vitest'
import type { Flow, FlowEvent } from '../../src/core/recovery/flow.ts'
import type { RecoveryStore, SeenAccount, WaitingPassword } from '../../src/core/recovery/ports.ts'
import { after } from '../../src/core/recovery/rules.ts'
import { transition } from '../../src/core/recovery/transition.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aClient, anAccount, northwind } from '../support/recovery-world.ts'
import { aDisavowal, type StoreHarness } from './recovery-store.contract.ts'

const start = new Date('2026-03-02T09:00:00.000Z')
const account = { directory: 'people', key: 'key-of-ada' }
const acceptance = { at: start, expiresAt: after(start, 900), doubted: false }
const text = 'correct horse battery staple – ümlaut'

export const aWaiting = (over: Partial<WaitingPassword> = {}): WaitingPassword => ({
  tenant: northwind,
  flow: 'flow-1',
  subject: 'ada',
  account,
  attempt: 1,
  passwordSetAt: null,
  expiresAt: acceptance.expiresAt,
  password: new Secret(text),
  ...over,
})

const writing = (id: string, subject: string): Flow => ({
  ...{ tenant: northwind, id, subject, decoySubject: '~ada', kind: 'recovery', secretDigest: 'k1:digest' },
  ...{ locale: 'en', service: null, client: aClient(), startedAt: start, touchedAt: start },
  ...{ state: 'writing', account, username: 'ada', proofs: [{ method: 'email_link', at: start }] },
  ...{ refusals: 0, attempts: 1, notify: ['ada@home.example'] },
})

const moved = (flow: Flow, event: FlowEvent): Flow => {
  const next = transition(flow, event)
  if (next === null) throw new Error(`${event.type} is impossible in ${flow.state}`)
  return next
}

/** A flow whose password waits. */
export async function aWait(store: RecoveryStore, over: Partial<WaitingPassword> = {}): Promise<void> {
  const waiting = aWaiting(over)
  const { tenant, flow: id, subject } = waiting
  await store.begin(writing(id, subject), { events: [] })
  await store.decide({ tenant, id }, ({ flow }) => ({
    answer: null,
    flow: moved(flow, { type: 'put-off', acceptance: { ...acceptance, expiresAt: waiting.expiresAt } }),
    effects: { events: [], waiting },
  }))
}

const decide = (store: RecoveryStore, event: FlowEvent, id = 'flow-1') =>
  store.decide({ tenant: northwind, id }, ({ flow }) => ({ answer: null, flow: moved(flow, event) }))

const read = async (store: RecoveryStore, flow = 'flow-1') =>
  (await store.readWaiting(northwind, flow))?.password.reveal() ?? null

const page = { limit: 10, after: null }
const started: FlowEvent = { type: 'write-started', notify: [] }
const supersede = (flow: Flow) => ({ flow: moved(flow, { type: 'superseded' }), events: [] })

/** What every recovery store does with passwords that wait for their directory. */
export function waitingContract({ name, open }: StoreHarness): void {
  describe(`the ${name} recovery store keeps passwords that wait`, () => {
    it('as they were given, for every node, through tries of every kind, until anything ends the flow', async () => {
      await using opened = await open()
      const [store, other] = opened.nodes
      const passwordSetAt = after(start, -0.001)
      await aWait(store, { passwordSetAt })

      const { password, ...waiting } = (await other.readWaiting(northwind, 'flow-1')) ?? aWaiting()
      const { password: _, ...given } = aWaiting({ passwordSetAt })
      expect([waiting, password.reveal()]).toEqual([given, text])
      expect(await read(other, 'flow-2')).toBeNull()

      for (const doubted of [false, true]) {
        await decide(store, started)
        expect(await read(other)).toBe(text)
        await decide(store, { type: 'put-off', acceptance: { ...acceptance, doubted } })
        expect(await read(other)).toBe(text)
      }
      await decide(store, started)
      await decide(store, { type: 'written', at: start })
      expect(await read(other)).toBeNull()

      const ends: readonly FlowEvent[] = [
        { type: 'superseded' },
        { type: 'disavowed' },
        { type: 'ended-by-operator' },
        { type: 'account-unavailable' },
        { type: 'not-set', because: 'not-set-in-time' },
        { type: 'write-unexplained' },
      ]
      for (const event of ends) {
        await aWait(store, { flow: event.type, subject: event.type })
        await decide(store, event, event.type)
        expect(await read(store, event.type), event.type).toBeNull()
      }
    })

    it('until something else of the account ends the flow, a newer one above all, and those of others longer', async () => {
      await using opened = await open()
      const [store] = opened.nodes
      await aWait(store)
      await aWait(store, { flow: 'flow-2', subject: 'bob' })
      await aWait(store, { flow: 'flow-3', subject: 'eve' })
      await store.decideSubject({ tenant: northwind, subject: 'ada' }, () => ({
        answer: null,
        others: supersede,
      }))
      const { id } = aDisavowal({ subject: 'bob' })
      await store.decideSubject({ tenant: northwind, subject: 'bob' }, () => ({
        answer: null,
        effects: { events: [], disavowals: [aDisavowal({ id, subject: 'bob' })] },
      }))
      await store.decideDisavowal({ tenant: northwind, by: { id } }, () => ({
        answer: null,
        others: supersede,
      }))

      expect([await read(store), await read(store, 'flow-2'), await read(store, 'flow-3')]).toEqual([
        null,
        null,
        text,
      ])

      await store.begin(writing('flow-4', 'eve'), { events: [] })
      await store.decide({ tenant: northwind, id: 'flow-4' }, ({ flow }) => ({
        answer: null,
        flow: moved(flow, { type: 'put-off', acceptance }),
        others: supersede,
        effects: {
          events: [],
          waiting: aWaiting({ flow: 'flow-4', subject: 'eve', password: new Secret('the newer one') }),
        },
      }))
      expect([await read(store, 'flow-3'), await read(store, 'flow-4')]).toEqual([null, 'the newer one'])
    })

    it('together with everything else that was decided, or not at all', async () => {
      await using opened = await open()
      const [store] = opened.nodes
      await store.begin(writing('flow-1', 'ada'), { events: [] })
      opened.failNextEnqueue()
      const job = { queue: 'write-waiting', payload: { tenant: northwind, flow: 'flow-1' } } as const
      const decided = store.decide({ tenant: northwind, id: 'flow-1' }, ({ flow }) => ({
        answer: null,
        flow: moved(flow, { type: 'put-off', acceptance }),
        effects: { events: [], jobs: [job], waiting: aWaiting() },
      }))

      await expect(decided).rejects.toThrow()
      expect(await read(store)).toBeNull()
      expect(await store.read(northwind, 'flow-1')).toMatchObject({ state: 'writing' })
    })

    it('lists those whose time is over, page by page, and forgets no flow that waits, however old', async () => {
      await using opened = await open()
      const [store] = opened.nodes
      for (const at of [1, 2, 3]) {
        await aWait(store, { flow: `flow-${at}`, subject: `person-${at}`, expiresAt: after(start, at) })
      }

      expect(await store.overdueWaits(after(start, 2), page)).toEqual([
        { tenant: northwind, id: 'flow-1' },
        { tenant: northwind, id: 'flow-2' },
      ])
      const behind = { limit: 1, after: { tenant: northwind, id: 'flow-1' } }
      expect(await store.overdueWaits(after(start, 9), behind)).toEqual([{ tenant: northwind, id: 'flow-2' }])
      await store.forget(after(start, 86_400))
      expect(await store.read(northwind, 'flow-1')).toMatchObject({
        state: 'accepted',
        acceptance: { ...acceptance, expiresAt: after(start, 1) },
      })
      expect(await read(store)).toBe(text)
    })

    it('beside what a directory last said of an account, which goes after a day', async () => {
      await using opened = await open()
      const [store, other] = opened.nodes
      const password = { changedAt: start, mustChange: false, expiresAt: null, failedTries: 2 }
      const entry = { ...anAccount('ada', { password }), directory: 'people', directoryRules: null }
      const seen: SeenAccount = { tenant: northwind, subject: 'ada', entry, at: start }
      for (const at of [after(start, -1), start]) {
        await store.decideSubject({ tenant: northwind, subject: 'ada' }, () => ({
          answer: null,
          effects: { events: [], seen: { ...seen, at } },
        }))
      }

      expect(await other.readSeen(northwind, 'ada')).toEqual(seen)
      expect(await other.readSeen(northwind, 'bob')).toBeNull()
      await store.forget(after(start, 1))
      expect(await other.readSeen(northwind, 'ada')).toBeNull()
    })
  })
}
