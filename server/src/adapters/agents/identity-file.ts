import { readFileSync, statSync } from 'node:fs'
import { Type } from 'typebox'
import { readMessage } from '../../core/agents/index.ts'
import type { AgentIdentity, AgentPrivateKeys, IdentityStore } from '../../core/agents/ports.ts'
import { replaceFile } from '../../kernel/durable-file.ts'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'

const closed = { additionalProperties: false } as const
const seed = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' })
const Keys = Type.Object({ signing: seed, sealing: seed, drawnAt: Type.String() }, closed)
const File = Type.Object(
  {
    version: Type.Literal(1),
    tenant: Type.String(),
    directory: Type.String(),
    agent: Type.String(),
    serverKey: Type.String(),
    keys: Keys,
    nextKeys: Type.Union([Keys, Type.Null()]),
    formerKeys: Type.Array(
      Type.Object({ signing: seed, sealing: seed, drawnAt: Type.String(), until: Type.String() }, closed),
    ),
  },
  closed,
)

/**
 * Who an agent is: its private keys, and the key of the server that it trusts, in one file that nobody else may read.
 * @throws Fault `config-invalid` when there is none, when others may read it, or when it is damaged
 */
export function openIdentity(path: string): IdentityStore {
  let identity = readBack(path)
  return {
    read: () => identity,
    async save(changed) {
      saveIdentity(path, changed)
      identity = changed
      return Promise.resolve()
    },
  }
}

/** Whoever reads the file, at any time, has the old one or the new one, whole. */
export function saveIdentity(path: string, identity: AgentIdentity): void {
  const { keys, nextKeys, formerKeys, ...rest } = identity
  const text = JSON.stringify({
    version: 1,
    ...rest,
    keys: shown(keys),
    nextKeys: nextKeys === null ? null : shown(nextKeys),
    formerKeys: formerKeys.map(({ until, ...former }) => ({ ...shown(former), until })),
  })
  try {
    replaceFile(path, `${text}\n`, { mode: 0o600, owner: null })
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `${path} can't be written` })
  }
}

const shown = ({ signing, sealing, drawnAt }: AgentPrivateKeys) => ({
  signing: signing.reveal(),
  sealing: sealing.reveal(),
  drawnAt,
})

function readBack(path: string): AgentIdentity {
  const invalid = (detail: string) => new Fault('config-invalid', { detail })
  let text: string
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw invalid(
        `others may read ${path}, which has the agent's keys; enrol the agent anew, and \`chmod 600\` it`,
      )
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Fault) throw error
    throw invalid(
      `there is no ${path}: run \`rekey agent join\` with a code from \`rekey agent enrol\` first`,
    )
  }
  const file = readMessage(File, text)
  // Never quoted: it holds keys.
  if (file === null) throw invalid(`${path} is damaged; enrol the agent anew`)
  const { version: _, keys, nextKeys, formerKeys, ...rest } = file
  return {
    ...rest,
    keys: hidden(keys),
    nextKeys: nextKeys === null ? null : hidden(nextKeys),
    formerKeys: formerKeys.map(({ until, ...former }) => ({ ...hidden(former), until })),
  }
}

const hidden = (keys: { signing: string; sealing: string; drawnAt: string }): AgentPrivateKeys => ({
  signing: new Secret(keys.signing),
  sealing: new Secret(keys.sealing),
  drawnAt: keys.drawnAt,
})
