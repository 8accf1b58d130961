/**
 * Every event worth reading later, defined once. The counter (`rekey_events_total` with `name` and the labels
 * listed here), the log line and the audit record are all made from this one definition, so they cannot drift.
 *
 * `labels` are facts with few values; everything else stays in the record. `personal` names the fields that are
 * encrypted under the person's own key, so that erasing a person leaves the log whole. `rollUp` events repeat
 * when somebody floods us: repeats with the same labels within a minute become one record with a count.
 */
export const catalogue = {
  'recovery.requested': { level: 'info', labels: ['kind'], personal: ['network', 'device'], rollUp: false },
  'recovery.unmatched': { level: 'info', labels: ['because'], personal: [], rollUp: false },
  'recovery.matched': {
    level: 'info',
    labels: ['directory'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'recovery.ineligible': { level: 'info', labels: ['because'], personal: [], rollUp: false },
  'recovery.throttled': { level: 'warn', labels: ['scope'], personal: [], rollUp: true },
  'challenge.issued': { level: 'info', labels: ['method'], personal: [], rollUp: false },
  'proof.accepted': { level: 'info', labels: ['method'], personal: ['network', 'device'], rollUp: false },
  'proof.refused': { level: 'info', labels: ['method', 'because'], personal: [], rollUp: true },
  'flow.moved': { level: 'info', labels: [], personal: [], rollUp: false },
  'flow.ended': { level: 'info', labels: ['because'], personal: [], rollUp: false },
  'password.refused': { level: 'info', labels: ['because'], personal: [], rollUp: false },
  'password.breach-unchecked': { level: 'warn', labels: ['list', 'because'], personal: [], rollUp: false },
  'password.breach-found': { level: 'warn', labels: ['directory', 'asked'], personal: [], rollUp: false },
  'password.history-unchecked': { level: 'warn', labels: ['directory'], personal: [], rollUp: false },
  'password.expiry-reminded': { level: 'info', labels: ['directory', 'days'], personal: [], rollUp: false },
  'password.expired': { level: 'info', labels: ['directory', 'mark'], personal: [], rollUp: false },
  'password.write-started': { level: 'info', labels: ['directory'], personal: [], rollUp: false },
  'password.write-failed': { level: 'warn', labels: ['directory', 'because'], personal: [], rollUp: false },
  'password.written': {
    level: 'info',
    labels: ['directory'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'password.write-unexplained': { level: 'error', labels: ['directory'], personal: [], rollUp: false },
  'password.accepted': { level: 'warn', labels: ['directory'], personal: [], rollUp: false },
  'password.not-set': { level: 'warn', labels: ['directory', 'because'], personal: [], rollUp: false },
  'change.opened': { level: 'info', labels: [], personal: ['network', 'device'], rollUp: false },
  'sign-in.accepted': {
    level: 'info',
    labels: ['directory', 'mustChange', 'method'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'sign-in.refused': { level: 'info', labels: ['because', 'method'], personal: [], rollUp: true },
  'session.ended': { level: 'info', labels: ['because'], personal: [], rollUp: false },
  'account.unlock-started': {
    level: 'info',
    labels: ['directory'],
    personal: ['network'],
    rollUp: false,
  },
  'account.unlock-failed': {
    level: 'warn',
    labels: ['directory', 'because'],
    personal: ['network'],
    rollUp: false,
  },
  'account.unlocked': {
    level: 'info',
    labels: ['directory', 'outcome'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'invitation.created': { level: 'info', labels: ['directory'], personal: [], rollUp: false },
  'invitation.withdrawn': { level: 'info', labels: [], personal: [], rollUp: false },
  'invitation.spent': {
    level: 'info',
    labels: ['directory'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'invitation.refused': {
    level: 'info',
    labels: ['because'],
    personal: ['network', 'device'],
    rollUp: true,
  },
  'disavowal.received': { level: 'warn', labels: ['after'], personal: ['network', 'device'], rollUp: false },
  'ticket.opened': { level: 'warn', labels: ['because'], personal: [], rollUp: false },
  'message.sent': { level: 'info', labels: ['kind', 'provider'], personal: [], rollUp: false },
  'message.failed': { level: 'error', labels: ['kind', 'provider', 'because'], personal: [], rollUp: false },
  'message.bounced': {
    level: 'warn',
    labels: ['kind', 'provider', 'action', 'status'],
    personal: [],
    rollUp: false,
  },
  'server.started': { level: 'info', labels: [], personal: [], rollUp: false },
  'log.key-changed': { level: 'warn', labels: [], personal: [], rollUp: false },
  'account.read': { level: 'info', labels: ['outcome'], personal: ['network'], rollUp: false },
  'account.change-ordered': {
    level: 'info',
    labels: ['directory'],
    personal: ['network'],
    rollUp: false,
  },
  'account.change-required': {
    level: 'info',
    labels: ['directory'],
    personal: ['network'],
    rollUp: false,
  },
  'account.change-failed': {
    level: 'warn',
    labels: ['directory', 'because'],
    personal: ['network'],
    rollUp: false,
  },
  'account.sessions-ended': { level: 'warn', labels: [], personal: ['network'], rollUp: false },
  'invitation.withdrawal-ordered': { level: 'info', labels: [], personal: ['network'], rollUp: false },
  'offboarding.asked': { level: 'warn', labels: [], personal: ['network'], rollUp: false },
  'offboarding.approved': { level: 'warn', labels: [], personal: ['network'], rollUp: false },
  'offboarding.refused': { level: 'warn', labels: ['because'], personal: ['network'], rollUp: false },
  'offboarding.voided': { level: 'warn', labels: ['because'], personal: ['network'], rollUp: false },
  'offboarding.failed': {
    level: 'warn',
    labels: ['directory', 'because'],
    personal: ['network'],
    rollUp: false,
  },
  'offboarding.unexplained': {
    level: 'error',
    labels: ['directory'],
    personal: ['network'],
    rollUp: false,
  },
  'account.offboarded': { level: 'warn', labels: ['directory'], personal: ['network'], rollUp: false },
  'admin.refused': { level: 'warn', labels: ['because'], personal: ['network'], rollUp: true },
  'password.mark-failed': { level: 'warn', labels: ['directory', 'because'], personal: [], rollUp: false },
  'agent.enrolled': { level: 'warn', labels: ['directory'], personal: [], rollUp: false },
  'agent.keys-changed': { level: 'info', labels: ['directory'], personal: [], rollUp: false },
  'agent.revoked': { level: 'warn', labels: ['directory'], personal: [], rollUp: false },
  'agent.server-key-changed': { level: 'warn', labels: [], personal: [], rollUp: false },
  'method.added': { level: 'warn', labels: ['method'], personal: ['network', 'device'], rollUp: false },
  'method.removed': {
    level: 'warn',
    labels: ['method', 'because'],
    personal: ['network', 'device'],
    rollUp: false,
  },
  'method.refused': {
    level: 'info',
    labels: ['method', 'because'],
    personal: ['network', 'device'],
    rollUp: true,
  },
  'method.tested': {
    level: 'info',
    labels: ['method', 'outcome'],
    personal: ['network', 'device'],
    rollUp: true,
  },
  'risk.scored': { level: 'info', labels: ['step', 'mode', 'band'], personal: [], rollUp: false },
  'message.delivered': { level: 'info', labels: ['kind', 'provider'], personal: [], rollUp: false },
  'message.undelivered': {
    level: 'warn',
    labels: ['kind', 'provider', 'status'],
    personal: [],
    rollUp: false,
  },
  'text.refused': { level: 'warn', labels: ['because', 'country'], personal: [], rollUp: true },
  'text.country-paused': { level: 'error', labels: ['country'], personal: [], rollUp: false },
  'text.country-resumed': { level: 'warn', labels: ['country', 'because'], personal: [], rollUp: false },
  'gate.challenged': { level: 'info', labels: ['purpose', 'because'], personal: [], rollUp: true },
  'gate.passed': { level: 'info', labels: ['purpose', 'by'], personal: [], rollUp: true },
  'gate.replayed': { level: 'warn', labels: ['purpose'], personal: [], rollUp: true },
  'person.erased': { level: 'warn', labels: [], personal: [], rollUp: false },
} as const satisfies Record<string, EventDefinition>

export interface EventDefinition {
  level: 'info' | 'warn' | 'error'
  labels: readonly string[]
  personal: readonly string[]
  rollUp: boolean
}

export type AuditName = keyof typeof catalogue
