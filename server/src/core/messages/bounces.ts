import { base32 } from '../../kernel/ids.ts'
import { constantTimeEqual, derive, type KeyRing, mac } from '../../kernel/keys.ts'
import type { AuditEvent } from '../audit/ports.ts'
import type { MessageRef } from './delivery.ts'
import type { MessageKind } from './ports.ts'

export type BounceAction = 'delayed' | 'failed'

/** What a delivery status notification says about one message. */
export interface Bounce {
  action: BounceAction
  /** Class and subject of its RFC 3463 status: `5.1` is a bad address, `5.2` a mailbox in trouble. Digits only. */
  status: string
}

/** What the row of a message tells about it. */
export interface BouncedMessage {
  kind: MessageKind
  subject: string
  flow: string | null
  /** Null when what happened is not recorded yet. */
  provider: string | null
}

export interface ReturnPaths {
  /** The mailbox that bounces of this message go to. */
  of(ref: MessageRef): string
  /** The message that a mailbox is for; null for one that Rekey did not make, whatever else is right about it. */
  read(mailbox: string): MessageRef | null
}

/** 80 bits: nobody guesses one, and the local part stays below the 64 octets of RFC 5321 section 4.5.3.1.1. */
const macBytes = 10

/**
 * Variable envelope return paths: `b-<message>-<mac>@<domain>`, the mac under the token key. A forged bounce has no
 * right mac and is refused before anything is read, so nobody can say of a message that it did not arrive. Everything
 * is lower-case, because mail servers change the case of local parts. The tenant is not in it: it is found by trying.
 */
export function makeReturnPaths(deps: {
  keys: KeyRing
  domain: string
  tenants: readonly string[]
}): ReturnPaths {
  const tags = makeMessageTags(deps, 'rekey/return-path/v1')
  const domain = deps.domain.toLowerCase()
  return {
    of: (ref) => `b-${tags.of(ref)}@${domain}`,
    read(mailbox) {
      const [, tag, host] = /^b-([^@]+)@(.+)$/i.exec(mailbox.toLowerCase()) ?? []
      return tag === undefined || host !== domain ? null : tags.read(tag)
    },
  }
}

/** The last part of the address that a text's receipt is left at, made and read like a return path. */
export const makeReceiptTags = (deps: { keys: KeyRing; tenants: readonly string[] }): MessageTags =>
  makeMessageTags(deps, 'rekey/receipt/v1')

export interface MessageTags {
  /** `<message>-<mac>`, of letters, digits and a hyphen. */
  of(ref: MessageRef): string
  /** Null for what Rekey did not make. */
  read(tag: string): MessageRef | null
}

function makeMessageTags(
  { keys, tenants }: { keys: KeyRing; tenants: readonly string[] },
  purpose: string,
): MessageTags {
  const macOf = (key: Uint8Array, { tenant, id }: MessageRef) =>
    base32(mac(key, tenant, id).subarray(0, macBytes))
  return {
    of: (ref) => `${ref.id}-${macOf(derive(keys.current.bytes, purpose), ref)}`,
    read(tag) {
      const [, id, claimed] = /^([0-9a-z]{1,40})-([0-9a-z]{16})$/.exec(tag) ?? []
      if (id === undefined || claimed === undefined) return null
      const derived = [...keys.all.values()].map(({ bytes }) => derive(bytes, purpose))
      const isRight = (tenant: string) =>
        derived.some((key) =>
          constantTimeEqual(Buffer.from(macOf(key, { tenant, id })), Buffer.from(claimed)),
        )
      const tenant = tenants.find(isRight)
      return tenant === undefined ? null : { tenant, id }
    },
  }
}

export interface BounceDeps {
  bounce(
    ref: MessageRef,
    action: BounceAction,
    events: (message: BouncedMessage) => readonly AuditEvent[],
  ): Promise<boolean>
  now(): Date
}

/** Records a bounce, once for each message and action. */
export const makeRecordBounce =
  ({ bounce, now }: BounceDeps) =>
  (ref: MessageRef, { action, status }: Bounce): Promise<boolean> =>
    bounce(ref, action, ({ kind, subject, flow, provider }) => [
      {
        name: 'message.bounced',
        tenant: ref.tenant,
        at: now(),
        subject,
        flow,
        facts: { kind, provider: provider ?? 'none', action, status },
      },
    ])

/**
 * Reads the fields of a `message/delivery-status` part (RFC 3464 section 2.3): the first recipient group that says
 * `failed` or `delayed`. Null when none does; then nothing is wrong, or it is no such part. Of the text only these two
 * words are looked at.
 */
export function readDeliveryStatus(text: string): Bounce | null {
  const groups = text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n/)
  for (const group of groups) {
    const action = /^action:[ \t]*(failed|delayed)\b/im.exec(group)?.[1]?.toLowerCase()
    if (action !== 'failed' && action !== 'delayed') continue
    const [, kind, subject] = /^status:[ \t]*([245])\.([0-7])\.\d{1,3}\b/im.exec(group) ?? []
    const worst = action === 'failed' ? '5' : '4'
    return { action, status: `${kind ?? worst}.${subject ?? '0'}` }
  }
  return null
}
