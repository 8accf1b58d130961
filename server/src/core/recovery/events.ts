import type { AuditName } from '../audit/index.ts'
import type { AuditEvent, Fact } from '../audit/ports.ts'
import type { Client, Flow } from './flow.ts'

/**
 * An event about a flow. One that belongs to nobody has no subject: what is personal about the stranger who asked is
 * kept under the key of the day, and forgotten with it.
 */
export function flowEvent(
  name: AuditName,
  of: { flow: Flow; at: Date; client?: Client },
  facts: Readonly<Record<string, Fact>> = {},
): AuditEvent {
  const { flow, at, client } = of
  const isAccounts = flow.subject !== flow.decoySubject
  const event = {
    name,
    tenant: flow.tenant,
    at,
    subject: isAccounts ? flow.subject : null,
    flow: flow.id,
    facts,
  }
  return client === undefined ? event : { ...event, personal: personalOf(client) }
}

/** Something that happened to a network rather than to a flow. */
export const throttled = (tenant: string, at: Date, scope: 'starts' | 'proofs' | 'sign-ins'): AuditEvent => ({
  name: 'recovery.throttled',
  tenant,
  at,
  subject: null,
  flow: null,
  facts: { scope },
})

export const personalOf = (client: Client): Record<string, string> => ({
  network: client.network,
  ...(client.device === null ? {} : { device: client.device }),
})
