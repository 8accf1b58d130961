import type { MessageOrder } from '../../../core/messages/ports.ts'
import type { Disavowal, Effects } from '../../../core/recovery/ports.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { changeEnrolments } from './enrolments.ts'
import { changeHistory } from './remembered.ts'
import { changeSession } from './sessions.ts'
import { noteEntered } from './texts.ts'
import type { StoreDeps, Trx } from './transaction.ts'
import { keepSeen, keepWaiting } from './waiting.ts'

/** Rows that come with a decision, events and jobs excepted. */
export async function writeEffects(deps: StoreDeps, trx: Trx, effects: Effects | undefined): Promise<void> {
  const {
    messages = [],
    disavowals = [],
    tickets = [],
    knownDevice,
    forgetDevices,
    session,
    history,
    waiting,
    seen,
    enrolments = [],
    textEntered,
  } = effects ?? {}
  if (session !== undefined) await changeSession(deps, trx, session)
  if (history !== undefined) await changeHistory(trx, history)
  if (waiting !== undefined) await keepWaiting(deps, trx, waiting)
  if (seen !== undefined) await keepSeen(deps, trx, seen)
  await changeEnrolments(deps, trx, enrolments)
  if (textEntered !== undefined) await noteEntered(trx, textEntered)
  if (disavowals.length > 0) {
    await trx
      .insertInto('disavowal')
      .values(disavowals.map((disavowal) => disavowalRow(disavowal, deps.sealer)))
      .execute()
  }
  if (messages.length > 0) {
    const orderedAt = deps.outside.now()
    await trx
      .insertInto('message')
      .values(messages.map((order) => ({ ...messageRow(order, deps.sealer), ordered_at: orderedAt })))
      .execute()
  }
  if (tickets.length > 0) {
    const rows = tickets.map(({ openedAt, ...ticket }) => ({ ...ticket, opened_at: openedAt }))
    await trx.insertInto('ticket').values(rows).execute()
  }
  if (knownDevice !== undefined) {
    const { tenant, subject, deviceDigest, at } = knownDevice
    const row = { tenant, subject, device_digest: deviceDigest, seen_at: at }
    await trx
      .insertInto('known_device')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'subject', 'device_digest']).doUpdateSet({ seen_at: row.seen_at }),
      )
      .execute()
  }
  if (forgetDevices !== undefined) {
    await trx
      .deleteFrom('known_device')
      .where('tenant', '=', forgetDevices.tenant)
      .where('subject', '=', forgetDevices.subject)
      .where('seen_at', '>=', forgetDevices.seenSince)
      .execute()
    // Where they were says no more whose they are.
    await trx
      .deleteFrom('risk_place')
      .where('tenant', '=', forgetDevices.tenant)
      .where('subject', '=', forgetDevices.subject)
      .where('last_at', '>=', forgetDevices.seenSince)
      .execute()
  }
}

export const aboutMessage = (message: { tenant: string; id: string }) =>
  `message/${message.tenant}/${message.id}`
export const aboutDisavowal = (disavowal: { tenant: string; id: string }) =>
  `disavowal/${disavowal.tenant}/${disavowal.id}`

function messageRow(order: MessageOrder, sealer: Sealer) {
  const {
    tenant,
    id,
    channel = 'email',
    kind,
    subject,
    flow,
    generation,
    keyId,
    disavowal,
    invitation = null,
    to,
    locale,
    service,
    facts,
    notAfter,
  } = order
  const { username, device, place, ...rest } = facts
  const sealed = sealer.seal(aboutMessage(order), JSON.stringify({ to, username, device, place }))
  const named = { key_id: keyId, not_after: notAfter, facts: JSON.stringify(rest), sealed }
  return {
    tenant,
    id,
    channel,
    kind,
    subject,
    flow,
    generation,
    disavowal,
    invitation,
    locale,
    service,
    ...named,
  }
}

function disavowalRow(disavowal: Disavowal, sealer: Sealer) {
  const {
    tenant,
    id,
    codeDigest,
    subject,
    flow,
    notify,
    username,
    locale,
    about,
    createdAt,
    expiresAt,
    usedAt,
  } = disavowal
  const sealed = sealer.seal(aboutDisavowal(disavowal), JSON.stringify({ notify, username }))
  const named = {
    code_digest: codeDigest,
    created_at: createdAt,
    expires_at: expiresAt,
    used_at: usedAt,
    sealed,
  }
  return { tenant, id, subject, flow, locale, about, ...named }
}
