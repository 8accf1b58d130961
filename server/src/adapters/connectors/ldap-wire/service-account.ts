import { PasswordPolicyControl, PasswordPolicyError, type ResultCodeError } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Secret } from '../../../kernel/secret.ts'
import { ConnectionLost, type LdapConnection, ldapOver } from './connection.ts'
import { faultFor, isResultCodeError, resultText, rowFor } from './result-codes.ts'
import { openSocket, ServerUnusable, type Target } from './socket.ts'
import { bindProblem, endpointOf, patienceOf } from './words.ts'

/** Refused credentials are not tried again for so long: each try counts towards the account's own lockout. */
const refusalMilliseconds = 10_000

export function makeOpenAsService(options: {
  config: { bindDn: string; bindPassword: Secret; connectSeconds: number }
  outside: Pick<Outside, 'now'>
  /** Why its bind was refused, where the server's own words say more than the code; null where they do not. */
  refusalWords?(error: ResultCodeError): string | null
}) {
  const { config, outside } = options
  let refused: { fault: Fault; until: number } | null = null

  return async (target: Target, signal: AbortSignal): Promise<LdapConnection> => {
    // The same credentials would fare no better elsewhere, so no other server is asked.
    const refuse = (what: string, why: string, cause?: unknown) => {
      const detail = `${server}: ${what} for the service account "${config.bindDn}": ${why}`
      const fault = new Fault('directory-misconfigured', { cause, detail })
      refused = { fault, until: outside.now().getTime() + refusalMilliseconds }
      return fault
    }
    if (refused !== null && outside.now().getTime() < refused.until) throw refused.fault
    const patience = patienceOf(signal, config.connectSeconds)
    const server = endpointOf(target)
    const connection = ldapOver(await openSocket(target, patience), server)
    const policy = new PasswordPolicyControl()
    try {
      await connection.ask(patience.signal, (client) =>
        client.bind(config.bindDn, config.bindPassword.reveal(), policy),
      )
    } catch (error) {
      connection.close()
      if (error instanceof ConnectionLost) {
        const because = patience.signal.aborted ? patience.ranOut() : 'hung up'
        const detail = `${server}: ${because} during the bind of the service account`
        throw new ServerUnusable(new Fault('directory-unreachable', { cause: error, detail }))
      }
      if (!isResultCodeError(error)) throw error
      if (rowFor(error.code).bind === 'directory-unreachable') {
        const what = 'the server is too busy for the bind of the service account'
        throw new ServerUnusable(faultFor('directory-unreachable', error, { server, what }))
      }
      throw refuse(
        `bind refused (${resultText(error.code)})`,
        options.refusalWords?.(error) ?? bindProblem(error.code, policy.value?.error),
        error,
      )
    }
    // The bind succeeds, and whatever is asked after it would be refused for no reason that one could see.
    if (policy.value?.error === PasswordPolicyError.ChangeAfterReset) {
      connection.close()
      throw refuse('nothing is allowed', bindProblem(0, policy.value.error))
    }
    refused = null
    return connection
  }
}

/** A connection that proves one password and is closed after: no sign-in sees anything of another. */
export function makeOpenAsGuest(options: { config: { connectSeconds: number } }) {
  return async (target: Target, signal: AbortSignal): Promise<LdapConnection> => {
    const patience = patienceOf(signal, options.config.connectSeconds)
    return ldapOver(await openSocket(target, patience), endpointOf(target))
  }
}
