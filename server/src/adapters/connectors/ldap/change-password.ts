import { whyNotByChange } from '../../../core/accounts/eligibility.ts'
import type { DirectoryEntry, PasswordChange } from '../../../core/accounts/ports.ts'
import type { Servers, Session, Where } from '../ldap-wire/servers.ts'
import type { LdapConfig } from './config.ts'
import { writeOwnPassword } from './password-write.ts'
import { bindAs } from './prove-password.ts'
import { makeWaiveMinAge, type WaiverDeps } from './waive-min-age.ts'

interface Deps extends WaiverDeps {
  config: LdapConfig
  asGuest: Servers
  readKey(key: string, session: Session): Promise<{ dn: string; entry: DirectoryEntry } | null>
  /** As an administrator would, for who may change. */
  setPassword(key: string, password: string, signal: AbortSignal): Promise<PasswordChange>
  /** Called when a write begins and when it has ended. */
  replicasLagFromNow(): void
}

/**
 * Look-up, bind and write are one provider's: the look-up as the service account, the others over one connection that
 * becomes the person's with the bind. The service account writes when it is configured to, and for a password that
 * has expired: it lets nobody in, but is told from a wrong one and so is a proof.
 */
export function makeChangePassword(deps: Deps) {
  const { config, asService, asGuest, readKey } = deps
  const waiveMinAge = makeWaiveMinAge(deps)
  return async (
    key: string,
    { current, next, owed }: { current: string; next: string; owed: boolean },
    signal: AbortSignal,
  ): Promise<PasswordChange> => {
    /** Written as it is to be, and for who has to change once more where nothing but the age stood in the way. */
    const writeTo = async (dn: string, where: Where, write: () => Promise<PasswordChange>) => {
      const written = await write()
      const isHeldUp = !written.ok && written.because === 'password-too-young'
      return owed && isHeldUp ? waiveMinAge({ dn, key, where, signal }, write) : written
    }
    const changed = await asGuest.use<PasswordChange | { provenOf: string }>(
      signal,
      async (session) => {
        const { connection } = session
        const found = await asService.use(signal, (service) => readKey(key, service), {
          only: connection.server,
        })
        if (found === null || whyNotByChange(found.entry) !== null) {
          return { ok: false, because: 'account-unavailable' }
        }
        const { dn } = found
        const verdict = await bindAs({ dn, password: current, session, signal })
        if (!verdict.ok && verdict.because !== 'expired')
          return { ok: false, because: 'current-password-wrong' }
        if (!verdict.ok || config.changeAs === 'service') return { provenOf: dn }
        deps.replicasLagFromNow()
        const request = { config, dn, key, password: next, current }
        const write = () => writeOwnPassword(connection, request, signal)
        return writeTo(dn, { only: connection.server }, write).finally(deps.replicasLagFromNow)
      },
      { providersOnly: true },
    )
    if (!('provenOf' in changed)) return changed
    return writeTo(changed.provenOf, { providersOnly: true }, () => deps.setPassword(key, next, signal))
  }
}
