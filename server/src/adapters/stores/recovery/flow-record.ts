import type { Selectable } from 'kysely'
import type { AwaitingProof, Flow } from '../../../core/recovery/flow.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { decodeFlow, encodeFlow } from './flow-codec.ts'
import type { FlowName } from './flows.ts'
import type { FlowTable } from './tables.ts'

/**
 * What Redis holds of a flow: how it was, and how it is if a transaction of PostgreSQL has committed. So there is one
 * moment at which the change becomes true, and nobody has to come back and say so.
 */
export interface FlowRecord {
  /** Null when there was nothing before. */
  before: Flow | null
  after: Flow
  /** The transaction that makes `after` true; null when it is true already. */
  transaction: string | null
}

/** A flow of which nothing has to be kept that Redis could lose: no proof, no wrong code. */
export const isFresh = (flow: Flow): flow is AwaitingProof => onlyWaits(flow) && flow.codesTried === 0

/** A stranger can hold one of these without having proven anything. */
export const onlyWaits = (flow: Flow): flow is AwaitingProof =>
  flow.state === 'awaiting-proof' && flow.proofs.length === 0

/**
 * Sealed as a whole, so that who writes to Redis can put back an older record and can't make one up, change one or
 * give one to another flow.
 */
export function sealRecord({ before, after, transaction }: FlowRecord, sealer: Sealer): string {
  const text = JSON.stringify({
    before: before === null ? null : encodeFlow(before, unsealed),
    after: encodeFlow(after, unsealed),
    transaction,
  })
  return sealer.seal(aboutRecord(after), text)
}

export function openRecord(name: FlowName, sealed: string, sealer: Sealer): FlowRecord {
  const { before, after, transaction } = JSON.parse(sealer.open(aboutRecord(name), sealed)) as {
    before: StoredRow | null
    after: StoredRow
    transaction: string | null
  }
  return { before: before === null ? null : flowOf(before), after: flowOf(after), transaction }
}

type StoredRow = Omit<Selectable<FlowTable>, 'started_at' | 'touched_at' | 'body'> & {
  started_at: string
  touched_at: string
  body: string
}

const flowOf = ({ started_at: startedAt, touched_at: touchedAt, body, ...row }: StoredRow): Flow =>
  decodeFlow(
    {
      ...row,
      body: JSON.parse(body) as unknown,
      started_at: new Date(startedAt),
      touched_at: new Date(touchedAt),
    },
    unsealed,
  )

const aboutRecord = ({ tenant, id }: FlowName): string => `flow-record/${tenant}/${id}`

/** For the parts of a whole that is sealed itself. */
const unsealed: Pick<Sealer, 'seal' | 'open'> = { seal: (_about, text) => text, open: (_about, text) => text }
