import { type Static, Type } from 'typebox'
import type { FaultCode } from '../../kernel/fault.ts'
import { closed, id, moment, name, oneOf, read } from './shapes.ts'

/** JSON that is signed as the text that it is: whoever checks it never has to write it anew. */
const signed = Type.String({ maxLength: 1_000_000 })
const sealed = Type.String({ pattern: '^[A-Za-z0-9_-]{1,20000}$' })

/** First word of an agent that was enrolled. `serverKey` is the one that it trusts, so that it can be told of newer ones. */
export const Hello = closed({
  is: Type.Literal('hello'),
  tenant: name,
  directory: name,
  agent: name,
  key: id,
  nonce: id,
  serverKey: id,
})
/** First word of one that has a code. */
export const EnrolHello = closed({ is: Type.Literal('enrol'), tenant: name, enrolment: id, nonce: id })
export const FirstWord = Type.Union([Hello, EnrolHello])

/** The server proves itself, to whoever asks, before it says anything else. */
export const Challenge = closed({
  is: Type.Literal('challenge'),
  nonce: id,
  serverKey: id,
  /** From the key that the agent trusts to the one that signs, each signed by the one before. */
  successions: Type.Array(closed({ succession: signed, signature: id }), { maxItems: 200 }),
  now: moment,
  signature: id,
})

/** What an agent says of itself, signed with the proof. */
export const About = closed({
  version: Type.String({ maxLength: 100 }),
  abilities: closed({
    verifies: Type.Boolean(),
    unlock: Type.Boolean(),
    history: Type.Boolean(),
    lockedIsVisible: Type.Boolean(),
    changeAsUser: Type.Boolean(),
    mustChange: Type.Boolean(),
  }),
})
export const Proof = closed({ is: Type.Literal('proof'), about: signed, signature: id })
/** Which of its keys the server knows an agent by, signed: an agent gives the others up. */
export const Ready = closed({ is: Type.Literal('ready'), key: id, signature: id })

/** The public halves of what an agent drew. `mac` proves the code, `signature` that it has the private halves. */
export const EnrolProof = closed({ is: Type.Literal('keys'), keys: signed, mac: id, signature: id })
export const AgentKeys = closed({ signing: id, sealing: id })
export const Enrolled = closed({ is: Type.Literal('enrolled') })

/** What comes to an agent that is connected. */
export const ToAgent = Type.Union([
  closed({
    is: Type.Literal('order'),
    order: signed,
    signature: id,
    sealed: Type.Union([sealed, Type.Null()]),
  }),
  closed({ is: Type.Literal('cancel'), order: id }),
  /** The next page of a list. */
  closed({ is: Type.Literal('next'), order: id }),
  closed({ is: Type.Literal('ping'), count: Type.Integer({ minimum: 0 }) }),
  /** The keys that an agent had drawn anew are known from now on. */
  closed({ is: Type.Literal('rotated'), key: id, signature: id }),
])
export type ToAgent = Static<typeof ToAgent>

/** What comes from it. */
export const FromAgent = Type.Union([
  closed({ is: Type.Literal('answer'), answer: signed, signature: id }),
  closed({ is: Type.Literal('beat'), beat: signed, signature: id }),
  /** New keys, signed by the present ones and by themselves. */
  closed({ is: Type.Literal('rotation'), rotation: signed, signature: id, ownSignature: id }),
])

export const Rotation = closed({ session: id, keys: AgentKeys })

/** Why an agent did not carry an order out. Each says that nothing was done. */
export const agentRefusals = [
  'order-not-for-this-agent',
  'order-outside-its-time',
  'order-repeated',
  'operation-not-allowed',
  'sealed-part-unusable',
  'account-denied',
  'rate-cap',
  'journal-unusable',
] as const
export type AgentRefusal = (typeof agentRefusals)[number]

const faultCodes = [
  'directory-unreachable',
  'directory-outcome-unknown',
  'directory-answer-unusable',
  'directory-rights-missing',
  'directory-misconfigured',
] as const satisfies readonly FaultCode[]
export type DirectoryFaultCode = (typeof faultCodes)[number]

export const directoryFaultCode = (code: FaultCode): DirectoryFaultCode | null =>
  faultCodes.find((known) => known === code) ?? null

const detail = Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()])
export const Outcome = Type.Union([
  closed({ is: Type.Literal('value'), value: Type.Unknown() }),
  closed({
    is: Type.Literal('fault'),
    code: oneOf(faultCodes),
    detail,
  }),
  closed({
    is: Type.Literal('refused'),
    because: oneOf(agentRefusals),
    detail,
    /** Of `rate-cap`: when there is room again. No agent makes people wait for longer. */
    retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
  }),
])
export type Outcome = Static<typeof Outcome>

/** Bound to the very text of the order, to the agent and to the line. */
export const Answer = closed({
  order: id,
  digest: id,
  agent: name,
  session: id,
  page: Type.Integer({ minimum: 0 }),
  last: Type.Boolean(),
  outcome: Outcome,
})
export type Answer = Static<typeof Answer>

export const Beat = closed({
  session: id,
  count: Type.Integer({ minimum: 0 }),
  /** Null while the inner directory was not asked yet. */
  directory: Type.Union([
    closed({ ok: Type.Literal(true) }),
    closed({
      ok: Type.Literal(false),
      code: Type.String({ maxLength: 100 }),
      problem: Type.String({ maxLength: 2_000 }),
    }),
    Type.Null(),
  ]),
  writesLastHour: Type.Integer({ minimum: 0 }),
})
export type Beat = Static<typeof Beat>

/** A message longer than this is sent by nobody; lists travel in pages. */
export const messageBytesMax = 1024 * 1024

export { read as readMessage }
