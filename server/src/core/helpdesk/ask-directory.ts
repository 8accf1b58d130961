import { isFault } from '../../kernel/fault.ts'
import { type Directory, type DirectoryEntry, whyNotByMail } from '../accounts/index.ts'
import type { AuditName, Fact } from '../audit/index.ts'
import type { Ineligible, MessageKind } from '../messages/ports.ts'
import { after, noticeSeconds, orderNotice } from '../recovery/index.ts'
import type { Effects } from '../recovery/ports.ts'
import { type DeskRefused, refuse } from './answers.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'
import { type FoundAccount, findAccount } from './show-account.ts'

/** Somebody's account in a directory that is there. */
export interface Approached extends FoundAccount {
  directory: Directory
}

/** Finds an account whose directory is about to be asked to change something, by its opaque id. */
export async function approach(
  deps: Pick<HelpdeskDeps, 'store' | 'accounts' | 'tenant'>,
  { tenant }: DeskCall,
  subject: string,
): Promise<({ ok: true } & Approached) | DeskRefused> {
  const found = await findAccount(deps, tenant, { subject })
  if (!found.ok) return found
  const directory = deps.tenant(tenant).directory(found.account.directory)
  return directory === null ? refuse({ because: 'account-unknown' }) : { ...found, directory }
}

interface Question<Yes> {
  approached: Approached
  /** Why an account is left alone; whatever keeps it from coming back by mail unless said. */
  whyNot?: (entry: DirectoryEntry) => Ineligible | null
  /** Recorded before the directory is asked, so that an answer that gets lost is known of. */
  started: AuditName
  failed: AuditName
  ask(signal: AbortSignal): Promise<Yes | { ok: false; because: 'account-unavailable' }>
}

/**
 * Asks a directory for something that does no harm when it is asked for again. Whatever the directory says to a request
 * is in the log, with who made it. Throws the directory's fault.
 */
export async function askDirectory<Yes extends { ok: true }>(
  deps: Pick<HelpdeskDeps, 'store' | 'tenant' | 'now'>,
  call: DeskCall,
  { approached, whyNot = whyNotByMail, started, failed, ask }: Question<Yes>,
): Promise<Yes | DeskRefused> {
  const { subject, entry, directory } = approached
  const record = (name: AuditName, facts: Readonly<Record<string, Fact>>) =>
    deps.store.record([
      deskEvent(name, call, { subject, at: deps.now() }, { directory: directory.name, ...facts }),
    ])
  const why = whyNot(entry)
  if (why !== null) return refuse({ because: 'account-not-eligible', why })
  await record(started, {})
  const { writeDeadlineSeconds } = deps.tenant(call.tenant).rules
  try {
    const answer = await ask(AbortSignal.timeout(writeDeadlineSeconds * 1_000))
    if (answer.ok) return answer
    await record(failed, { because: answer.because })
    return refuse({ because: 'account-not-eligible', why: 'gone' })
  } catch (error) {
    if (isFault(error)) await record(failed, { because: error.code })
    throw error
  }
}

/** What an account is told at all its addresses of what somebody who helps did to it. */
export const tellOwner = (
  deps: Pick<HelpdeskDeps, 'tokens' | 'now' | 'randomBytes' | 'languageOf'>,
  { tenant }: DeskCall,
  { kind, at, approached }: { kind: MessageKind; at: Date; approached: Approached },
): Omit<Effects, 'events'> => {
  const { subject, entry } = approached
  return orderNotice(deps, {
    kind,
    at,
    tenant,
    subject,
    flow: null,
    generation: 0,
    to: entry.recoveryAddresses,
    username: entry.username,
    locale: entry.locale ?? deps.languageOf(tenant),
    service: null,
    client: { device: null, place: null },
    notAfter: after(at, noticeSeconds),
    facts: { byHelp: true },
  })
}
