import { base32 } from '../../kernel/ids.ts'
import { constantTimeEqual, derive, type KeyRing, mac } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Purpose } from './ports.ts'
import { waitedSeconds } from './rules.ts'

interface Named {
  tenant: string
  purpose: Purpose
}

export interface WaitToken {
  id: string
  factor: number
  readyAt: Date
  expiresAt: Date
}

/** Tokens that count time: they say when they become good, and nobody else can write one. */
export interface WaitTokens {
  issue(of: Named & { factor: number; seconds: number }): string
  /** Null: not ours, for something else, or too old. */
  read(of: Named, text: string): WaitToken | null
}

export function makeWaitTokens(deps: Pick<Outside, 'now' | 'randomBytes'> & { keys: KeyRing }): WaitTokens {
  const tag = (bytes: Uint8Array, { tenant, purpose }: Named, parts: readonly string[]) =>
    base32(mac(derive(bytes, 'rekey/wait/v1'), tenant, purpose, ...parts).subarray(0, 20))
  return {
    issue({ factor, seconds, ...named }) {
      const { id: keyId, bytes } = deps.keys.current
      const parts = [
        base32(deps.randomBytes(16)),
        String(factor),
        String(deps.now().getTime() + seconds * 1_000),
      ]
      return [keyId, ...parts, tag(bytes, named, parts)].join('.')
    },
    read(named, text) {
      const [keyId = '', id = '', factor = '', readyAt = '', given = '', ...rest] = text.split('.')
      const key = deps.keys.find(keyId)
      if (key === undefined || rest.length > 0) return null
      const expected = tag(key.bytes, named, [id, factor, readyAt])
      if (!constantTimeEqual(Buffer.from(given), Buffer.from(expected))) return null
      const expiresAt = new Date(Number(readyAt) + waitedSeconds * 1_000)
      if (expiresAt <= deps.now()) return null
      return { id, factor: Number(factor), readyAt: new Date(Number(readyAt)), expiresAt }
    },
  }
}
