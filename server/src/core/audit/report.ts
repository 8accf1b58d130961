import { type AuditName, catalogue, type EventDefinition } from './catalogue.ts'
import { labelsOf } from './entry.ts'
import type { AuditEvent, Report } from './ports.ts'

/** One line of the service's log. It has no subject and no personal value: logs are kept and copied by others. */
export interface EventLine {
  level: EventDefinition['level']
  event: AuditName
  tenant: string
  flow: string | null
  labels: Readonly<Record<string, string>>
}

export interface ReportTargets {
  log(line: EventLine): void
  /** Adds one to `rekey_events_total` for this name and these labels. */
  count(name: AuditName, labels: Readonly<Record<string, string>>): void
}

/** Log line and counter of every event come from its one definition in the catalogue. */
export function makeReport({ log, count }: ReportTargets): Report {
  return (events) => {
    for (const event of events) {
      const labels = labelsOf(event)
      attempt(() => log(lineOf(event, labels)))
      attempt(() => count(event.name, labels))
    }
  }
}

const lineOf = (event: AuditEvent, labels: Record<string, string>): EventLine => ({
  level: catalogue[event.name].level,
  event: event.name,
  tenant: event.tenant,
  flow: event.flow,
  labels,
})

/**
 * The state change has committed and its audit record with it. A logger or a counter that breaks now must not make
 * the caller believe otherwise, and there is nobody left to report it to.
 */
function attempt(action: () => void): void {
  try {
    action()
  } catch {}
}
