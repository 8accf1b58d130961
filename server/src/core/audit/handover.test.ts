import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint, type SignedCheckpoint, signCheckpoint } from './checkpoint.ts'
import { encodeEntry } from './entry.ts'
import { isSignedWith, makeLogKeys, makeLogSigner, type SigningKey, verifierKeysOf } from './handover.ts'
import { makeNoteSigner, type NoteVerifier, readVerifierKey } from './note.ts'
import type { AuditEvent } from './ports.ts'

const origin = 'rekey.example/acme'
const aKey = (): SigningKey => generateKeyPairSync('ed25519')
const [first, second, third] = [aKey(), aKey(), aKey()]
const ringOf = (current: SigningKey, ...all: SigningKey[]) => ({ all: () => all, current: () => current })
const verifierOf = (key: SigningKey): NoteVerifier =>
  readVerifierKey(makeNoteSigner(origin, key.publicKey).verifierKey) as NoteVerifier

const head = (size: number) => ({ origin, size, root: new Uint8Array(32).fill(size) })
const signedBy = (size: number, key: SigningKey): SignedCheckpoint =>
  signCheckpoint(head(size), makeLogSigner(origin, ringOf(key, key), null))

const leafOf = (event: AuditEvent) => Buffer.from(encodeEntry(event, { id: 'event' }))

/** The record that stands at this leaf when the ring has turned, as the log has it. */
function handoverAt(leaf: number, ring: ReturnType<typeof ringOf>, newest: SignedCheckpoint): Buffer {
  const event = makeLogSigner(origin, ring, newest).handover({ tenant: 'acme', leaf, at: new Date(0) })
  if (event === null) throw new Error('nothing was handed over')
  return leafOf(event)
}

describe('a log whose signing key was replaced', () => {
  const before = signedBy(10, first)
  const ring = ringOf(second, first, second)

  it('is believed by whoever trusts the first key, however often it was handed over', () => {
    const keys = makeLogKeys(origin, [verifierOf(first)])
    const middle = signedBy(20, second)

    expect(keys.see(10, handoverAt(10, ring, before))).toBeNull()
    expect(keys.isGenuine(middle)).toBe(true)
    expect(keys.isGenuine(signedBy(30, third))).toBe(false)
    expect(keys.see(20, handoverAt(20, ringOf(third, second, third), middle))).toBeNull()
    expect(keys.isGenuine(signedBy(30, third))).toBe(true)
    expect(keys.trusted()).toEqual([first, second, third].map((key) => verifierOf(key).text))
  })

  it('is handed over whatever characters the keys are written with', () => {
    const withPlus = Array.from({ length: 200 }, aKey).filter(
      (key) => verifierOf(key).text.split('+').length > 3,
    )
    const [one, other] = withPlus
    if (one === undefined || other === undefined) throw new Error('no key had a plus sign')
    const keys = makeLogKeys(origin, [verifierOf(one)])

    expect(keys.see(10, handoverAt(10, ringOf(other, one, other), signedBy(10, one)))).toBeNull()
    expect(keys.isGenuine(signedBy(11, other))).toBe(true)
  })

  it('is not believed to have been signed by the new key before it had it', () => {
    const keys = makeLogKeys(origin, [verifierOf(first)])
    keys.see(10, handoverAt(10, ring, before))

    expect(keys.isGenuine(signedBy(10, second))).toBe(false)
    expect(keys.isGenuine(signedBy(11, second))).toBe(true)
  })

  it('has its handover at one leaf of one log and nowhere else', () => {
    const handover = handoverAt(10, ring, before)

    expect(makeLogKeys(origin, [verifierOf(first)]).see(11, handover)).toContain('the old key did not sign')
    const elsewhere = makeLogKeys('rekey.example/other', [verifierOf(first)])
    expect(elsewhere.see(10, handover)).toContain('no key of this log')
  })

  it('is told apart from one that somebody without the old key handed over to himself', () => {
    const keys = makeLogKeys(origin, [verifierOf(first)])
    const text = handoverAt(10, ring, before).toString('utf8')
    const forged = text.replace(verifierOf(second).text, verifierOf(third).text)

    expect(keys.see(10, Buffer.from(forged))).toContain('the old key did not sign that')
    expect(keys.isGenuine(signedBy(11, third))).toBe(false)
  })

  it('says so when the old key was gone and nobody vouched for the new one', () => {
    const keys = makeLogKeys(origin, [verifierOf(first)])

    expect(keys.see(10, handoverAt(10, ringOf(second, second), before))).toContain('did not vouch')
    expect(keys.isGenuine(signedBy(11, second))).toBe(false)
  })

  it('tells nothing to whoever starts with the new key, who need not know the old one', () => {
    const keys = makeLogKeys(origin, [verifierOf(second)])

    expect(keys.see(10, handoverAt(10, ring, before))).toBeNull()
    expect(keys.trusted()).toEqual([verifierOf(second).text])
  })

  it('carries the signatures of both keys while the old one is there, so that no witness misses the change', () => {
    const signed = signCheckpoint(head(12), makeLogSigner(origin, ring, before))

    expect(parseCheckpoint(signed.note)).toMatchObject({ size: 12 })
    for (const key of [first, second]) {
      expect(makeLogKeys(origin, [verifierOf(key)]).isGenuine(signed)).toBe(true)
      expect(isSignedWith(signed, key)).toBe(true)
    }
  })

  it('is not given back by a process that has not turned its ring yet', () => {
    const after = signCheckpoint(head(12), makeLogSigner(origin, ring, before))
    const late = makeLogSigner(origin, ringOf(first, first, second), after)

    expect(late.handover({ tenant: 'acme', leaf: 12, at: new Date(0) })).toBeNull()
    expect(makeLogKeys(origin, [verifierOf(second)]).isGenuine(signCheckpoint(head(13), late))).toBe(true)
  })

  it('is signed with the new key alone when of the old one only the public half is left', () => {
    const retired: SigningKey = { publicKey: first.publicKey, privateKey: null }
    const kept = ringOf(second, retired, second)
    const signed = signCheckpoint(head(12), makeLogSigner(origin, kept, signedBy(11, second)))

    expect(isSignedWith(signed, first)).toBe(false)
    expect(verifierKeysOf(origin, kept, signed)).toEqual([first, second].map((key) => verifierOf(key).text))
  })

  it('names no key to outsiders that it has not come to', () => {
    expect(verifierKeysOf(origin, ring, before)).toEqual([verifierOf(first).text])
  })
})
