import { hashRawSync } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { derive, mac, makeKeyRing } from '../../kernel/keys.ts'
import { Secret } from '../../kernel/secret.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import { makeSlowDigests } from './slow-digests.ts'

const [newer, older] = ['k2', 'k1'].map((id, at) => ({ id, bytes: new Uint8Array(32).fill(at + 1) })) as [
  { id: string; bytes: Uint8Array },
  { id: string; bytes: Uint8Array },
]
const cheap = { memoryCost: 8, timeCost: 1 }
const digests = makeSlowDigests(makeKeyRing(newer, [older]), cheap)
const salt = Buffer.alloc(16, 7).toString('base64url')
const by = { tenant: 'northwind', subject: 'ada', keyId: 'k2', salt }
const password = new Secret('correct horse battery staple')
const soon = () => AbortSignal.timeout(10_000)

describe('a slow digest', () => {
  it('is argon2id at the cost that OWASP asks for, with a key of its own purpose as secret value', async () => {
    const secret = mac(derive(newer.bytes, 'rekey/remembered-password/v1'), 'northwind', 'ada')
    const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2, outputLen: 32 }
    const expected = hashRawSync(password.reveal(), { ...options, secret, salt: Buffer.alloc(16, 7) })

    const digest = await makeSlowDigests(makeKeyRing(newer)).of(password, by, soon())

    expect(digest).toBe(expected.toString('base64url'))
  })

  it('is the same for the same password, and another for every other password, account, key and salt', async () => {
    const others = [
      { ...by, tenant: 'southwind' },
      { ...by, subject: 'bob' },
      { ...by, keyId: 'k1' },
      { ...by, salt: Buffer.alloc(16, 8).toString('base64url') },
    ]
    const all = await Promise.all([
      digests.of(password, by, soon()),
      digests.of(new Secret('correct horse battery staple.'), by, soon()),
      ...others.map((other) => digests.of(password, other, soon())),
    ])

    expect(await digests.of(password, by, soon())).toBe(all[0])
    expect(new Set(all).size).toBe(6)
  })

  it('is made under the key that is written with, and under an older one as long as that is there', async () => {
    expect(digests.keyId).toBe('k2')
    expect(await digests.of(password, { ...by, keyId: 'k0' }, soon())).toBeNull()
  })

  it('waits for those before it, two at a time, and no longer than it may', async () => {
    const busy = makeSlowDigests(makeKeyRing(newer))
    const working = [busy.of(password, by, soon()), busy.of(password, by, soon())]
    const late = busy.of(password, by, AbortSignal.abort())
    const impatient = new AbortController()
    const third = busy.of(password, by, impatient.signal)
    impatient.abort()

    await expect(late).rejects.toThrow(NoTurnCame)
    await expect(third).rejects.toThrow(NoTurnCame)
    expect(new Set(await Promise.all(working)).size).toBe(1)
    expect(await busy.of(password, by, soon())).toBe(await working[0])
  })
})
