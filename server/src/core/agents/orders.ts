import { type Static, Type } from 'typebox'
import { closed, id, long, moment, name, read } from './shapes.ts'

const key = long
const of = <Name extends string>(operation: Name) => Type.Literal(operation)

/** What a server may ask of an agent: the calls of the `Directory` port, and how an earlier order ended. */
export const Operation = Type.Union([
  closed({
    name: of('find'),
    by: Type.Union([Type.Literal('username'), Type.Literal('mail'), Type.Literal('upn')]),
    value: long,
  }),
  closed({ name: of('read'), key }),
  closed({ name: of('list') }),
  closed({ name: of('password-rules'), key }),
  closed({ name: of('check') }),
  closed({ name: of('verify-password'), key }),
  closed({ name: of('set-password'), key }),
  closed({ name: of('offboard'), key }),
  closed({ name: of('change-password'), key, owed: Type.Boolean() }),
  closed({ name: of('unlock'), key }),
  closed({ name: of('require-change'), key }),
  /** Answered from the agent's journal. */
  closed({ name: of('outcome'), order: id }),
])
export type Operation = Static<typeof Operation>
export type OperationName = Operation['name']

/** `proof`: changes nothing but the count of wrong passwords. */
export type OperationKind = 'read' | 'proof' | 'write'

const kinds: Readonly<Record<OperationName, OperationKind>> = {
  find: 'read',
  read: 'read',
  list: 'read',
  'password-rules': 'read',
  check: 'read',
  outcome: 'read',
  'verify-password': 'proof',
  'set-password': 'write',
  offboard: 'write',
  'change-password': 'write',
  unlock: 'write',
  'require-change': 'write',
}
export const kindOf = (operation: OperationName): OperationKind => kinds[operation]

/** Those that an agent can be told never to carry out. */
export const operationNames = Object.keys(kinds).filter(
  (operation) => operation !== 'check' && operation !== 'outcome',
)

/** How many passwords travel with an operation. */
export const carriesPasswords = (operation: OperationName): boolean =>
  operation === 'verify-password' ||
  operation === 'set-password' ||
  operation === 'offboard' ||
  operation === 'change-password'

/**
 * What is signed. One order is for every agent that was connected when it was made: each is named with the session that
 * it has with this server, so that an order is worth nothing on any other line and at any later time, whatever the clocks
 * say; and with the digest of the passwords that were sealed for it alone.
 */
export const Order = closed({
  id,
  tenant: name,
  directory: name,
  issuedAt: moment,
  expiresAt: moment,
  for: Type.Array(closed({ agent: name, session: id, sealed: Type.Union([id, Type.Null()]) }), {
    minItems: 1,
    maxItems: 50,
  }),
  operation: Operation,
})
export type Order = Static<typeof Order>

/** Null when the text is no order. Whether it is signed is another question, to be asked before. */
export const readOrder = (text: string): Order | null => read(Order, text)

/** How long an order may be carried out. A person waits no longer than a minute for a directory. */
export const orderSeconds = 75
