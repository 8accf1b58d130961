import { newId } from '../../kernel/ids.ts'
import { resolveIdentifier } from '../accounts/index.ts'
import { asksAtSignIn, type Enrolment, type KeptSeed, readSeed } from '../proofs/index.ts'
import {
  after,
  afterSessionsEnded,
  endOther,
  type Flow,
  noticeSeconds,
  orderNotice,
  type RecoveryDeps,
} from '../recovery/index.ts'
import { usableFrom } from './add.ts'
import { changed } from './deps.ts'

export interface ImportAppCall {
  tenant: string
  identifier: string
  /** As another product has it: base 32, white space and case do not count. */
  seed: string
  algorithm: KeptSeed['algorithm']
  digits: KeptSeed['digits']
  periodSeconds: KeptSeed['periodSeconds']
  name: string
  /** BCP 47, for the mail to people of whom the directory knows no language. */
  localeOtherwise: string
  dryRun: boolean
}

export type ImportedApp =
  | { ok: true }
  | {
      ok: false
      because:
        | 'seed-unreadable'
        | 'account-unknown'
        | 'account-ambiguous'
        /** It counts already: a file that was cut off is read again from its beginning. */
        | 'imported-before'
        | 'too-many-enrolments'
        | 'method-not-offered'
    }

type ImportDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

/**
 * Takes over an authenticator app that people have set up elsewhere: it counts at once, since its owner uses it already. They are
 * told as they are of everything that is set up.
 */
export const makeImportApp =
  (deps: ImportDeps) =>
  async (call: ImportAppCall, signal: AbortSignal): Promise<ImportedApp> => {
    const tenant = deps.tenant(call.tenant)
    if (!tenant.methods.includes('totp')) return { ok: false, because: 'method-not-offered' }
    const seed = readSeed(call.seed)
    if (seed === null) return { ok: false, because: 'seed-unreadable' }
    const { ambiguous, links, rules } = tenant
    const routing = { directories: tenant.directoriesFor(null), ambiguous, links }
    const found = await resolveIdentifier(call.identifier, routing, signal)
    if (!found.found) {
      return { ok: false, because: found.because === 'ambiguous' ? 'account-ambiguous' : 'account-unknown' }
    }
    const { account, entry } = found
    const subject = await deps.store.subjectOf(call.tenant, account)
    const target = { tenant: call.tenant, subject, enrolments: true } as const
    return deps.store.decideSubject<ImportedApp>(target, (seen) => {
      const has = seen.enrolments.some((one) => one.method === 'totp' && one.kept.seed === seed)
      if (has) return { answer: { ok: false, because: 'imported-before' } }
      if (seen.enrolments.length >= rules.enrolmentsMax) {
        return { answer: { ok: false, because: 'too-many-enrolments' } }
      }
      if (call.dryRun) return { answer: { ok: true } }
      const at = deps.now()
      const { algorithm, digits, periodSeconds, name } = call
      const enrolment: Enrolment = {
        ...{ tenant: call.tenant, subject, id: newId(deps), method: 'totp', name },
        kept: { seed, algorithm, digits, periodSeconds, lastStep: null },
        ...{ createdAt: at, confirmedAt: at, usableFrom: usableFrom(at, rules, entry), lastUsedAt: null },
      }
      const { ledger, enrolments } = changed(seen, [{ change: 'kept', enrolment }])
      const notice = orderNotice(deps, {
        kind: 'method-added',
        ...{ at, tenant: call.tenant, subject, flow: null, generation: 0, service: null },
        to: entry.recoveryAddresses,
        username: entry.username,
        locale: entry.locale ?? call.localeOtherwise,
        client: { device: null, place: null },
        notAfter: after(at, noticeSeconds),
        facts: { method: 'totp', byHelp: true },
        disavowalSeconds: rules.disavowalSeconds,
      })
      const facts = { method: 'totp', because: 'imported' }
      const event = { name: 'method.added', tenant: call.tenant, at, subject, flow: null, facts } as const
      // Everything that was begun without it ends, as when its owner sets the first one up.
      const isFirst = !asksAtSignIn(seen.ledger.enrolled)
      return {
        answer: { ok: true },
        ledger: isFirst ? afterSessionsEnded(ledger) : ledger,
        ...(isFirst ? { others: (flow: Flow) => endOther(flow, { type: 'superseded' }, at) } : {}),
        effects: { ...notice, enrolments, events: [event] },
      }
    })
  }
