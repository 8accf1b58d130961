import { type Static, Type } from 'typebox'
import { constantTimeEqual, mac } from '../../kernel/keys.ts'
import { Secret } from '../../kernel/secret.ts'
import type { Enrolment } from './ports.ts'
import { closed, id, name, read } from './shapes.ts'

/** How long a code can be used. */
export const enrolmentSeconds = 3_600

const prefix = 'rekey-agent-'

const Code = closed({
  tenant: name,
  directory: name,
  agent: name,
  enrolment: id,
  secret: id,
  serverKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
})
export type Code = Static<typeof Code>

/**
 * What whoever sets an agent up carries into the closed network: who it will be, a secret that lets it in once, and the
 * server's public key, so that nobody on the way can take the server's place.
 */
export const codeOf = (
  { tenant, directory, agent, id: enrolment }: Enrolment,
  secret: Secret,
  serverKey: string,
) => {
  const code: Code = { tenant, directory, agent, enrolment, secret: secret.reveal(), serverKey }
  return new Secret(`${prefix}${Buffer.from(JSON.stringify(code)).toString('base64url')}`)
}

/** Null when the text is no such code, or was not copied whole. */
export function readCode(text: Secret): Code | null {
  const [, encoded] = /^rekey-agent-([A-Za-z0-9_-]{1,2000})$/.exec(text.reveal().trim()) ?? []
  return encoded === undefined ? null : read(Code, Buffer.from(encoded, 'base64url').toString('utf8'))
}

/**
 * Proof that somebody has the code, bound to the keys that are to be let in: the secret itself never travels, so whoever
 * ends TLS on the way can't put keys of their own in place of the agent's.
 */
export const enrolmentMac = (secret: Secret, transcript: string, keys: string): string =>
  Buffer.from(
    mac(Buffer.from(secret.reveal(), 'utf8'), 'rekey-agent/1 enrolment', transcript, keys),
  ).toString('base64url')

export const isEnrolmentMac = (given: string, expected: string): boolean =>
  constantTimeEqual(Buffer.from(given), Buffer.from(expected))
