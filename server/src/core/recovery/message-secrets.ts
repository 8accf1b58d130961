import { isDecoy } from '../messages/index.ts'
import type { MessageKind, MessageOrder, MessageSecrets } from '../messages/ports.ts'
import type { Method } from '../proofs/index.ts'
import type { Flow } from './flow.ts'
import { stateOf } from './invitation.ts'
import type { RecoveryStore } from './ports.ts'
import type { Tokens } from './tokens.ts'

export interface MessageSecretsDeps {
  store: Pick<RecoveryStore, 'read' | 'readInvitation'>
  tokens: Tokens
  /** From configuration, without a trailing slash. */
  publicUrl(tenant: string): string
  methods(tenant: string): readonly Method[]
  now(): Date
}

/**
 * Link and code of a message, derived when it is sent. Null when they would not work any more: the flow moved,
 * ended, or a newer mail of it was ordered. A token key that has left the ring counts the same.
 */
export const makeMessageSecrets =
  ({ store, tokens, publicUrl, methods, now }: MessageSecretsDeps) =>
  async (order: MessageOrder): Promise<MessageSecrets | null> => {
    const { tenant, keyId, generation, flow: id } = order
    if (!tokens.has(keyId)) return null
    const disavowal = order.disavowal === null ? {} : disavowalSecrets(order.disavowal)
    if (order.kind === 'invitation') return invitationSecrets(order.invitation ?? '')
    const page = wayInPage[order.kind]
    if (page === undefined) return disavowal
    const flow = id === null ? null : await store.read(tenant, id)
    if (!isDecoy(order) && (flow === null || !isIssued(flow, order, now()))) return null
    const of = { tenant, flow: flow?.id ?? '', generation, keyId }
    // A text has a code of its own, and never a link.
    if (isText(order)) return { code: tokens.textCode(of) }
    const offered = methods(tenant)
    return {
      ...disavowal,
      ...(offered.includes('email_link') ? { link: `${publicUrl(tenant)}${page}#${tokens.link(of)}` } : {}),
      ...(offered.includes('email_code') ? { code: tokens.code(of) } : {}),
    }

    async function invitationSecrets(name: string): Promise<MessageSecrets | null> {
      const invitation = await store.readInvitation(tenant, { id: name })
      if (invitation === null || stateOf(invitation, now()) !== 'open') return null
      const of = { tenant, id: name, keyId }
      return {
        link: `${publicUrl(tenant)}/activate#${tokens.invitationLink(of)}`,
        code: tokens.invitationCode(of),
      }
    }

    function disavowalSecrets(name: string): MessageSecrets {
      const said = { tenant, id: name, keyId }
      return {
        disavowLink: `${publicUrl(tenant)}/disavow#${tokens.disavowLink(said)}`,
        disavowCode: tokens.disavowCode(said),
      }
    }
  }

/** Where the link of a mail leads that carries one. */
const wayInPage: Partial<Record<MessageKind, string>> = { recovery: '/recover', unlock: '/unlock' }

const isText = ({ channel }: MessageOrder): boolean => channel === 'sms' || channel === 'voice'

/** Whether what the message carries is what the flow waits for. */
function isIssued(flow: Flow, order: MessageOrder, now: Date): boolean {
  if (flow.state !== 'awaiting-proof' || flow.whose.is !== 'account') return false
  const { generation, keyId } = order
  const issued = isText(order) ? flow.issuedText : flow.issued
  if (issued === null || issued === undefined) return false
  return issued.generation === generation && issued.keyId === keyId && issued.expiresAt > now
}
