import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import { type Code, enrolmentMac } from './enrolment.ts'
import { enrolTranscript, transcriptAnd } from './handshake.ts'
import { agentSigner, drawAgentKeys, publicKeysOf } from './identity.ts'
import { Challenge, Enrolled, readMessage } from './messages.ts'
import type { AgentIdentity, Channel } from './ports.ts'
import { isSigned } from './signing.ts'

export type Joined =
  | { ok: true; identity: AgentIdentity }
  | { ok: false; because: 'no-answer' | 'server-not-trusted' | 'code-refused' }

const answerMs = 15_000

/** Spends a code: draws keys here, and lets the server know their public halves. Nothing is sent to any other server. */
export async function join(channel: Channel, code: Code, outside: Outside): Promise<Joined> {
  const { tenant, directory, agent, enrolment, serverKey } = code
  const nonce = Buffer.from(outside.randomBytes(32)).toString('base64url')
  const hello = { is: 'enrol', tenant, enrolment, nonce } as const
  const next = async () => (await channel.next(AbortSignal.timeout(answerMs))) ?? ''
  channel.send(JSON.stringify(hello))
  const challenge = readMessage(Challenge, await next())
  if (challenge === null) return { ok: false, because: 'no-answer' }
  const transcript = enrolTranscript(hello, challenge)
  if (
    challenge.serverKey !== serverKey ||
    !isSigned(serverKey, 'challenge', transcript, challenge.signature)
  ) {
    return { ok: false, because: 'server-not-trusted' }
  }
  const keys = drawAgentKeys(outside)
  const text = JSON.stringify(publicKeysOf(keys))
  const mac = enrolmentMac(new Secret(code.secret), transcript, text)
  const signature = agentSigner(keys).sign('enrolment', transcriptAnd(transcript, text))
  channel.send(JSON.stringify({ is: 'keys', keys: text, mac, signature }))
  if (readMessage(Enrolled, await next()) === null) return { ok: false, because: 'code-refused' }
  const identity = { tenant, directory, agent, serverKey, keys, nextKeys: null, formerKeys: [] }
  return { ok: true, identity }
}
