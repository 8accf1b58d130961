import type { PasswordChange } from '../../../core/accounts/ports.ts'
import { type Fault, isFault } from '../../../kernel/fault.ts'
import type { Servers, Where } from '../ldap-wire/servers.ts'
import { valuesOf } from '../ldap-wire/values.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'
import { putValues } from './marks.ts'

export interface WaiverDeps {
  config: Pick<LdapConfig, 'dialect' | 'attributes'>
  asService: Servers
  /** Told why a minimum age could not be waived, or not be put back. */
  warn(fault: Fault): void
}

/** What a caller's deadline leaves of the lease is longer. */
const putBackMilliseconds = 3_000

interface HeldUp {
  dn: string
  key: string
  where: Where
  signal: AbortSignal
}

/**
 * Writes once more what a directory refused for nothing but the age of the password, for somebody who has to change it.
 * For that the service account makes the entry say what lets a young password be changed; the write is made by whom it
 * was made before, so that history and quality hold. Refused for something else, or without an answer, the entry says
 * again what it said; a crash in between leaves it as it is, for a change that is owed.
 * Where the service account may not do that, the first refusal stands.
 */
export function makeWaiveMinAge({ config, asService, warn }: WaiverDeps) {
  const { attribute, values } = dialects[config.dialect].waivesMinAge
  const what = 'the waiving of a minimum age'

  /** What the entry said before; null when it could not be made to say this. `insteadOf`: unless it says something else. */
  const say = async (
    { dn, key, where, signal }: HeldUp,
    asked: readonly string[],
    insteadOf?: readonly string[],
  ) => {
    try {
      return await asService.use(
        signal,
        async ({ connection, readSignal, pointOfNoReturn }) => {
          const { searchEntries } = await connection.ask(readSignal, (client) =>
            client.search(dn, { scope: 'base', attributes: [attribute], sizeLimit: 1 }),
          )
          const [entry] = searchEntries
          const before = entry === undefined ? null : valuesOf(entry)(attribute)
          if (insteadOf !== undefined && before?.join() !== insteadOf.join()) return before
          pointOfNoReturn()
          const request = { connection, config, dn, key }
          const said = await putValues(request, { what, attribute, values: asked }, signal)
          return said.ok ? before : null
        },
        where,
      )
    } catch (error) {
      if (!isFault(error)) throw error
      warn(error)
      return null
    }
  }

  return async (heldUp: HeldUp, write: () => Promise<PasswordChange>): Promise<PasswordChange> => {
    const before = await say(heldUp, values)
    if (before === null) return { ok: false, because: 'password-too-young' }
    /**
     * Right also where nobody knows whether the password was written. A new one takes OpenLDAP's mark away and makes 389
     * say a time again, its own: then the entry does not say any more what was put here, and is left alone. 389 does so
     * a moment after the write, over what was put back too early.
     */
    const putBack = () => say({ ...heldUp, signal: AbortSignal.timeout(putBackMilliseconds) }, before, values)
    try {
      const written = await write()
      if (!written.ok) await putBack()
      return written
    } catch (error) {
      // What broke the write is told, whatever becomes of this.
      await putBack().catch(() => null)
      throw error
    }
  }
}
