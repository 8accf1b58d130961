import type { Insertable, Selectable } from 'kysely'
import type { AwaitingProof, Client, Flow, Writing } from '../../../core/recovery/flow.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { FlowTable } from './tables.ts'

/** Personal parts of a flow: sealed together, whatever the state, so that every row looks alike. */
interface Personal {
  client: Client
  notify?: readonly string[]
  username?: string
  whose?: { identifier: string } | { username: string }
}

export const aboutFlow = (flow: { tenant: string; id: string }): string => `flow/${flow.tenant}/${flow.id}`

export function encodeFlow(flow: Flow, sealer: Pick<Sealer, 'seal'>): Insertable<FlowTable> {
  const { tenant, id, state, subject, secretDigest, startedAt, touchedAt, client, ...rest } = flow
  const { personal, body } = splitPersonal(rest)
  const sealed: Personal = { client, ...personal }
  return {
    tenant,
    id,
    state,
    subject,
    secret_digest: secretDigest,
    body: JSON.stringify(body),
    sealed: sealer.seal(aboutFlow(flow), JSON.stringify(sealed)),
    started_at: startedAt,
    touched_at: touchedAt,
  }
}

export function decodeFlow(row: Selectable<FlowTable>, sealer: Pick<Sealer, 'open'>): Flow {
  const personal = JSON.parse(sealer.open(aboutFlow(row), row.sealed)) as Personal
  const body = reviveDates(row.body) as Record<string, unknown> & { whose?: { is: string } }
  const { client, whose, ...ofAccount } = personal
  const flow = {
    ...body,
    ...ofAccount,
    // What was made a decoy without being opened still has the name of its account sealed in it.
    ...(body.whose === undefined
      ? {}
      : { whose: body.whose.is === 'nobody' ? body.whose : { ...body.whose, ...whose } }),
    client,
    tenant: row.tenant,
    id: row.id,
    state: row.state,
    subject: row.subject,
    secretDigest: row.secret_digest,
    startedAt: row.started_at,
    touchedAt: row.touched_at,
  }
  // Written by `encodeFlow` alone; the sealed part authenticates that row and table are ours.
  return flow as unknown as Flow
}

function splitPersonal(rest: object): { personal: Partial<Personal>; body: object } {
  const { notify, username, whose, ...body } = rest as Partial<
    Pick<Writing, 'notify' | 'username'> & Pick<AwaitingProof, 'whose'>
  >
  const personal: Partial<Personal> = {
    ...(notify === undefined ? {} : { notify }),
    ...(username === undefined ? {} : { username }),
  }
  if (whose === undefined) return { personal, body }
  switch (whose.is) {
    case 'unresolved':
      return {
        personal: { ...personal, whose: { identifier: whose.identifier } },
        body: { ...body, whose: { is: whose.is } },
      }
    case 'account': {
      const { username: name, ...bare } = whose
      return { personal: { ...personal, whose: { username: name } }, body: { ...body, whose: bare } }
    }
    case 'nobody':
      return { personal, body: { ...body, whose } }
  }
}

/**
 * JSON has no dates. They are told by the name of the field, never by what a text looks like: a directory's key or
 * a service may look like a date.
 */
function reviveDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reviveDates)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      dateFields.has(name) && typeof inner === 'string' ? new Date(inner) : reviveDates(inner),
    ]),
  )
}

const dateFields: ReadonlySet<string> = new Set(['at', 'worksUntil', 'expiresAt', 'completedAt'])
