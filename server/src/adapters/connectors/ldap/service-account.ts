import { PasswordPolicyControl } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { LdapConfig } from './config.ts'
import { ConnectionLost, type LdapConnection, ldapOver } from './connection.ts'
import { faultFor, isResultCodeError, rowFor } from './result-codes.ts'
import { openSocket, ServerUnusable, type Target } from './socket.ts'

/** Refused credentials are not tried again for so long: each try counts towards the account's own lockout. */
const refusalMilliseconds = 10_000

export function makeOpenAsService(options: {
  config: Pick<LdapConfig, 'bindDn' | 'bindPassword' | 'connectSeconds'>
  outside: Pick<Outside, 'now'>
}) {
  const { config, outside } = options
  let refused: { fault: Fault; until: number } | null = null

  return async (target: Target, signal: AbortSignal): Promise<LdapConnection> => {
    if (refused !== null && outside.now().getTime() < refused.until) throw refused.fault
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(config.connectSeconds * 1000)])
    const connection = ldapOver(await openSocket(target, deadline), target.url)
    const policy = new PasswordPolicyControl()
    try {
      await connection.ask(deadline, (client) =>
        client.bind(config.bindDn, config.bindPassword.reveal(), policy),
      )
      refused = null
      return connection
    } catch (error) {
      connection.close()
      if (error instanceof ConnectionLost) {
        throw new ServerUnusable(new Fault('directory-unreachable', { cause: error, detail: target.url }))
      }
      if (!isResultCodeError(error)) throw error
      if (rowFor(error.code).bind === 'directory-unreachable') {
        throw new ServerUnusable(faultFor('directory-unreachable', error))
      }
      // The same credentials would be refused everywhere, so no other server is asked.
      const fault = new Fault('directory-misconfigured', {
        cause: error,
        detail: `the service account was refused with LDAP result ${String(error.code)}`,
      })
      refused = { fault, until: outside.now().getTime() + refusalMilliseconds }
      throw fault
    }
  }
}

/** A connection that proves one password and is closed after: no sign-in sees anything of another. */
export function makeOpenAsGuest(options: { config: Pick<LdapConfig, 'connectSeconds'> }) {
  return async (target: Target, signal: AbortSignal): Promise<LdapConnection> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.config.connectSeconds * 1000)])
    return ldapOver(await openSocket(target, deadline), target.url)
  }
}
