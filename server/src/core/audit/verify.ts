import { type HeldCheckpoint, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { eventOf } from './entry.ts'
import { type Evidence, type Judgement, judge, makeEvidenceCheck } from './evidence.ts'
import { explain, type Finding, finding, type Suspect } from './findings.ts'
import { type LogKeys, makeLogKeys } from './handover.ts'
import { leafHash } from './merkle.ts'
import type { NoteVerifier } from './note.ts'
import type { LogCopy } from './ports.ts'
import { type Compared, compareCopy } from './verify-copy.ts'

export interface VerifyOptions {
  copy: LogCopy
  /** Keys that are known from elsewhere. Those that they handed the log over to are found in it. */
  trusted: readonly NoteVerifier[]
  /** Checkpoints held outside, of this log's origin or of others (which are ignored). */
  held: readonly (HeldCheckpoint & { file: string })[]
  /** Told how many leaves have been read. */
  progress?: (leaves: number) => void
}

export interface LogVerdict {
  origin: string
  /** `unchecked`: nothing contradicts, but nothing held outside vouches for it either. */
  outcome: 'intact' | 'tampered' | 'unchecked'
  /** Rows in the copy. */
  leaves: number
  /** The stored tree below this is vouched for by a checkpoint held outside; `findings` tell of single rows. */
  provenSize: number
  /** Where that checkpoint is held. */
  provenBy: string | null
  findings: readonly Finding[]
  /** Outside checkpoints that the log's key did not sign. */
  unusableHeld: readonly string[]
  /** The trusted keys and those they handed over to, as verifier keys. */
  keys: readonly string[]
}

/** At most so many ids are listed for rows that were rewritten together with the tree. */
const rewrittenEventsMax = 1000

/**
 * Compares a copy of a log with checkpoints held outside. The stored tree decides which rows are as sealed; the
 * checkpoints decide whether the stored tree can be believed. So one changed row is named exactly, and rows that were
 * rewritten together with the tree are narrowed down to those between two checkpoints.
 */
export async function verifyLog({ copy, trusted, held, progress }: VerifyOptions): Promise<LogVerdict> {
  const own = await ownCheckpoints(copy)
  const outside = held.filter(({ origin }) => origin === copy.origin).map(toEvidence)
  const keys = makeLogKeys(copy.origin, trusted)
  const handovers: Finding[] = []
  const see = (leaf: number, entry: Uint8Array) => {
    const detail = keys.see(leaf, entry)
    if (detail !== null) handovers.push(finding('handover-forged', { leaf, event: eventOf(entry), detail }))
  }
  const compared = await compareCopy(copy, [...outside, ...own.read], { progress, see })
  const judgement = judge(compared.results, keys)
  const findings = [
    ...own.findings,
    ...handovers,
    ...copy.damage.map((detail) => finding('damaged', { detail })),
    ...judgement.forged.filter((evidence) => !evidence.outside).map(forgedFinding),
    ...(await rowFindings(copy, compared, judgement, keys)),
    ...tipFindings(own.read.at(-1) ?? null, compared, keys),
  ]
  const tampered = findings.length > 0
  return {
    origin: copy.origin,
    outcome: tampered ? 'tampered' : judgement.proof === null ? 'unchecked' : 'intact',
    leaves: compared.rows,
    provenSize: judgement.proof?.size ?? 0,
    provenBy: judgement.proof?.where ?? null,
    findings: withContradiction(distinct(findings), compared, keys),
    unusableHeld: judgement.forged.filter((evidence) => evidence.outside).map(({ where }) => where),
    keys: keys.trusted(),
  }
}

const toEvidence = (checkpoint: HeldCheckpoint & { file: string }): Evidence => ({
  ...checkpoint,
  outside: true,
  where: `${checkpoint.file} line ${checkpoint.line} (size ${checkpoint.size})`,
})

const ownEvidence = (checkpoint: SignedCheckpoint): Evidence => ({
  ...checkpoint,
  outside: false,
  where: `the log's own checkpoint of size ${checkpoint.size}`,
})

async function ownCheckpoints(copy: LogCopy): Promise<{ read: Evidence[]; findings: Finding[] }> {
  const read: Evidence[] = []
  const findings: Finding[] = []
  for await (const note of copy.checkpoints()) {
    const checkpoint = parseCheckpoint(note)
    if (checkpoint?.origin === copy.origin) read.push(ownEvidence(checkpoint))
    else
      findings.push(finding('checkpoint-forged', { detail: 'a checkpoint beside the log is not one of it' }))
  }
  return { read, findings }
}

const distinct = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((one) => [JSON.stringify(one), one])).values(),
]

