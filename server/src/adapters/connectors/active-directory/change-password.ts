import { whyNotByChange } from '../../../core/accounts/eligibility.ts'
import type { DirectoryEntry, PasswordChange } from '../../../core/accounts/ports.ts'
import type { Servers, Session, Where } from '../ldap-wire/servers.ts'
import type { makeExplained } from './explained.ts'
import { bindAs } from './prove-password.ts'
import { exchangePassword } from './writes.ts'

interface Deps {
  asService: Servers
  asGuest: Servers
  where(): Where
  readKey(key: string, session: Session): Promise<{ dn: string; entry: DirectoryEntry } | null>
  explained: ReturnType<typeof makeExplained>
  /** Called when a write begins at a controller and when it has ended. */
  writesAt(server: string): void
}

/**
 * Look-up, bind and write are one controller's: the look-up as the service account, the others over one connection that
 * becomes the person's with the bind. Whoever must change, or whose password has expired, is told so only after the
 * right password and let in nowhere. Then the service account sends the change: with the old password in it, it takes
 * no right but the one that everybody has, and the rules for people hold.
 */
export function makeChangePassword({ asService, asGuest, where, readKey, explained, writesAt }: Deps) {
  return (
    key: string,
    { current, next }: { current: string; next: string },
    signal: AbortSignal,
  ): Promise<PasswordChange> =>
    asGuest.use<PasswordChange>(
      signal,
      async (session) => {
        const { connection } = session
        const here: Where = { only: connection.server }
        const found = await asService.use(signal, (service) => readKey(key, service), here)
        if (found === null || whyNotByChange(found.entry) !== null) {
          return { ok: false, because: 'account-unavailable' }
        }
        const verdict = await bindAs({ dn: found.dn, password: current, session, signal })
        if (!verdict.ok && verdict.because !== 'expired')
          return { ok: false, because: 'current-password-wrong' }
        const isSignedIn = verdict.ok && !verdict.mustChange
        const request = { key, signal }
        const passwords = { current, next }
        const asked = { key, password: next }
        writesAt(connection.server)
        try {
          if (isSignedIn) {
            const written = await exchangePassword({ ...request, connection }, passwords)
            if (written.ok || written.because !== 'policy') return written
            return await asService.use(signal, (service) => explained(written, asked, service), here)
          }
          return await asService.use(
            signal,
            async (service) => {
              service.pointOfNoReturn()
              const written = await exchangePassword(
                { ...request, connection: service.connection },
                passwords,
              )
              return explained(written, asked, service)
            },
            here,
          )
        } finally {
          writesAt(connection.server)
        }
      },
      where(),
    )
}
