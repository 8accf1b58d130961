import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeKeyRing } from '../../kernel/keys.ts'
import { makeTokens } from './tokens.ts'

const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) })
const names = new Uint8Array(32).fill(9)
const old = makeTokens(makeKeyRing(key('k1', 1)), names)
const both = makeTokens(makeKeyRing(key('k2', 2), [key('k1', 1)]), names)
const other = makeTokens(makeKeyRing(key('k1', 3)), names)

const id = fc.stringMatching(/^[0-9a-z]{1,26}$/)
const linkName = fc.record({
  tenant: id,
  flow: id,
  generation: fc.integer({ min: 1, max: 999_999 }),
  keyId: fc.constant('k1'),
})

describe('a link', () => {
  it('is read as what it was made of, also after a rotation, and by no other tenant or key', () => {
    fc.assert(
      fc.property(linkName, id, (name, elsewhere) => {
        fc.pre(elsewhere !== name.tenant)
        const { tenant, ...rest } = name
        const link = old.link(name)

        expect(old.readLink(tenant, link)).toEqual(rest)
        expect(both.readLink(tenant, link)).toEqual(rest)
        expect(other.readLink(tenant, link)).toBeNull()
        expect(old.readLink(elsewhere, link)).toBeNull()
      }),
    )
  })

  it('carries 256 bits, and is fit for a URL fragment', () => {
    const link = old.link({ tenant: 't', flow: 'f', generation: 1, keyId: 'k1' })

    expect(link).toMatch(/^k1\.f\.1\.[\w-]{43}$/)
  })

  it('has one spelling: another base64 of the same bytes, another number for the generation are none', () => {
    const link = old.link({ tenant: 't', flow: 'f', generation: 1, keyId: 'k1' })
    const last = link.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last character of 43 carries two bits that decoders drop.
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? ''

    for (const wrong of [
      `${link.slice(0, -1)}${twin}`,
      `${link}=`,
      `${link} `,
      `${link}.`,
      link.replace('.1.', '.01.'),
    ]) {
      expect(old.readLink('t', wrong)).toBeNull()
    }
  })

  it('is never read out of anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(old.readLink('t', text)).toBeNull()
        expect(old.readDisavowLink('t', text)).toBeNull()
      }),
    )
  })

  it('is no "this was not me", nor the other way round', () => {
    const link = old.link({ tenant: 't', flow: 'f', generation: 1, keyId: 'k1' })
    const disavowal = old.disavowLink({ tenant: 't', id: 'f', keyId: 'k1' })

    expect(old.readDisavowLink('t', link)).toBeNull()
    expect(old.readLink('t', disavowal)).toBeNull()
    expect(old.readDisavowLink('t', disavowal)).toBe('f')
    expect(old.readDisavowLink('u', disavowal)).toBeNull()
  })
})

describe('a code', () => {
  it('has eight digits and fits its own flow and generation only', () => {
    fc.assert(
      fc.property(linkName, (name) => {
        const code = old.code(name)

        expect(code).toMatch(/^\d{8}$/)
        expect(old.isCode(name, code)).toBe(true)
        expect(both.isCode(name, code)).toBe(true)
        const next = { ...name, generation: name.generation + 1 }
        // One in a hundred million may be alike.
        if (old.code(next) !== code) expect(old.isCode(next, code)).toBe(false)
        for (const typed of [` ${code}`, code.slice(1), `${code}0`, ''])
          expect(old.isCode(name, typed)).toBe(false)
      }),
    )
  })

  it('of a key that is gone is a fault, not a wrong one', () => {
    expect(() => old.code({ tenant: 't', flow: 'f', generation: 1, keyId: 'k9' })).toThrow('k9')
  })
})

describe('digests', () => {
  it('of a flow secret are told apart by key, and hold after a rotation', () => {
    const digest = old.secretDigest('secret')

    expect(digest).not.toContain('secret')
    expect(both.isSecret(digest, 'secret')).toBe(true)
    expect(both.isSecret(digest, 'Secret')).toBe(false)
    expect(other.isSecret(digest, 'secret')).toBe(false)
    expect(old.isSecret('', 'secret')).toBe(false)
  })

  it('of a typed "this was not me" find it under every key in use', () => {
    const code = old.disavowCode({ tenant: 't', id: 'd', keyId: 'k1' })
    const [stored] = old.disavowCodeDigests('t', code)

    expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/)
    expect(both.disavowCodeDigests('t', code)).toContain(stored)
    expect(both.disavowCodeDigests('u', code)).not.toContain(stored)
  })

  it('of a mailbox differ by tenant', () => {
    expect(old.mailbox('t', 'ada@home.example')).not.toBe(old.mailbox('u', 'ada@home.example'))
  })

  it('of a mailbox and of a name that nobody has stay the same when the token key changes', () => {
    expect(both.mailbox('t', 'ada@home.example')).toBe(old.mailbox('t', 'ada@home.example'))
    expect(both.name('t', 'ada')).toBe(old.name('t', 'ada'))
  })
})
