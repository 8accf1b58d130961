import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditName } from '../../src/core/audit/catalogue.ts'
import type { AuditEvent } from '../../src/core/audit/ports.ts'
import type { MessageOrder } from '../../src/core/messages/ports.ts'
import type { Enrolment, EnrolmentChange } from '../../src/core/proofs/index.ts'
import type { AwaitingProof, Flow, FlowEvent, Writing } from '../../src/core/recovery/flow.ts'
import { afterSessionsEnded, emptyLedger, type Ledger } from '../../src/core/recovery/ledger.ts'
import type { Disavowal, Effects, Invitation, Job, RecoveryStore } from '../../src/core/recovery/ports.ts'
import { after } from '../../src/core/recovery/rules.ts'
import { transition } from '../../src/core/recovery/transition.ts'
import type { PortalSession, SessionChange } from '../../src/core/sessions/ports.ts'
import { anyDisavowal, anyFlow } from '../support/arbitrary-flow.ts'
import type { FakeClock } from '../support/fake-outside.ts'
import { aClient, northwind } from '../support/recovery-world.ts'

/** A store to be proven, opened twice: two nodes on the same rows. */
export interface OpenStore extends AsyncDisposable {
  nodes: readonly [RecoveryStore, RecoveryStore]
  clock: FakeClock
  /** The next enqueue fails, in the middle of its transaction. */
  failNextEnqueue(): void
  /** Time passes, also for what goes with its time by itself. */
  timePasses(seconds: number): Promise<void>
  /** What has been committed beside flows and ledgers. */
  recorded(): Promise<{ events: readonly string[]; jobs: readonly Job[]; messages: number; tickets: number }>
}

export interface StoreHarness {
  name: string
  open(): Promise<OpenStore>
}

const start = new Date('2026-03-02T09:00:00.000Z')
const account = { directory: 'people', key: 'key-of-ada' }

export const aFlow = (over: Partial<AwaitingProof> = {}): AwaitingProof => {
  const { id = 'flow-1' } = over
  return {
    state: 'awaiting-proof',
    kind: 'recovery',
    tenant: northwind,
    id,
    secretDigest: 'k1:digest',
    subject: id,
    decoySubject: `~${id}`,
    locale: 'en',
    service: null,
    client: aClient(),
    startedAt: start,
    touchedAt: start,
    whose: { is: 'unresolved', identifier: 'ada' },
    codesTried: 0,
    asked: { times: 1, at: start, worksUntil: after(start, 600) },
    issued: null,
    proofs: [],
    ...over,
  }
}

/** A change of another flow that there is nothing to tell about. */
const change = (flow: Flow, event: FlowEvent) => {
  const changed = transition(flow, event)
  return changed === null ? null : { flow: changed, events: [] }
}
const expire = (flow: Flow) => change(flow, { type: 'expired' })

/** A flow of the account whose ledger is `subject`. */
const ofAda = (id: string, subject: string) =>
  aFlow({ id, subject, whose: { is: 'account', account, username: 'ada' } })

const writing = (over: Partial<Writing> = {}): Writing => {
  const { tenant, kind, secretDigest, decoySubject, locale, service, client, startedAt, touchedAt } = aFlow()
  const base = { tenant, kind, secretDigest, decoySubject, locale, service, client, startedAt, touchedAt }
  const written = { account, username: 'ada', proofs: [], refusals: 0, attempts: 1, notify: [] }
  return { ...base, ...written, id: 'flow-w', subject: 'subject-w', state: 'writing', ...over }
}

export const event = (name: AuditName): AuditEvent => ({
  name,
  tenant: northwind,
  at: start,
  subject: null,
  flow: null,
  facts: {},
})

const job: Job = { queue: 'resolve-recovery', payload: { tenant: northwind, flow: 'flow-1', ask: 1 } }

const aMessage = (over: Partial<MessageOrder> = {}): MessageOrder => ({
  id: 'message-1',
  tenant: northwind,
  kind: 'recovery',
  subject: 'subject-1',
  flow: 'flow-1',
  generation: 1,
  keyId: 'k1',
  disavowal: null,
  to: 'ada@home.example',
  locale: 'en',
  service: null,
  facts: { username: 'ada', at: start.toISOString(), device: null, place: null },
  notAfter: after(start, 600),
  ...over,
})

export const aDisavowal = (over: Partial<Disavowal> = {}): Disavowal => ({
  tenant: northwind,
  id: 'disavowal-1',
  codeDigest: 'digest-1',
  subject: 'subject-1',
  flow: 'flow-1',
  notify: ['ada@home.example'],
  username: 'ada',
  locale: 'en',
  about: null,
  createdAt: start,
  expiresAt: after(start, 600),
  usedAt: null,
  ...over,
})

const anInvitation = (over: Partial<Invitation> = {}): Invitation => ({
  tenant: northwind,
  id: 'invitation-1',
  codeDigest: 'k1:digest-1',
  subject: 'ada',
  account,
  username: 'ada',
  sentTo: ['ada@home.example'],
  locale: 'en',
  service: null,
  invitedBy: 'a test',
  createdAt: start,
  passwordSetAt: null,
  expiresAt: after(start, 600),
  spentAt: null,
  withdrawnAt: null,
  disownedAt: null,
  ...over,
})

const ticket = {
  tenant: northwind,
  id: 'ticket-1',
  subject: 'subject-1',
  flow: null,
  because: 'disavowed',
  openedAt: start,
} as const

