import { whyNotByChange } from '../../../core/accounts/eligibility.ts'
import type { DirectoryEntry, PasswordChange } from '../../../core/accounts/ports.ts'
import type { LdapConfig } from './config.ts'
import { writeOwnPassword } from './password-write.ts'
import { bindAs } from './prove-password.ts'
import type { Servers, Session } from './servers.ts'

interface Deps {
  config: LdapConfig
  asService: Servers
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
  return async (
    key: string,
    { current, next }: { current: string; next: string },
    signal: AbortSignal,
  ): Promise<PasswordChange> => {
    const changed = await asGuest.use<PasswordChange | 'proven'>(
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
        if (!verdict.ok || config.changeAs === 'service') return 'proven'
        deps.replicasLagFromNow()
        const request = { config, dn, key, password: next, current }
        return writeOwnPassword(connection, request, signal).finally(deps.replicasLagFromNow)
      },
      { providersOnly: true },
    )
    return changed === 'proven' ? deps.setPassword(key, next, signal) : changed
  }
}
