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

interface HeldUp {
  dn: string
  key: string
  where: Where
  signal: AbortSignal
}

/**
 * Writes once more what a directory refused for nothing but the age of the password, for somebody who has to change it.
 * For that the service account makes the entry say what lets a young password be changed; the write is made by whom it
 * was made before, so that history and quality hold. Refused for something else, the entry says again what it said; a
 * crash in between leaves it as it is, for a change that is owed.
 * Where the service account may not do that, the first refusal stands.
 */
export function makeWaiveMinAge({ config, asService, warn }: WaiverDeps) {
  const { attribute, values } = dialects[config.dialect].waivesMinAge
  const what = 'the waiving of a minimum age'

  /** What the entry said before; null when it could not be made to say this. */
  const say = async ({ dn, key, where, signal }: HeldUp, asked: readonly string[]) => {
    try {
      return await asService.use(
        signal,
        async ({ connection, readSignal, pointOfNoReturn }) => {
          const { searchEntries } = await connection.ask(readSignal, (client) =>
            client.search(dn, { scope: 'base', attributes: [attribute], sizeLimit: 1 }),
          )
          pointOfNoReturn()
          const request = { connection, config, dn, key }
          const said = await putValues(request, { what, attribute, values: asked }, signal)
          const [entry] = searchEntries
          return said.ok && entry !== undefined ? valuesOf(entry)(attribute) : null
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
    const written = await write()
    if (!written.ok) await say(heldUp, before)
    return written
  }
}