const forgedFinding = ({ where }: Evidence): Finding =>
  finding('checkpoint-forged', { detail: `${where} was not signed by the log's key` })

async function rowFindings(
  copy: LogCopy,
  compared: Compared,
  { against, agreedSize }: Judgement,
  keys: LogKeys,
): Promise<Finding[]> {
  const columns = compared.columns.map(({ leaf, event }) => finding('columns-changed', { leaf, event }))
  const more = compared.unlisted === 0 ? [] : [finding('more', { detail: `${compared.unlisted} more rows` })]
  if (against === null) return [...explain(compared.suspects), ...compared.tiles, ...columns, ...more]
  const rows = await compareRows(copy, compared, keys)
  if (rows.holds) return [...compared.suspects.map(hashFinding), ...columns, ...more]
  const [from, to] = [agreedSize, against.evidence.size - 1]
  const contradicts = against.evidence.where
  const summary =
    against.comparison === 'unreached'
      ? finding('truncated', { leaf: Math.min(compared.rows, compared.hashes), to, contradicts })
      : finding('rewritten', { leaf: from, to, contradicts, events: await eventsIn(copy, from, to) })
  return [summary, ...explain(compared.suspects), ...columns, ...more]
}

/** The stored tree is contradicted. When the rows alone give the promised roots, only the tree was touched. */
async function compareRows(copy: LogCopy, compared: Compared, keys: LogKeys): Promise<{ holds: boolean }> {
  const check = makeEvidenceCheck(compared.results.map(({ evidence }) => evidence))
  for await (const batch of copy.entries()) {
    for (const { leaf, entry } of batch) {
      if (leaf !== check.range.size) return { holds: false }
      check.push(leafHash(entry))
    }
  }
  return { holds: judge(check.results(), keys).against === null }
}

const hashFinding = ({ leaf, actual }: Suspect): Finding =>
  finding('hash-changed', { leaf, event: actual?.event ?? null })

async function eventsIn(copy: LogCopy, from: number, to: number): Promise<string[]> {
  const events: string[] = []
  for await (const batch of copy.entries()) {
    for (const { leaf, entry } of batch) {
      if (leaf < from) continue
      if (leaf > to || events.length >= rewrittenEventsMax) return events
      events.push(eventOf(entry) ?? `unreadable row at leaf ${leaf}`)
    }
  }
  return events
}

/** The log is sealed and its checkpoint stored in one transaction, so the newest checkpoint covers every row. */
function tipFindings(newest: Evidence | null, compared: Compared, keys: LogKeys): Finding[] {
  const size = newest?.size ?? 0
  if (newest !== null && !keys.isGenuine(newest)) return [forgedFinding(newest)]
  if (compared.hashes <= size) return []
  const dropped = finding('checkpoint-dropped', {
    leaf: size,
    to: compared.hashes - 1,
    detail: `no checkpoint beside the log covers its last ${compared.hashes - size} rows`,
  })
  const vouched = judge(compared.results, keys).agreedSize
  if (compared.hashes <= vouched) return [dropped]
  return [dropped, finding('inserted', { leaf: vouched, to: compared.hashes - 1 })]
}

/** Names for each row the first genuine checkpoint that covers it. */
function withContradiction(findings: readonly Finding[], compared: Compared, keys: LogKeys): Finding[] {
  const evidence = compared.results.map((result) => result.evidence)
  const genuine = new Map<Evidence, boolean>()
  const isGenuine = (candidate: Evidence): boolean => {
    const known = genuine.get(candidate) ?? keys.isGenuine(candidate)
    genuine.set(candidate, known)
    return known
  }
  return findings.map((one) => {
    if (one.contradicts !== null || one.leaf === null) return one
    const leaf = one.leaf
    const covering = evidence.filter(({ size }) => size > leaf)
    const first =
      covering.find((candidate) => candidate.outside && isGenuine(candidate)) ?? covering.find(isGenuine)
    return { ...one, contradicts: first?.where ?? evidence.findLast(isGenuine)?.where ?? null }
  })
}
