import fc from 'fast-check'
import { methods } from '../../src/core/proofs/index.ts'
import {
  type AwaitingProof,
  type Client,
  type Flow,
  type FlowEvent,
  flowKinds,
  outcomes,
} from '../../src/core/recovery/flow.ts'
import type { Disavowal } from '../../src/core/recovery/ports.ts'
import type { TargetOutcome } from '../../src/core/recovery/targets.ts'
import { northwind } from './recovery-world.ts'

/** Text as people, directories and browsers may send it. PostgreSQL takes no NUL, and identifiers refuse it. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((some) => some.replaceAll('\0', '')),
  // What looks like a value of another kind must come back as text.
  fc.constantFrom('2026-03-02T09:00:00.000Z', '2026-99-99T99:99:99.999Z', 'null', '{}', '\\u0000', "'; --"),
)
const id = fc.stringMatching(/^[0-9a-z]{26}$/)
const moment = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2035-01-01T00:00:00Z'),
  noInvalidDate: true,
})
const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: null })
const count = fc.nat(30)
const account = fc.record({ directory: text, key: text })
const proof = fc.record({
  method: fc.constantFrom(...methods, 'password' as const, 'invitation' as const),
  at: moment,
})
const proofs = fc.array(proof, { maxLength: 3 })
const issued = fc.record({ generation: fc.integer({ min: 1, max: 9 }), keyId: text, expiresAt: moment })

const wanted = fc.record({
  kinds: fc.integer({ min: 2, max: 4 }),
  methods: fc.uniqueArray(fc.constantFrom(...methods)),
  because: fc.constant(['policy', 'enrolled'] as const),
})

const action = fc.record({
  generation: fc.integer({ min: 1, max: 9 }),
  keyId: text,
  expiresAt: moment,
  spent: fc.boolean(),
})

const client: fc.Arbitrary<Client> = fc.record({
  device: maybe(text),
  place: maybe(fc.record({ country: maybe(text), city: maybe(fc.record({ en: text, ja: text })) })),
  network: text,
  deviceDigest: maybe(text),
})

const base = {
  tenant: fc.constant(northwind),
  id,
  kind: fc.constantFrom(...flowKinds),
  secretDigest: text,
  subject: id,
  decoySubject: text,
  locale: text,
  service: maybe(text),
  client,
  startedAt: moment,
  touchedAt: moment,
}

const outcome: fc.Arbitrary<TargetOutcome> = fc.oneof(
  fc.constantFrom({ is: 'waiting' }, { is: 'written' }, { is: 'unreachable' }, { is: 'unknown' }),
  fc.constant({ is: 'refused', because: 'password-in-history' } as const),
)
const targetThat = (is: fc.Arbitrary<TargetOutcome>) => fc.record({ account, subject: id, outcome: is })
const targets = fc.oneof(
  fc.array(targetThat(outcome), { maxLength: 3 }),
  // The leading account has the new password, and the other has not.
  fc.tuple(
    targetThat(fc.constant({ is: 'written' } as const)),
    targetThat(fc.constant({ is: 'unreachable' } as const)),
  ),
)
/** Of a person with one account, and of one with several. */
const perhapsLinked = <Of extends object>(of: fc.Arbitrary<Of>) =>
  fc.oneof(
    of,
    fc.tuple(of, targets).map(([one, all]) => ({ ...one, targets: all })),
  )

const whose: fc.Arbitrary<AwaitingProof['whose']> = fc.oneof(
  fc.record({ is: fc.constant('unresolved' as const), identifier: text }),
  perhapsLinked(fc.record({ is: fc.constant('account' as const), account, username: text })),
  fc.constant({ is: 'nobody' as const }),
)

const ofAccount = { account, username: text, proofs }
const acceptance = fc.record({ at: moment, expiresAt: moment, doubted: fc.boolean() })

