import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import {
  checkpointIsSigned,
  originOf,
  parseCheckpoint,
  readCheckpoints,
  signCheckpoint,
  tenantOf,
} from './checkpoint.ts'
import {
  makeNoteSigner,
  type NoteVerifier,
  noteIsSignedBy,
  parseNote,
  readSigningKey,
  readVerifierKey,
} from './note.ts'

/** The example of the signed-note specification. */
const specKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const specNote =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'

/** The example of the tlog-checkpoint specification. */
const specCheckpoint =
  'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n'

/** RFC 8032 section 7.1, test 1. */
const rfcSeed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
const rfcPublicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'

function verifierFor(key: string): NoteVerifier {
  const verifier = readVerifierKey(key)
  if (verifier === null) throw new Error('not a verifier key')
  return verifier
}

function signed(note: string, key: string): boolean {
  const parsed = parseNote(note)
  return parsed !== null && noteIsSignedBy(parsed, verifierFor(key))
}

describe('a signed note', () => {
  it('of the specification verifies with the specification’s key', () => {
    expect(signed(specNote, specKey)).toBe(true)
  })

  it('does not verify after any change of its text', () => {
    expect(signed(specNote.replace('example message', 'exemplary message'), specKey)).toBe(false)
  })

  it('is refused when one signature of the key is right and another is wrong', () => {
    const line = specNote.slice(specNote.indexOf('— '))
    const wrong = specNote + line.replace('kn8', 'kn9')

    expect(signed(wrong, specKey)).toBe(false)
    expect(signed(specNote + line.replace('example.com/foo', 'witness.example'), specKey)).toBe(true)
  })

  it('is made with the key that a seed of RFC 8032 stands for', () => {
    for (const text of [rfcSeed, Buffer.from(rfcSeed, 'hex').toString('base64')]) {
      const signer = makeNoteSigner('rekey.example/acme', readSigningKey(new Secret(text)))
      const encoded = signer.verifierKey.split('+').slice(2).join('+')

      expect(Buffer.from(encoded, 'base64').toString('hex')).toBe(`01${rfcPublicKey}`)
      expect(signed(signer.sign('text\n'), signer.verifierKey)).toBe(true)
    }
  })

  it('is made with a PEM key, and with nothing but Ed25519', () => {
    const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
      new Secret(key.export({ format: 'pem', type: 'pkcs8' }).toString())
    const ed25519 = generateKeyPairSync('ed25519').privateKey
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

    expect(readSigningKey(pem(ed25519)).asymmetricKeyType).toBe('ed25519')
    expect(() => readSigningKey(pem(ec))).toThrow('config-invalid')
    expect(() => readSigningKey(new Secret('short'))).toThrow('config-invalid')
  })

  it('has no control characters, no missing signature and no malformed one', () => {
    expect(parseNote(specNote.replace('example', 'exam\tple'))).toBeNull()
    expect(parseNote('text\n')).toBeNull()
    expect(parseNote('text\n\n— name notbase64!\n')).toBeNull()
    expect(readVerifierKey(specKey.replace('530d903a', '530d903b'))).toBeNull()
  })
})

describe('a checkpoint', () => {
  const signer = makeNoteSigner('rekey.example/acme', readSigningKey(new Secret(rfcSeed)))
  const root = Buffer.alloc(32, 7)
  const checkpoint = (size: number) => signCheckpoint({ origin: signer.name, size, root }, signer)

  it('of the specification is read', () => {
    const parsed = parseCheckpoint(specCheckpoint)

    expect(parsed).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 })
    expect(Buffer.from(parsed?.root ?? []).toString('base64')).toBe(
      'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
    )
  })

  it('reads back as it was signed', () => {
    const parsed = parseCheckpoint(checkpoint(12).note)

    expect(parsed).toMatchObject({ origin: 'rekey.example/acme', size: 12 })
    expect(parsed !== null && checkpointIsSigned(parsed, verifierFor(signer.verifierKey))).toBe(true)
  })

  it.each(['012', '-1', '1e3', '99999999999999999', ''])('does not accept %j as a size', (size) => {
    const note = signer.sign(`rekey.example/acme\n${size}\n${root.toString('base64')}\n`)

    expect(parseCheckpoint(note)).toBeNull()
  })

  it('of one log does not count for another, though the key is the same', () => {
    const other = parseCheckpoint(signer.sign(`rekey.example/other\n1\n${root.toString('base64')}\n`))

    expect(other).not.toBeNull()
    expect(other !== null && checkpointIsSigned(other, verifierFor(signer.verifierKey))).toBe(false)
  })

  it('is found among others and among rubbish', () => {
    const torn = checkpoint(2).note.slice(0, 30)
    const text = `${checkpoint(1).note}\n${torn}\n\n${checkpoint(3).note}${checkpoint(4).note}From: a mail\n`
    const { held, unreadable } = readCheckpoints(text)

    expect(held.map(({ size }) => size)).toEqual([1, 3, 4])
    expect(held.map(({ line }) => text.split('\n')[line - 1])).toEqual(Array(3).fill('rekey.example/acme'))
    expect(unreadable).toBe(2)
  })

  it('names its tenant, whatever characters the tenant’s name has', () => {
    for (const tenant of ['acme', 'a b+c', 'ümläut', '../x']) {
      expect(tenantOf('rekey.example/log', originOf('rekey.example/log', tenant))).toBe(tenant)
      expect(originOf('rekey.example/log', tenant)).toMatch(/^[^\s+]+$/)
    }
    expect(tenantOf('rekey.example/log', 'elsewhere.example/acme')).toBeNull()
  })
})
