import { drawAdminKey } from '../core/helpdesk/admin-keys.ts'
import type { Outside } from '../kernel/outside.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

export interface AdminKeysCommand {
  name: string
  json: boolean
  terminal: Terminal
  outside: Pick<Outside, 'randomBytes'>
}

/**
 * `rekey admin-keys new`: draws a key of the admin API, prints it once, and says what the configuration has to know of
 * it. Nothing is written anywhere.
 */
export function adminKeysNew({ name, json, terminal, outside }: AdminKeysCommand): ExitCode {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    const message =
      'The name must begin with a letter and contain only lower-case letters, digits and hyphens.'
    if (json) terminal.out(JSON.stringify({ ok: false, error: { code: 'name-invalid', message } }, null, 2))
    else terminal.err(message)
    return exitCodes.failed
  }
  const { key, digest } = drawAdminKey(outside)
  if (json) {
    terminal.out(JSON.stringify({ ok: true, name, key: key.reveal(), keyDigest: digest }, null, 2))
    return exitCodes.ok
  }
  terminal.err(
    [
      'This is the key. It is shown once and kept nowhere: hand it to whoever calls, and to nobody else.',
      'Put this into the configuration, with what it may do, and start Rekey again:',
      '',
      'adminKeys:',
      `  - { name: ${name}, keyDigest: ${digest}, may: [accounts.read] }`,
      '',
    ].join('\n'),
  )
  // Alone on standard output, so that it can be piped to where it is kept.
  terminal.out(key.reveal())
  return exitCodes.ok
}