/** Any flow that the types allow, in every state. */
export const anyFlow: fc.Arbitrary<Flow> = fc.oneof(
  fc.record({
    ...base,
    state: fc.constant('awaiting-proof' as const),
    whose: fc.record({
      ...{ is: fc.constant('account' as const), account, username: text },
      hasNumber: fc.constant(true as const),
    }),
    codesTried: count,
    asked: fc.record({ times: count, at: moment, worksUntil: moment }),
    issued: maybe(issued),
    issuedText: issued,
    proofs,
  }),
  fc.record({
    ...base,
    state: fc.constant('awaiting-proof' as const),
    whose,
    codesTried: count,
    asked: fc.record({ times: count, at: moment, worksUntil: moment }),
    issued: maybe(issued),
    proofs,
  }),
  perhapsLinked(
    fc.record({
      ...base,
      ...ofAccount,
      state: fc.constant('proven' as const),
      refusals: count,
      attempts: count,
    }),
  ),
  perhapsLinked(
    fc.record({
      ...base,
      ...ofAccount,
      kind: fc.constant('change' as const),
      state: fc.constant('proven' as const),
      refusals: count,
      attempts: count,
      change: fc.record({ session: id, action: maybe(action) }),
    }),
  ),
  perhapsLinked(
    fc.record({
      ...base,
      ...ofAccount,
      state: fc.constant('writing' as const),
      refusals: count,
      attempts: count,
      notify: fc.array(text, { maxLength: 3 }),
    }),
  ),
  perhapsLinked(
    fc.record({
      ...base,
      ...ofAccount,
      state: fc.constant('writing' as const),
      refusals: count,
      attempts: count,
      notify: fc.array(text, { maxLength: 3 }),
      endsAs: fc.constantFrom('superseded' as const, 'ended-by-operator' as const),
    }),
  ),
  fc.record({
    ...base,
    ...ofAccount,
    state: fc.constant('writing' as const),
    refusals: count,
    attempts: count,
    notify: fc.array(text, { maxLength: 3 }),
    acceptance,
  }),
  fc.record({
    ...base,
    ...ofAccount,
    state: fc.constant('accepted' as const),
    refusals: count,
    attempts: count,
    notify: fc.array(text, { maxLength: 3 }),
    acceptance,
  }),
  perhapsLinked(
    fc.record({
      ...base,
      ...ofAccount,
      state: fc.constant('completed' as const),
      outcome: fc.constantFrom(...outcomes),
      completedAt: moment,
    }),
  ),
  fc.record({
    ...base,
    state: fc.constant('ended' as const),
    because: fc.constantFrom(
      'expired' as const,
      'superseded' as const,
      'disavowed' as const,
      'outcome-unknown' as const,
      'too-many-refusals' as const,
      'account-unavailable' as const,
      'ended-by-operator' as const,
      'not-set-in-time' as const,
      'refused-later' as const,
    ),
  }),
)

/** Any event; one line for each kind, so that a new one is missed by the compiler's eye and not by luck. */
const events: { [Type in FlowEvent['type']]: fc.Arbitrary<Extract<FlowEvent, { type: Type }>> } = {
  matched: perhapsLinked(
    fc.record({ type: fc.constant('matched' as const), account, username: text, subject: id }),
  ),
  unmatched: fc.record({ type: fc.constant('unmatched') }),
  'asked-again': fc.record({ type: fc.constant('asked-again'), at: moment, worksUntil: moment }),
  issued: fc.oneof(
    fc.record({ type: fc.constant('issued' as const), issued }),
    fc.record({ type: fc.constant('issued' as const), issued, channel: fc.constant('sms' as const) }),
  ),
  'code-wrong': fc.record({ type: fc.constant('code-wrong') }),
  proved: fc.record({
    type: fc.constant('proved'),
    proofs,
    wanted: fc.option(wanted, { freq: 2 }),
    secretDigest: text,
    at: moment,
  }),
  'moved-away': fc.record({ type: fc.constant('moved-away'), subject: id }),
  'action-issued': fc.record({ type: fc.constant('action-issued'), issued }),
  'action-spent': fc.record({ type: fc.constant('action-spent') }),
  'password-proven': fc.record({ type: fc.constant('password-proven'), at: moment }),
  'password-refused': fc.record({ type: fc.constant('password-refused'), last: fc.boolean() }),
  'write-started': perhapsLinked(
    fc.record({ type: fc.constant('write-started' as const), notify: fc.array(text) }),
  ),
  'write-failed': fc.record({ type: fc.constant('write-failed') }),
  written: perhapsLinked(fc.record({ type: fc.constant('written' as const), at: moment })),
  'written-in-part': fc.record({ type: fc.constant('written-in-part'), at: moment, targets }),
  'write-unexplained': fc.record({ type: fc.constant('write-unexplained') }),
  'put-off': fc.record({ type: fc.constant('put-off'), acceptance }),
  'not-set': fc.record({
    type: fc.constant('not-set'),
    because: fc.constantFrom('not-set-in-time', 'refused-later'),
  }),
  'unlock-started': fc.record({ type: fc.constant('unlock-started') }),
  unlocked: fc.record({
    type: fc.constant('unlocked'),
    outcome: fc.constantFrom('unlocked', 'was-not-locked'),
    at: moment,
  }),
  superseded: fc.record({ type: fc.constant('superseded'), subject: id }),
  disavowed: fc.record({ type: fc.constant('disavowed'), subject: id }),
  'account-unavailable': fc.record({ type: fc.constant('account-unavailable') }),
  'ended-by-operator': fc.record({ type: fc.constant('ended-by-operator') }),
  expired: fc.record({ type: fc.constant('expired') }),
}

export const anyEvent: fc.Arbitrary<FlowEvent> = fc.oneof(...Object.values<fc.Arbitrary<FlowEvent>>(events))

export const eventTypes = Object.keys(events) as readonly FlowEvent['type'][]

export const anyDisavowal: fc.Arbitrary<Disavowal> = fc.record({
  tenant: fc.constant(northwind),
  id,
  codeDigest: id,
  subject: id,
  flow: maybe(id),
  notify: fc.array(text, { maxLength: 3 }),
  username: text,
  locale: text,
  about: fc.constantFrom('method-removed' as const, null),
  createdAt: moment,
  expiresAt: moment,
  usedAt: fc.constant(null),
})
