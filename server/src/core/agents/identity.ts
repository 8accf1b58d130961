import { publicHalfOf } from '../../kernel/hpke.ts'
import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import type { AgentPrivateKeys, AgentPublicKeys } from './ports.ts'
import { makeSigner, type Signer } from './signing.ts'

/** An agent's two keys. They are drawn where they stay. */
export const drawAgentKeys = ({ randomBytes, now }: Outside): AgentPrivateKeys => ({
  signing: new Secret(Buffer.from(randomBytes(32)).toString('base64')),
  sealing: new Secret(Buffer.from(randomBytes(32)).toString('base64')),
  drawnAt: now().toISOString(),
})

export const agentSigner = ({ signing }: AgentPrivateKeys): Signer => makeSigner(signing)

export const publicKeysOf = (keys: AgentPrivateKeys): AgentPublicKeys => ({
  signing: agentSigner(keys).publicKey,
  sealing: Buffer.from(publicHalfOf(Buffer.from(keys.sealing.reveal(), 'base64'))).toString('base64url'),
})
