import { canonicalJson } from './canonical.ts'
import { type AuditName, catalogue } from './catalogue.ts'
import { labelsOf, storableFacts } from './entry.ts'
import type { AuditEvent, Fact } from './ports.ts'

/**
 * When somebody floods us, repeats of an event within a minute become one record with a count. The first of a minute
 * is recorded as it is and at once, so that nothing is invisible; the count follows when the minute is over.
 */
export const rollUpWindowMs = 60_000

/** Events with the same key in the same minute are repeats of each other; null for those never rolled up. */
export function rollUpKey(event: AuditEvent): string | null {
  if (!catalogue[event.name].rollUp) return null
  return canonicalJson([event.name, storableFacts(labelsOf(event))])
}

export const windowOf = (at: Date): Date =>
  new Date(Math.floor(at.getTime() / rollUpWindowMs) * rollUpWindowMs)

/** Repeats of one minute that are counted and not yet recorded. */
export interface OpenRollUp {
  key: string
  window: Date
  /** Without the first, which has a record of its own. */
  repeats: number
  lastAt: Date
}

export const openRollUpId = ({ key, window }: Pick<OpenRollUp, 'key' | 'window'>): string =>
  `${window.getTime()} ${key}`

/** What waits to be sealed, as far as this decision needs it. */
export interface Waiting {
  rollUp: string | null
  at: Date
}

/** Splits what waits into what is recorded and what is only counted. Order is kept. */
export function foldRepeats<W extends Waiting>(
  waiting: readonly W[],
  open: readonly OpenRollUp[],
): { record: W[]; counted: W[]; changed: OpenRollUp[] } {
  const known = new Map(open.map((rollUp) => [openRollUpId(rollUp), rollUp]))
  const changed = new Map<string, OpenRollUp>()
  const record: W[] = []
  const counted: W[] = []
  for (const event of waiting) {
    if (event.rollUp === null) {
      record.push(event)
      continue
    }
    const next = { key: event.rollUp, window: windowOf(event.at) }
    const id = openRollUpId(next)
    const before = known.get(id)
    const after =
      before === undefined ? { ...next, repeats: 0, lastAt: event.at } : repeated(before, event.at)
    ;(before === undefined ? record : counted).push(event)
    known.set(id, after)
    changed.set(id, after)
  }
  return { record, counted, changed: [...changed.values()] }
}

const repeated = (open: OpenRollUp, at: Date): OpenRollUp => ({
  ...open,
  repeats: open.repeats + 1,
  lastAt: at > open.lastAt ? at : open.lastAt,
})

/** The record of a minute's repeats. It speaks of many people, so it has no subject and no flow. */
export function countedEvent(tenant: string, open: OpenRollUp): AuditEvent {
  const [name, labels] = JSON.parse(open.key) as [AuditName, Record<string, Fact>]
  return {
    name,
    tenant,
    at: open.lastAt,
    subject: null,
    flow: null,
    facts: { ...labels, repeats: open.repeats, since: open.window.toISOString() },
  }
}
