import type { Selectable } from 'kysely'
import type { EnrolledSummary } from '../../../core/proofs/index.ts'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import type { LedgerTable } from './tables.ts'

type StoredSummary = Omit<EnrolledSummary, 'usableFrom'> & { usableFrom: string }

export function decodeLedger(row: Selectable<LedgerTable>): Ledger {
  const { lease_flow: flow, lease_attempt: attempt, lease_until: until } = row
  const { must_change: because, must_change_at: at } = row
  return {
    tenant: row.tenant,
    subject: row.subject,
    failedTries: row.failed_tries,
    tokenVersion: row.token_version,
    writtenAt: row.written_at,
    secondProofUntil: row.second_proof_until,
    mustChange: because === null || at === null ? null : { because, at },
    lease: flow === null || attempt === null || until === null ? null : { flow, attempt, until },
    expiryToldAt: row.expiry_told_at,
    markFailedAt: row.mark_failed_at,
    enrolled: readSummaries(row.enrolled),
  }
}

/** Of a column that `encodeLedger` alone has written. */
export const readSummaries = (stored: unknown): readonly EnrolledSummary[] =>
  (stored as readonly StoredSummary[]).map(({ method, usableFrom }) => ({
    method,
    usableFrom: new Date(usableFrom),
  }))

export const encodeLedger = (ledger: Ledger) => ({
  failed_tries: [...ledger.failedTries],
  token_version: ledger.tokenVersion,
  written_at: ledger.writtenAt,
  second_proof_until: ledger.secondProofUntil,
  must_change: ledger.mustChange?.because ?? null,
  must_change_at: ledger.mustChange?.at ?? null,
  lease_flow: ledger.lease?.flow ?? null,
  lease_attempt: ledger.lease?.attempt ?? null,
  lease_until: ledger.lease?.until ?? null,
  expiry_told_at: ledger.expiryToldAt,
  mark_failed_at: ledger.markFailedAt,
  enrolled: JSON.stringify(ledger.enrolled),
})
