import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemOutside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import { type AdminKey, callerOf, drawAdminKey } from './admin-keys.ts'

const named = (name: string) => {
  const { key, digest } = drawAdminKey(systemOutside)
  const entry: AdminKey = { name, digest, tenants: null, may: ['accounts.read'] }
  return { key, entry }
}

describe('a key of the admin API', () => {
  it('is 256 random bits that are kept as their SHA-256 alone', () => {
    const { key, digest } = drawAdminKey(systemOutside)

    expect(key.reveal()).toMatch(/^rka_[\w-]{43}$/)
    expect(digest).toBe(createHash('sha256').update(key.reveal()).digest('hex'))
    expect(drawAdminKey(systemOutside).digest).not.toBe(digest)
  })

  it('names its caller, wherever it stands in the list', () => {
    const all = ['desk', 'siem', 'offboarder'].map(named)
    const keys = all.map(({ entry }) => entry)

    expect(all.map(({ key }) => callerOf(keys, key)?.name)).toEqual(['desk', 'siem', 'offboarder'])
    expect(callerOf(keys, all[0]!.key)).not.toHaveProperty('digest')
  })

  it('is nobody’s when a character differs, or when its digest is shown in its place', () => {
    const { key, entry } = named('desk')
    const text = key.reveal()
    const wrong = ['', 'rka_', text.slice(0, -1), `${text}A`, text.toUpperCase(), entry.digest]

    expect(wrong.map((guess) => callerOf([entry], new Secret(guess)))).toEqual(wrong.map(() => null))
    expect(callerOf([], key)).toBeNull()
  })
})
