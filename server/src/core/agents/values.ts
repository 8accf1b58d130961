import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { DirectoryEntry, PasswordFacts } from '../accounts/ports.ts'
import type { OperationName } from './orders.ts'
import { closed, long, moment, oneOf } from './shapes.ts'

const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const texts = Type.Array(long, { maxItems: 10_000 })
const count = Type.Number({ minimum: 0 })
const because = <Words extends string>(...words: readonly Words[]) =>
  closed({ ok: Type.Literal(false), because: oneOf(words) })

const Entry = closed({
  key: long,
  username: long,
  displayName: long,
  mails: texts,
  upn: orNull(long),
  recoveryAddresses: texts,
  recoveryNumbers: Type.Optional(texts),
  locale: orNull(long),
  disabled: Type.Boolean(),
  locked: Type.Boolean(),
  privileged: Type.Boolean(),
  federated: Type.Boolean(),
  secondFactor: Type.Boolean(),
  contextWords: texts,
  place: orNull(long),
  groups: texts,
  password: closed({
    changedAt: orNull(moment),
    mustChange: Type.Boolean(),
    expiresAt: orNull(moment),
    failedTries: orNull(Type.Number()),
  }),
})
type WireEntry = Static<typeof Entry>

/** An entry as it travels: JSON has no moments. */
export const entryToWire = ({ recoveryNumbers = [], ...entry }: DirectoryEntry): object => ({
  ...entry,
  // An older Rekey knows of none, and takes no entry with something that it does not know.
  ...(recoveryNumbers.length === 0 ? {} : { recoveryNumbers }),
  password: {
    ...entry.password,
    changedAt: entry.password.changedAt?.toISOString() ?? null,
    expiresAt: entry.password.expiresAt?.toISOString() ?? null,
  },
})

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text))

function entryFromWire(entry: WireEntry): DirectoryEntry {
  const { changedAt, expiresAt, ...facts } = entry.password
  const password: PasswordFacts = {
    ...facts,
    changedAt: momentOf(changedAt),
    expiresAt: momentOf(expiresAt),
  }
  return { ...entry, password }
}

const writeRefusals = [
  'password-in-history',
  'password-too-short-for-directory',
  'password-too-weak-for-directory',
  'password-too-young',
  'password-unchanged',
  'password-change-not-allowed',
  'password-too-long-for-directory',
  'account-unavailable',
] as const
const done = closed({ ok: Type.Literal(true) })
const Written = Type.Union([done, because(...writeRefusals)])

/** What each operation is answered with. An agent that answers with anything else is not believed. */
const shapes = {
  find: Type.Array(Entry, { maxItems: 2 }),
  read: orNull(Entry),
  list: Type.Array(Entry, { maxItems: 500 }),
  'password-rules': orNull(
    closed({
      lengthMin: orNull(count),
      history: orNull(count),
      minAgeSeconds: orNull(count),
      maxAgeSeconds: orNull(count),
      graceSignIns: orNull(count),
      classesMin: orNull(count),
      lengthMaxBytes: Type.Optional(count),
    }),
  ),
  check: Type.Null(),
  'verify-password': Type.Union([
    closed({ ok: Type.Literal(true), mustChange: Type.Boolean() }),
    because('wrong', 'locked', 'disabled', 'expired'),
  ]),
  'set-password': Written,
  offboard: Written,
  'change-password': Type.Union([done, because(...writeRefusals, 'current-password-wrong')]),
  unlock: Type.Union([
    closed({ ok: Type.Literal(true), wasLocked: Type.Boolean() }),
    because('account-unavailable'),
  ]),
  'require-change': Type.Union([done, because('account-unavailable')]),
  outcome: Type.Union([
    /** It was never begun, and never will be. */
    closed({ is: Type.Literal('not-begun') }),
    closed({ is: Type.Literal('unknown') }),
    closed({ is: Type.Literal('ended'), outcome: Type.Unknown() }),
  ]),
} satisfies Record<OperationName, TSchema>

type Wire = { [Name in OperationName]: Static<(typeof shapes)[Name]> }

/** An answer's value as the port has it. */
export type Answers = Omit<Wire, 'find' | 'read' | 'list'> & {
  find: readonly DirectoryEntry[]
  read: DirectoryEntry | null
  list: readonly DirectoryEntry[]
}

/** Undefined for what is no answer to this operation. */
export function readAnswer<Name extends OperationName>(
  operation: Name,
  value: unknown,
): Answers[Name] | undefined
export function readAnswer(operation: OperationName, value: unknown): Answers[OperationName] | undefined {
  switch (operation) {
    case 'find':
    case 'list':
      return Value.Check(shapes[operation], value) ? value.map(entryFromWire) : undefined
    case 'read':
      if (!Value.Check(shapes.read, value)) return undefined
      return value === null ? null : entryFromWire(value)
    default:
      return Value.Check(shapes[operation], value) ? value : undefined
  }
}
