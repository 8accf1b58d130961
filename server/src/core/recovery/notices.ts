import { newId } from '../../kernel/ids.ts'
import type { Outside } from '../../kernel/outside.ts'
import { foldMail } from '../accounts/index.ts'
import { isDecoy } from '../messages/index.ts'
import type { Channel, MessageFacts, MessageKind, MessageOrder } from '../messages/ports.ts'
import type { Client } from './flow.ts'
import type { Disavowal, Effects } from './ports.ts'
import { after } from './rules.ts'
import type { Tokens } from './tokens.ts'

type NoticeDeps = Outside & { tokens: Pick<Tokens, 'keyId' | 'disavowCode' | 'disavowCodeDigests'> }

/** One thing to say to an account, at all its addresses. */
export interface Notice {
  kind: MessageKind
  /**
   * When what it tells of happened: the very moment that the decision records. "This was not me" compares the two,
   * and a clock that is asked again may have ticked.
   */
  at: Date
  tenant: string
  subject: string
  /** Null when no flow is behind it. */
  flow: string | null
  generation: number
  /** `email` unless said. */
  channel?: Channel
  /** Mailboxes that differ only in spelling get one mail. Of a text, the numbers. */
  to: readonly string[]
  username: string
  locale: string
  service: string | null
  client: Pick<Client, 'device' | 'place'>
  notAfter: Date
  facts?: Partial<MessageFacts>
  /** How long "this was not me" works; absent: the notice carries none. */
  disavowalSeconds?: number
}

/** The orders, jobs and the "this was not me" of a notice, to be written with the state it tells of. */
export function orderNotice(
  deps: NoticeDeps,
  notice: Notice,
): Required<Pick<Effects, 'messages' | 'jobs' | 'disavowals'>> {
  const { at, tenant, subject, flow, username, locale } = notice
  const to = distinctMailboxes(notice.to)
  const disavowal = notice.disavowalSeconds === undefined ? null : newDisavowal(deps, notice, to)
  const messages = to.map(
    (address): MessageOrder => ({
      id: newId(deps),
      tenant,
      ...(notice.channel === undefined ? {} : { channel: notice.channel }),
      kind: notice.kind,
      subject,
      flow,
      generation: notice.generation,
      keyId: deps.tokens.keyId,
      disavowal: disavowal?.id ?? null,
      to: address,
      locale,
      service: notice.service,
      facts: {
        username,
        at: at.toISOString(),
        device: notice.client.device,
        place: notice.client.place,
        ...notice.facts,
      },
      notAfter: notice.notAfter,
    }),
  )
  return {
    messages,
    jobs: messages.map(({ id, to: mailbox }) => ({
      queue: 'deliver-message',
      payload: { tenant, message: id },
      // After the mails of people, however many there are.
      ...(isDecoy({ to: mailbox }) ? { priority: -1 } : {}),
    })),
    disavowals: disavowal === null ? [] : [disavowal],
  }
}

/** Notices are worth reading for days; a link is not. */
export const noticeSeconds = 3 * 86_400

export function distinctMailboxes(addresses: readonly string[]): readonly string[] {
  const byMailbox = new Map<string, string>()
  for (const address of addresses) {
    const mailbox = foldMail(address)
    if (!byMailbox.has(mailbox)) byMailbox.set(mailbox, address)
  }
  return [...byMailbox.values()]
}

function newDisavowal(deps: NoticeDeps, notice: Notice, to: readonly string[]): Disavowal {
  const { at, tenant, subject, flow, username, locale, disavowalSeconds = 0 } = notice
  const id = newId(deps)
  const code = deps.tokens.disavowCode({ tenant, id, keyId: deps.tokens.keyId })
  const codeDigest = deps.tokens
    .disavowCodeDigests(tenant, code)
    .find((digest) => digest.startsWith(`${deps.tokens.keyId}:`))
  if (codeDigest === undefined) throw new RangeError('the current token key is not in the ring')
  const expiresAt = after(at, disavowalSeconds)
  return {
    tenant,
    id,
    codeDigest,
    subject,
    flow,
    notify: to,
    username,
    locale,
    about: notice.kind === 'method-removed' ? notice.kind : null,
    createdAt: at,
    expiresAt,
    usedAt: null,
  }
}