const everything: Effects = {
  events: [event('flow.ended')],
  jobs: [job],
  messages: [aMessage()],
  disavowals: [aDisavowal()],
  tickets: [ticket],
  knownDevice: { tenant: northwind, subject: 'subject-1', deviceDigest: 'device-1', at: start },
}

const none: Effects = { events: [] }
const at = (id: string) => ({ tenant: northwind, id })
/** Half of the decisions may share a transaction with others. */
const inTurns = (turn: number, id: string) => ({ ...at(id), together: turn % 4 < 2 })

/** What every recovery store does. Each case opens a store of its own. */
export function recoveryStoreContract({ name, open }: StoreHarness): void {
  describe(`the ${name} recovery store`, () => {
    describe('commits together or not at all', () => {
      it('when a flow begins', async () => {
        await using opened = await open()
        const [store] = opened.nodes

        await store.begin(aFlow(), everything)

        expect(await store.read(northwind, 'flow-1')).toEqual(aFlow())
        expect(await opened.recorded()).toEqual({
          events: ['flow.ended'],
          jobs: [job],
          messages: 1,
          tickets: 1,
        })
        expect(await store.isKnownDevice(northwind, 'subject-1', 'device-1')).toBe(true)
      })

      it('with the whole ledger in sight, alone or together with others', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        const told = { mustChange: { because: 'ordered', at: start }, expiryToldAt: start } as const
        await store.decideSubject({ tenant: northwind, subject: 'ada' }, ({ ledger }) => ({
          answer: null,
          ledger: { ...ledger, ...told },
        }))

        for (const together of [true, false]) {
          const target = { ...at('flow-1'), together }
          expect(await store.decide(target, ({ ledger }) => ({ answer: ledger }))).toMatchObject(told)
        }
      })

      it('forgets the devices of one account that were seen since a moment, and no others', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const known = (subject: string, deviceDigest: string, seconds: number) =>
          store.begin(aFlow({ id: `${subject} ${deviceDigest}` }), {
            ...none,
            knownDevice: { tenant: northwind, subject, deviceDigest, at: after(start, seconds) },
          })
        await known('ada', 'before', 9)
        await known('ada', 'then', 10)
        await known('ada', 'later', 11)
        await known('bob', 'later', 11)

        await store.decideSubject({ tenant: northwind, subject: 'ada' }, () => ({
          answer: null,
          effects: {
            ...none,
            forgetDevices: { tenant: northwind, subject: 'ada', seenSince: after(start, 10) },
          },
        }))

        const isKnown = (subject: string, device: string) => store.isKnownDevice(northwind, subject, device)
        expect(
          await Promise.all([
            isKnown('ada', 'before'),
            isKnown('ada', 'then'),
            isKnown('ada', 'later'),
            isKnown('bob', 'later'),
          ]),
        ).toEqual([true, false, false, true])
      })

      it('when the queue fails at the begin', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        opened.failNextEnqueue()

        await expect(store.begin(aFlow(), everything)).rejects.toThrow()

        expect(await store.read(northwind, 'flow-1')).toBeNull()
        expect(await opened.recorded()).toEqual({ events: [], jobs: [], messages: 0, tickets: 0 })
        expect(await store.isKnownDevice(northwind, 'subject-1', 'device-1')).toBe(false)
      })

      it('when the queue fails at a decision that changes everything there is', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        await store.begin(ofAda('flow-2', 'ada'), none)
        opened.failNextEnqueue()

        const decision = store.decide(at('flow-1'), ({ flow, ledger }) => ({
          answer: 'yes',
          flow: { ...flow, touchedAt: after(start, 9) },
          opened: aFlow({ id: 'flow-3' }),
          ledger: afterSessionsEnded(ledger),
          others: expire,
          effects: everything,
        }))
        await expect(decision).rejects.toThrow()

        expect(await store.read(northwind, 'flow-1')).toEqual(ofAda('flow-1', 'ada'))
        expect(await store.read(northwind, 'flow-2')).toEqual(ofAda('flow-2', 'ada'))
        expect(await store.read(northwind, 'flow-3')).toBeNull()
        expect((await store.readLedger(northwind, 'ada')).tokenVersion).toBe(0)
        expect(await opened.recorded()).toEqual({ events: [], jobs: [], messages: 0, tickets: 0 })
      })

      it('when the queue fails at a disavowal, which then is not used up', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(aFlow(), { ...none, disavowals: [aDisavowal()] })
        opened.failNextEnqueue()
        const by = { tenant: northwind, by: { id: 'disavowal-1' } }

        await expect(store.decideDisavowal(by, () => ({ answer: 1, effects: everything }))).rejects.toThrow()

        const used = await store.decideDisavowal(by, ({ disavowal }) => ({ answer: disavowal.usedAt }))
        expect(used).toBeNull()
      })

      it('when a "this was not me" takes the invitations of its account back', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const one = anInvitation({ subject: 'subject-1' })
        await store.decideInvitations({ tenant: northwind, by: { subject: 'subject-1' } }, () => ({
          answer: null,
          changed: [one],
          effects: { ...none, disavowals: [aDisavowal({ flow: null })] },
        }))
        const by = { tenant: northwind, by: { id: 'disavowal-1' } }

        const seen = await store.decideDisavowal(by, ({ disavowal, invitations }) => ({
          answer: { flow: disavowal.flow, invitations },
          changed: invitations.map((invitation) => ({ ...invitation, withdrawnAt: after(start, 5) })),
        }))

        expect(seen).toEqual({ flow: null, invitations: [one] })
        expect(await store.readInvitation(northwind, { id: one.id })).toEqual({
          ...one,
          withdrawnAt: after(start, 5),
        })
      })

      it('when an invitation is sent again, with what that does to other flows', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        await store.begin(ofAda('flow-2', 'bob'), none)

        await store.decideInvitations({ tenant: northwind, by: { subject: 'ada' } }, () => ({
          answer: null,
          changed: [anInvitation()],
          opened: ofAda('flow-3', 'ada'),
          others: (flow) => {
            const changed = expire(flow)
            return changed && { ...changed, events: [event('flow.ended')] }
          },
          effects: everything,
        }))

        const states = ['flow-1', 'flow-2', 'flow-3'].map((id) => store.read(northwind, id))
        expect((await Promise.all(states)).map((flow) => flow?.state)).toEqual([
          'ended',
          'awaiting-proof',
          'awaiting-proof',
        ])
        expect(await opened.recorded()).toMatchObject({ events: ['flow.ended', 'flow.ended'], messages: 1 })
      })

      it('when the queue fails at an invitation, which then is not spent, and opens nothing', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const target = { tenant: northwind, by: { subject: 'ada' } }
        await store.decideInvitations(target, () => ({ answer: null, changed: [anInvitation()] }))
        opened.failNextEnqueue()

        const spending = store.decideInvitations(target, () => ({
          answer: null,
          changed: [anInvitation({ spentAt: start })],
          opened: ofAda('flow-1', 'ada'),
          effects: everything,
        }))
        await expect(spending).rejects.toThrow()

        expect(await store.readInvitation(northwind, { id: 'invitation-1' })).toEqual(anInvitation())
        expect(await store.read(northwind, 'flow-1')).toBeNull()
        expect(await opened.recorded()).toEqual({ events: [], jobs: [], messages: 0, tickets: 0 })
      })

      it('when the decider itself throws', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        await store.begin(ofAda('flow-2', 'ada'), none)

        const decision = store.decide(at('flow-1'), ({ ledger }) => ({
          answer: null,
          ledger: afterSessionsEnded(ledger),
          others: () => {
            throw new Error('broken')
          },
        }))
        await expect(decision).rejects.toThrow('broken')

        expect((await store.readLedger(northwind, 'ada')).tokenVersion).toBe(0)
      })
    })

    describe('keeps what it was given', () => {
      it('for every state of a flow, and whatever the texts in it are', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        const known = new Set<string>()
        await fc.assert(
          fc.asyncProperty(anyFlow, anyFlow, async (flow, next) => {
            fc.pre(!known.has(flow.id))
            known.add(flow.id)
            const { tenant, id } = flow
            const changed: Flow = { ...next, tenant, id }

            await store.begin(flow, none)
            const begun = await other.read(tenant, id)
            const seen = await other.decide({ tenant, id }, (before) => ({
              answer: before.flow,
              flow: changed,
            }))

            expect(begun).toEqual(flow)
            expect(seen).toEqual(flow)
            expect(await store.read(tenant, id)).toEqual(changed)
          }),
          { numRuns: 60 },
        )
      })

      it('for ledgers, with every field set and with every field empty again', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        const full: Ledger = {
          tenant: northwind,
          subject: 'ada',
          failedTries: [start, after(start, 0.001)],
          tokenVersion: 2 ** 40,
          writtenAt: after(start, 1),
          secondProofUntil: after(start, 2),
          mustChange: { because: 'ordered', at: after(start, 4) },
          expiryToldAt: after(start, 6),
          markFailedAt: after(start, 7),
          enrolled: [
            { method: 'totp', usableFrom: after(start, 8) },
            { method: 'recovery_code', usableFrom: start },
          ],
          lease: { flow: 'flow-1', attempt: 3, until: after(start, 3) },
        }
        const write = (ledger: Ledger) => store.decide(at('flow-1'), () => ({ answer: null, ledger }))

        expect(await store.readLedger(northwind, 'ada')).toEqual(emptyLedger(northwind, 'ada'))
        await write(full)
        expect(await other.readLedger(northwind, 'ada')).toEqual(full)
        await write(emptyLedger(northwind, 'ada'))
        expect(await other.readLedger(northwind, 'ada')).toEqual(emptyLedger(northwind, 'ada'))
      })

      it('for disavowals, found by id and by the digest of their code', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        let number = 0
        await fc.assert(
          fc.asyncProperty(anyDisavowal, async (any) => {
            number += 1
            const one = { ...any, id: `${any.id}${number}`, codeDigest: `${any.codeDigest}${number}` }
            await store.begin(aFlow({ id: `flow-${number}` }), { ...none, disavowals: [one] })

            const byCode = { tenant: northwind, by: { codeDigest: one.codeDigest } }
            const seen = await store.decideDisavowal(byCode, ({ disavowal }) => ({ answer: disavowal }))
            const again = await store.decideDisavowal(
              { tenant: northwind, by: { id: one.id } },
              ({ disavowal }) => ({ answer: disavowal }),
            )

            expect(seen).toEqual(one)
            expect(again).toEqual({ ...one, usedAt: opened.clock.now() })
          }),
          { numRuns: 30 },
        )
      })

      it('for sessions at the portal, and what became of them', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        const session: PortalSession = {
          tenant: northwind,
          id: 'session-1',
          secretDigest: 'k1:digest',
          subject: 'ada',
          account,
          username: 'ada 💥',
          tokenVersion: 2 ** 40,
          mustChange: 'expired',
          passwordEndsAt: after(start, 9),
          flaw: 'weak',
          provenBy: 'provider',
          awaits: 'second-proof',
          provenAt: start,
          service: 'mail',
          startedAt: start,
          endedAt: null,
        }
        const named = { tenant: northwind, id: session.id }
        const make = (change: SessionChange) =>
          store.decideSubject({ tenant: northwind, subject: 'ada' }, () => ({
            answer: null,
            effects: { events: [], session: change },
          }))
        const read = () => other.readSession(northwind, session.id)

        await make({ change: 'begun', session })
        expect(await read()).toEqual(session)
        expect(await other.readSession('southwind', session.id)).toBeNull()
        const proven = { secretDigest: 'k1:another', at: after(start, 4) }
        await make({ change: 'proven', ...named, ...proven })
        await make({ change: 'proven', ...named, secretDigest: 'k1:late', at: after(start, 5) })
        const { secretDigest, at: provenAt } = proven
        Object.assign(session, { awaits: null, secretDigest, provenAt })
        expect(await read()).toEqual(session)
        const tokenVersion = session.tokenVersion + 1
        await make({ change: 'kept', ...named, tokenVersion: tokenVersion + 1 })
        expect(await read()).toEqual(session)
        await make({ change: 'kept', ...named, tokenVersion })
        expect(await read()).toEqual({
          ...session,
          tokenVersion,
          mustChange: null,
          passwordEndsAt: null,
          flaw: null,
        })
        await make({ change: 'ended', ...named, at: after(start, 5) })
        await make({ change: 'kept', ...named, tokenVersion: tokenVersion + 1 })
        await make({ change: 'ended', ...named, at: after(start, 6) })
        expect(await read()).toMatchObject({ tokenVersion, endedAt: after(start, 5) })
        await store.forget(after(start, 1))
        expect(await read()).toBeNull()
      })

      it('for what people have enrolled, oldest first, changed and removed with a decision about its account', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        const base = { tenant: northwind, subject: 'ada', createdAt: start, usableFrom: after(start, 1) }
        const app: Enrolment = {
          ...{
            ...base,
            id: 'enrolment-1',
            method: 'totp',
            name: 'blue 💥',
            confirmedAt: null,
            lastUsedAt: null,
          },
          kept: { seed: 'JBSWY3DP', algorithm: 'SHA256', digits: 8, periodSeconds: 60, lastStep: null },
        }
        const codes = [
          { digest: 'one', spentAt: after(start, 2) },
          { digest: 'two', spentAt: null },
        ]
        const sheet: Enrolment = {
          ...{ ...base, id: 'enrolment-2', method: 'recovery_code', name: '', confirmedAt: start },
          ...{ lastUsedAt: after(start, 2), kept: { keyId: 'k1', salt: 'salt', codes } },
        }
        const change = (...enrolments: readonly EnrolmentChange[]) =>
          store.decideSubject({ tenant: northwind, subject: 'ada', enrolments: true }, (seen) => ({
            answer: seen.enrolments,
            effects: { events: [], enrolments },
          }))
        const read = () => other.readEnrolments(northwind, 'ada')

        const [keptSheet, keptApp] = [sheet, app].map((enrolment) => ({ change: 'kept' as const, enrolment }))
        if (keptSheet === undefined || keptApp === undefined) throw new Error('two were made')
        await change(keptSheet, keptApp)
        expect(await read()).toEqual([app, sheet])
        expect(await other.readEnrolments(northwind, 'bob')).toEqual([])
        expect(await other.readEnrolments('southwind', 'ada')).toEqual([])
        const used: Enrolment = {
          ...app,
          name: 'red',
          confirmedAt: start,
          kept: { ...app.kept, lastStep: 7 },
        }
        expect(await change({ change: 'kept', enrolment: used })).toEqual([app, sheet])
        expect(await read()).toEqual([used, sheet])
        await store.begin(ofAda('flow-1', 'ada'), none)
        const seen = await store.decide({ ...at('flow-1'), enrolments: true }, ({ enrolments }) => ({
          answer: enrolments,
        }))
        expect(seen).toEqual([used, sheet])
        await change({ change: 'removed', tenant: northwind, subject: 'bob', id: sheet.id })
        expect(await read()).toEqual([used, sheet])
        await change({ change: 'removed', tenant: northwind, subject: 'ada', id: sheet.id }, keptApp)
        await store.forget(after(start, 60))
        expect(await read()).toEqual([])
      })

      it('for invitations, found by id, by the digest of their code and by account', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        const first = anInvitation({ service: 'mail', sentTo: ['ada@home.example', 'åsa@work.example'] })
        const second = anInvitation({
          id: 'invitation-2',
          codeDigest: 'k1:digest-2',
          createdAt: after(start, 1),
          passwordSetAt: after(start, -600),
        })
        const ada = { tenant: northwind, by: { subject: 'ada' } }
        const add = (changed: readonly Invitation[]) =>
          store.decideInvitations(ada, ({ invitations }) => ({ answer: invitations, changed }))

        expect(await store.lastInvitation(northwind, 'ada')).toBeNull()
        expect(await add([first])).toEqual([])
        expect(await add([second])).toEqual([first])
        expect(await other.readInvitation(northwind, { id: first.id })).toEqual(first)
        expect(await other.readInvitation(northwind, { codeDigest: second.codeDigest })).toEqual(second)
        expect(await other.lastInvitation(northwind, 'ada')).toMatchObject({
          passwordSetAt: after(start, -600),
        })

        const ended = [
          { ...first, withdrawnAt: after(start, 2), disownedAt: after(start, 2) },
          { ...second, spentAt: after(start, 3) },
        ]
        const named = { tenant: northwind, by: { id: first.id } }
        const seen = await other.decideInvitations(named, ({ invitations, ledger }) => ({
          answer: { invitations, subject: ledger.subject },
          changed: ended,
        }))
        expect(seen).toEqual({ invitations: [second, first], subject: 'ada' })
        expect(await add([])).toEqual(ended.toReversed())
        expect(await store.listInvitations(northwind, { after: null, limit: 1 })).toEqual([ended[0]])
        expect(await store.listInvitations(northwind, { after: first.id, limit: 9 })).toEqual([ended[1]])
      })

      it('also what nobody needs any more: an invitation stays until its account has a password', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const subject = await store.subjectOf(northwind, account)
        const ada = { tenant: northwind, by: { subject } }
        await store.decideInvitations(ada, () => ({ answer: null, changed: [anInvitation({ subject })] }))
        await opened.timePasses(90 * 86_400)

        await store.forget(opened.clock.now())
        expect(await store.lastInvitation(northwind, subject)).not.toBeNull()

        await store.begin(ofAda('flow-1', subject), none)
        await store.decide(at('flow-1'), ({ ledger }) => ({
          answer: null,
          ledger: { ...ledger, writtenAt: start },
        }))
        await store.forget(start)
        expect(await store.lastInvitation(northwind, subject)).not.toBeNull()
        await store.forget(opened.clock.now())
        expect(await store.lastInvitation(northwind, subject)).toBeNull()
      })

      it('and nothing for what is not there', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(aFlow(), { ...none, disavowals: [aDisavowal()] })
        const never = () => {
          throw new Error('there was nothing to decide')
        }

        expect(await store.read('other-tenant', 'flow-1')).toBeNull()
        expect(await store.decide({ tenant: 'other-tenant', id: 'flow-1' }, never)).toBeNull()
        expect(await store.decide(at('flow-2'), never)).toBeNull()
        for (const by of [{ id: 'invitation-1' }, { codeDigest: 'k1:digest-1' }]) {
          expect(await store.decideInvitations({ tenant: northwind, by }, never)).toBeNull()
          expect(await store.readInvitation(northwind, by)).toBeNull()
        }
        await store.decideInvitations({ tenant: northwind, by: { subject: 'ada' } }, () => ({
          answer: null,
          changed: [anInvitation()],
        }))
        expect(await store.readInvitation('other-tenant', { id: 'invitation-1' })).toBeNull()
        expect(await store.lastInvitation('other-tenant', 'ada')).toBeNull()
        expect(await store.lastInvitation(northwind, 'bob')).toBeNull()
        expect(await store.listInvitations('other-tenant', { after: null, limit: 9 })).toEqual([])
        expect(
          await store.decideDisavowal({ tenant: 'other-tenant', by: { id: 'disavowal-1' } }, never),
        ).toBeNull()
        expect(
          await store.decideDisavowal({ tenant: northwind, by: { codeDigest: 'digest-2' } }, never),
        ).toBeNull()
      })

      it('never two flows under one id', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(aFlow(), none)

        await expect(store.begin(aFlow({ locale: 'de' }), none)).rejects.toThrow()

        expect((await store.read(northwind, 'flow-1'))?.locale).toBe('en')
      })
    })

    describe('shares transactions', () => {
      const ids = Array.from({ length: 40 }, (_, number) => `flow-${number}`)

      it('of flows that begin at once, and one that can’t begin takes no neighbour with it', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const begun = await Promise.allSettled(
          [...ids, 'flow-7'].map((id) =>
            store.begin(aFlow({ id }), { events: [event('flow.ended')], jobs: [job] }),
          ),
        )

        expect(begun.filter(({ status }) => status === 'rejected')).toHaveLength(1)
        for (const id of ids) expect(await store.read(northwind, id)).toMatchObject({ id, subject: id })
        const { events, jobs } = await opened.recorded()
        expect([events.length, jobs.length]).toEqual([40, 40])
      })

      it('of decisions that allow it, each about its own flow, and one that throws takes no neighbour with it', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await Promise.all(ids.map((id) => store.begin(aFlow({ id, subject: `of-${id}` }), none)))

        const decided = await Promise.allSettled(
          ids.map((id) =>
            store.decide({ ...at(id), together: true }, ({ flow, ledger }) => {
              if (id === 'flow-7') throw new Error('this one can’t be decided')
              const tried = transition(flow, { type: 'code-wrong' }) ?? flow
              return {
                answer: `${flow.id} ${ledger.subject}`,
                flow: tried,
                ledger: afterSessionsEnded(ledger),
                effects: { events: [event('flow.ended')], jobs: [job] },
              }
            }),
          ),
        )

        const others = ids.filter((id) => id !== 'flow-7')
        expect(decided.map((one) => (one.status === 'fulfilled' ? one.value : null))).toEqual(
          ids.map((id) => (id === 'flow-7' ? null : `${id} of-${id}`)),
        )
        const seen = await Promise.all(
          others.map(async (id) => [
            await store.read(northwind, id),
            (await store.readLedger(northwind, `of-${id}`)).tokenVersion,
          ]),
        )
        expect(seen).toEqual(others.map(() => [expect.objectContaining({ codesTried: 1 }), 1]))
        expect(await store.read(northwind, 'flow-7')).toMatchObject({ codesTried: 0 })
        const { events, jobs } = await opened.recorded()
        expect([events.length, jobs.length]).toEqual([39, 39])
      })

      it('and each decision sees what those before it decided about the same flow and ledger', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), none)
        await store.begin(ofAda('flow-2', 'ada'), none)

        const versions = await Promise.all(
          Array.from({ length: 20 }, (_, turn) =>
            store.decide({ ...at(turn % 2 === 0 ? 'flow-1' : 'flow-2'), together: true }, ({ ledger }) => ({
              answer: ledger.tokenVersion,
              ledger: afterSessionsEnded(ledger),
            })),
          ),
        )

        expect(versions.map(Number).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, turn) => turn),
        )
        expect((await store.readLedger(northwind, 'ada')).tokenVersion).toBe(20)
      })
    })

    describe('gives an account one subject', () => {
      it('at first sight, the same ever after and on every node', async () => {
        await using opened = await open()
        const asked = await Promise.all(
          Array.from({ length: 20 }, (_, turn) =>
            opened.nodes[turn % 2 === 0 ? 0 : 1].subjectOf(northwind, account),
          ),
        )

        expect(new Set(asked).size).toBe(1)
        expect(await opened.nodes[1].subjectOf(northwind, account)).toBe(asked[0])
      })

      it('which no other key, directory or tenant shares', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const subjects = [
          await store.subjectOf(northwind, account),
          await store.subjectOf(northwind, { ...account, key: 'KEY-OF-ADA' }),
          await store.subjectOf(northwind, { ...account, directory: 'partners' }),
          await store.subjectOf('other-tenant', account),
        ]

        expect(new Set(subjects).size).toBe(4)
      })
    })

    describe('[94] [105] decides one after the other', () => {
      it('when thirty racers on two nodes count up one flow and one ledger', async () => {
        await using opened = await open()
        await opened.nodes[0].begin(ofAda('flow-1', 'ada'), none)
        const racers = Array.from({ length: 30 }, (_, racer) =>
          opened.nodes[racer % 2 === 0 ? 0 : 1].decide(inTurns(racer, 'flow-1'), ({ flow, ledger }) => {
            const tried = transition(flow, { type: 'code-wrong' })
            if (tried?.state !== 'awaiting-proof') throw new Error('the flow has gone on')
            return { answer: tried.codesTried, flow: tried, ledger: afterSessionsEnded(ledger) }
          }),
        )

        const seen = (await Promise.all(racers)).map(Number)

        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, turn) => turn + 1))
        expect((await opened.nodes[1].readLedger(northwind, 'ada')).tokenVersion).toBe(30)
      })

      it('when thirty racers on two nodes are about one account and no flow', async () => {
        await using opened = await open()
        const racers = Array.from({ length: 30 }, (_, racer) =>
          opened.nodes[racer % 2 === 0 ? 0 : 1].decideSubject(
            { tenant: northwind, subject: 'ada' },
            ({ ledger }) => ({ answer: ledger.tokenVersion, ledger: afterSessionsEnded(ledger) }),
          ),
        )

        const seen = await Promise.all(racers)

        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, turn) => turn))
      })

      it('when thirty racers on two nodes need no ledger', async () => {
        await using opened = await open()
        await opened.nodes[0].begin(aFlow(), none)
        const racers = Array.from({ length: 30 }, (_, racer) =>
          opened.nodes[racer % 2 === 0 ? 0 : 1].decide({ ...at('flow-1'), alone: true }, ({ flow }) => {
            const touchedAt = after(flow.touchedAt, 1)
            return { answer: touchedAt.getTime(), flow: { ...flow, touchedAt } }
          }),
        )

        const seen = (await Promise.all(racers)).map(Number)

        expect(seen.toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 30 }, (_, turn) => after(start, turn + 1).getTime()),
        )
      })

      it('when thirty racers on two nodes spend one invitation by link and by code', async () => {
        await using opened = await open()
        const { id, codeDigest } = anInvitation()
        await opened.nodes[0].decideInvitations({ tenant: northwind, by: { subject: 'ada' } }, () => ({
          answer: null,
          changed: [anInvitation()],
        }))
        const racers = Array.from({ length: 30 }, (_, racer) =>
          opened.nodes[racer % 2 === 0 ? 0 : 1].decideInvitations(
            { tenant: northwind, by: racer % 3 === 0 ? { id } : { codeDigest } },
            ({ invitations: [invitation] }) =>
              invitation === undefined || invitation.spentAt !== null
                ? { answer: false }
                : {
                    answer: true,
                    changed: [{ ...invitation, spentAt: start }],
                    opened: ofAda(`flow-${racer}`, 'ada'),
                  },
          ),
        )

        expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1)
      })

      it('when racers come by different flows of one account', async () => {
        await using opened = await open()
        const flows = ['flow-1', 'flow-2', 'flow-3']
        for (const id of flows) await opened.nodes[0].begin(ofAda(id, 'ada'), none)
        const racers = Array.from({ length: 30 }, (_, racer) =>
          opened.nodes[racer % 2 === 0 ? 0 : 1].decide(at(flows[racer % 3] ?? ''), ({ ledger }) => ({
            answer: null,
            ledger: afterSessionsEnded(ledger),
            others: (flow) => (flow.state === 'awaiting-proof' ? change(flow, { type: 'code-wrong' }) : null),
          })),
        )

        await Promise.all(racers)

        expect((await opened.nodes[0].readLedger(northwind, 'ada')).tokenVersion).toBe(30)
      })

      it('when a flow gets its subject while others wait for it: they look again', async () => {
        await using opened = await open()
        const [store, other] = opened.nodes
        await store.begin(aFlow({ id: 'flow-1' }), none)
        const bind = store.decide({ ...at('flow-1'), subject: 'ada' }, ({ flow, ledger }) => ({
          answer: ledger.subject,
          flow: transition(flow, { type: 'matched', account, username: 'ada', subject: 'ada' }) ?? flow,
        }))
        const guesses = Array.from({ length: 20 }, (_, guess) =>
          other.decide(inTurns(guess, 'flow-1'), ({ flow, ledger }) => ({
            answer: [flow.subject, ledger.subject],
            ledger: afterSessionsEnded(ledger),
          })),
        )

        const [bound, ...seen] = await Promise.all([bind, ...guesses])

        expect(bound).toBe('ada')
        for (const pair of seen) expect(pair?.[0]).toBe(pair?.[1])
        const versions = await Promise.all(
          ['ada', 'flow-1'].map(async (subject) => (await store.readLedger(northwind, subject)).tokenVersion),
        )
        expect((versions[0] ?? 0) + (versions[1] ?? 0)).toBe(20)
      })

      it('when a disavowal and a decision about the same account race', async () => {
        await using opened = await open()
        await opened.nodes[0].begin(ofAda('flow-1', 'ada'), {
          ...none,
          disavowals: [aDisavowal({ subject: 'ada' })],
        })
        const racers = Array.from({ length: 20 }, (_, racer) =>
          racer % 2 === 0
            ? opened.nodes[0].decide(at('flow-1'), ({ ledger }) => ({
                answer: null,
                ledger: afterSessionsEnded(ledger),
              }))
            : opened.nodes[1].decideDisavowal(
                { tenant: northwind, by: { id: 'disavowal-1' } },
                ({ ledger }) => ({ answer: null, ledger: afterSessionsEnded(ledger) }),
              ),
        )

        await Promise.all(racers)

        expect((await opened.nodes[1].readLedger(northwind, 'ada')).tokenVersion).toBe(20)
      })
    })

    describe('changes the other flows of the account', () => {
      it('that are open, and no flow of somebody else, nor itself, nor one that it leaves alone', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const ended = { ...ofAda('flow-4', 'ada') }
        await store.begin(ofAda('flow-1', 'ada'), none)
        await store.begin(ofAda('flow-2', 'ada'), none)
        await store.begin(ofAda('flow-3', 'bob'), none)
        await store.begin(ended, none)
        await store.begin(writing({ id: 'flow-5', subject: 'ada' }), none)
        await store.decide(at('flow-4'), ({ flow }) => ({ answer: null, flow: expire(flow)?.flow ?? flow }))
        const asked: string[] = []

        await store.decide(at('flow-1'), ({ flow }) => ({
          answer: null,
          flow,
          others: (other) => {
            asked.push(other.id)
            return expire(other)
          },
        }))

        expect(asked.toSorted()).toEqual(['flow-2', 'flow-5'])
        const states = await Promise.all(
          ['flow-1', 'flow-2', 'flow-3', 'flow-5'].map(
            async (id) => (await store.read(northwind, id))?.state,
          ),
        )
        expect(states).toEqual(['awaiting-proof', 'ended', 'awaiting-proof', 'writing'])
      })

      it('all of them when a disavowal decides', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(ofAda('flow-1', 'ada'), { ...none, disavowals: [aDisavowal({ subject: 'ada' })] })
        await store.begin(ofAda('flow-2', 'ada'), none)

        await store.decideDisavowal({ tenant: northwind, by: { codeDigest: 'digest-1' } }, () => ({
          answer: null,
          others: expire,
        }))

        expect((await store.read(northwind, 'flow-1'))?.state).toBe('ended')
        expect((await store.read(northwind, 'flow-2'))?.state).toBe('ended')
      })
    })

    describe('decides about linked accounts with it', () => {
      const target = { tenant: northwind, id: 'flow-1', linked: ['subject-c', 'subject-b'] }

      it('seen as they were named, written together, and their other flows changed where that is said', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(aFlow({ subject: 'subject-a' }), { events: [] })
        for (const subject of ['subject-b', 'subject-c']) {
          await store.begin(ofAda(`flow-of-${subject}`, subject), { events: [] })
        }

        const seen = await store.decide(target, ({ ledger, linked: [c, b] }) => {
          if (c === undefined || b === undefined) throw new Error('not all were locked')
          return {
            answer: [ledger, c, b].map(({ subject }) => subject),
            ledger: afterSessionsEnded(ledger),
            linked: [{ ledger: afterSessionsEnded(b), others: expire }, { ledger: afterSessionsEnded(c) }],
          }
        })

        expect(seen).toEqual(['subject-a', 'subject-c', 'subject-b'])
        const versions = ['subject-a', 'subject-b', 'subject-c'].map((subject) =>
          store.readLedger(northwind, subject).then(({ tokenVersion }) => tokenVersion),
        )
        expect(await Promise.all(versions)).toEqual([1, 1, 1])
        expect((await store.read(northwind, 'flow-of-subject-b'))?.state).toBe('ended')
        expect((await store.read(northwind, 'flow-of-subject-c'))?.state).toBe('awaiting-proof')
      })

      it('however racers on two nodes name them', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const subjects = ['subject-a', 'subject-b', 'subject-c']
        for (const subject of subjects)
          await store.begin(ofAda(`flow-of-${subject}`, subject), { events: [] })
        const raise = (at: number) => {
          const subject = subjects[at % 3] ?? ''
          const others = subjects.filter((one) => one !== subject)
          const linked = at % 2 === 0 ? others : others.toReversed()
          return opened.nodes[at % 2 === 0 ? 0 : 1].decide(
            { tenant: northwind, id: `flow-of-${subject}`, linked },
            (seen) => ({
              answer: null,
              ledger: afterSessionsEnded(seen.ledger),
              linked: seen.linked.map((ledger) => ({ ledger: afterSessionsEnded(ledger) })),
            }),
          )
        }

        await Promise.all(Array.from({ length: 30 }, (_, at) => raise(at)))

        for (const subject of subjects) {
          expect((await store.readLedger(northwind, subject)).tokenVersion).toBe(30)
        }
      })
    })

    describe('finds writes whose lease has run out', () => {
      const lease = (until: Date, flow = 'flow-w') => ({ flow, attempt: 1, until })
      const withLease = (store: RecoveryStore, held: Ledger['lease']) =>
        store.decide(at('flow-w'), ({ ledger }) => ({ answer: null, ledger: { ...ledger, lease: held } }))

      it('from the moment it has, and not before', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(writing(), none)
        await withLease(store, lease(after(start, 18)))

        expect(await store.overrunWrites(after(start, 17), { limit: 10, after: null })).toEqual([])
        expect(await store.overrunWrites(after(start, 18), { limit: 10, after: null })).toEqual([
          at('flow-w'),
        ])
      })

      it('also when another flow has taken the lease since, or nobody holds one', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(writing(), none)

        await withLease(store, lease(after(start, 60), 'flow-2'))
        expect(await store.overrunWrites(after(start, 20), { limit: 10, after: null })).toEqual([
          at('flow-w'),
        ])
        await withLease(store, null)
        expect(await store.overrunWrites(after(start, 20), { limit: 10, after: null })).toEqual([
          at('flow-w'),
        ])
      })

      it('and no flow that has ended, however many old leases lie about', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        for (let number = 0; number < 5; number += 1) {
          const id = `flow-${number}`
          await store.begin(writing({ id, subject: `subject-${number}` }), none)
          await store.decide(at(id), ({ flow, ledger }) => ({
            answer: null,
            flow: transition(flow, { type: 'write-unexplained' }) ?? flow,
            ledger: { ...ledger, lease: lease(after(start, 1), id) },
          }))
        }
        await store.begin(writing(), none)
        await withLease(store, lease(after(start, 2)))

        expect(await store.overrunWrites(after(start, 9), { limit: 2, after: null })).toEqual([at('flow-w')])
      })
    })

    describe('finds such writes page by page', () => {
      it('in an order that stays, whatever became of those before', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const ids = ['flow-c', 'flow-a', 'flow-d', 'flow-b']
        for (const [number, id] of ids.entries())
          await store.begin(writing({ id, subject: `subject-${number}` }), none)
        const behind = (id: string | null) =>
          store.overrunWrites(after(start, 60), { limit: 2, after: id === null ? null : at(id) })

        expect(await behind(null)).toEqual([at('flow-a'), at('flow-b')])
        expect(await behind('flow-b')).toEqual([at('flow-c'), at('flow-d')])
        expect(await behind('flow-d')).toEqual([])
      })
    })

    describe('forgets', () => {
      it('old flows with their own ledgers, old disavowals and orders, and keeps the ledgers of accounts', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        const subject = await store.subjectOf(northwind, account)
        await store.begin(aFlow({ id: 'flow-old' }), {
          ...none,
          messages: [aMessage()],
          disavowals: [aDisavowal({ id: 'disavowal-old' })],
        })
        await store.begin(ofAda('flow-ada', subject), none)
        const tryOnce = (id: string) =>
          store.decide(at(id), ({ flow, ledger }) => ({
            answer: null,
            flow: transition(flow, { type: 'code-wrong' }) ?? flow,
            ledger: { ...ledger, failedTries: [start] },
          }))
        await tryOnce('flow-old')
        await tryOnce('flow-ada')
        await opened.timePasses(90_000)
        const later = after(start, 90_000)
        await store.begin(aFlow({ id: 'flow-new', startedAt: later, touchedAt: later }), {
          ...none,
          disavowals: [
            aDisavowal({ id: 'disavowal-new', codeDigest: 'digest-2', expiresAt: after(start, 200_000) }),
          ],
        })
        await tryOnce('flow-new')

        await store.forget(after(start, 86_400))
        await store.forget(after(start, 86_400))

        const there = async (id: string) => (await store.read(northwind, id)) !== null
        expect([await there('flow-old'), await there('flow-ada'), await there('flow-new')]).toEqual([
          false,
          false,
          true,
        ])
        const tries = async (of: string) => (await store.readLedger(northwind, of)).failedTries.length
        expect([await tries('flow-old'), await tries(subject), await tries('flow-new')]).toEqual([0, 1, 1])
        const seen = (id: string) =>
          store.decideDisavowal({ tenant: northwind, by: { id } }, () => ({ answer: true }))
        expect([await seen('disavowal-old'), await seen('disavowal-new')]).toEqual([null, true])
        expect((await opened.recorded()).messages).toBe(0)
      })

      it('no write under way, however old it is', async () => {
        await using opened = await open()
        const [store] = opened.nodes
        await store.begin(writing(), none)

        await store.forget(after(start, 10 * 86_400))

        expect((await store.read(northwind, 'flow-w'))?.state).toBe('writing')
      })
    })
  })
}
