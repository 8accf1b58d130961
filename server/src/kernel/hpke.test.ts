import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openSealed, publicHalfOf, sealTo } from './hpke.ts'

const hex = (text: string) => Buffer.from(text, 'hex')

/** RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, sequence number 0. */
const printed = {
  ephemeral: hex('52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736'),
  publicKey: hex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  privateKey: hex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  plaintext: hex('4265617574792069732074727574682c20747275746820626561757479'),
  ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
}
const urn = { info: 'Ode on a Grecian Urn', aad: 'Count-0', aead: 'aes-128-gcm' } as const

describe('a text that is sealed to a public key', () => {
  it('is sealed and opened as RFC 9180 prints it', () => {
    const sealed = sealTo(printed.publicKey, printed.plaintext, {
      ...urn,
      randomBytes: () => printed.ephemeral,
    })

    expect(Buffer.from(sealed).toString('hex')).toBe(`${printed.enc}${printed.ciphertext}`)
    expect(Buffer.from(openSealed(printed.privateKey, sealed, urn))).toEqual(printed.plaintext)
    expect(Buffer.from(publicHalfOf(printed.privateKey))).toEqual(printed.publicKey)
  })

  it('is opened by its key alone, for what it was sealed for, as it was sealed', () => {
    const [mine, other] = [randomBytes(32), randomBytes(32)]
    const about = { info: 'passwords', aad: 'order 1' }
    const text = Buffer.from('correct horse battery staple')
    const sealed = sealTo(publicHalfOf(mine), text, { ...about, randomBytes })

    expect(Buffer.from(openSealed(mine, sealed, about))).toEqual(text)
    const again = sealTo(publicHalfOf(mine), text, { ...about, randomBytes })
    expect(Buffer.from(again).equals(Buffer.from(sealed))).toBe(false)
    expect(() => openSealed(other, sealed, about)).toThrow()
    expect(() => openSealed(mine, sealed, { ...about, aad: 'order 2' })).toThrow()
    expect(() => openSealed(mine, sealed, { ...about, info: 'else' })).toThrow()
    expect(() => openSealed(mine, sealed, { ...about, aead: 'aes-128-gcm' })).toThrow()
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      expect(() => openSealed(mine, changed, about)).toThrow()
    }
    for (const length of [0, 31, 47])
      expect(() => openSealed(mine, sealed.subarray(0, length), about)).toThrow()
  })

  it('is sealed to no key that makes every shared secret the same', () => {
    // Points of small order (RFC 7748 section 6.1).
    for (const publicKey of [Buffer.alloc(32), Buffer.concat([Buffer.of(1), Buffer.alloc(31)])]) {
      expect(() => sealTo(publicKey, Buffer.from('x'), { info: '', aad: '', randomBytes })).toThrow()
    }
  })
})
