import { base32 } from '../../kernel/ids.ts'
import { constantTimeEqual, derive, type Key, type KeyRing, mac } from '../../kernel/keys.ts'

/**
 * Every secret that leaves the house, derived from public ids under the token key. Nothing here is stored: a dump
 * of the database is worth nothing without the key, and a job can be run again.
 *
 * Sizes: links carry 256 bits. Typed codes have 8 digits with five tries (NIST SP 800-63B-4 section 3.1.3.2 asks
 * for 6 digits and rate limits); the code for "this was not me" has 80 bits, because no flow limits its tries.
 */
export interface Tokens {
  /** Names the key that new secrets are derived under; kept with what was issued. It changes when the ring turns. */
  readonly keyId: string
  /** Whether a key is still in the ring. */
  has(keyId: string): boolean
  link(of: LinkName): string
  /** Null for anything that was not made by `link`. */
  readLink(tenant: string, text: string): Omit<LinkName, 'tenant'> | null
  code(of: LinkName): string
  isCode(of: LinkName, typed: string): boolean
  /** What goes over the telephone network: another code than the mailed one, because it proves something else. */
  textCode(of: LinkName): string
  isTextCode(of: LinkName, typed: string): boolean
  disavowLink(of: DisavowalName): string
  readDisavowLink(tenant: string, text: string): string | null
  disavowCode(of: DisavowalName): string
  /** Digests by which a typed code is found, one for each key in use. */
  disavowCodeDigests(tenant: string, typed: string): readonly string[]
  /** Base64url of 256 bits: the right to begin one write of a change. */
  action(of: LinkName): string
  isAction(of: LinkName, text: string): boolean
  /** Of an invitation, made like those of a "this was not me" under keys of their own. */
  invitationLink(of: DisavowalName): string
  readInvitationLink(tenant: string, text: string): string | null
  invitationCode(of: DisavowalName): string
  invitationCodeDigests(tenant: string, typed: string): readonly string[]
  /** The digest a flow keeps of its secret. */
  secretDigest(secret: string): string
  isSecret(digest: string, secret: string): boolean
  /** Name of a mailbox in counters. No rotation changes it: one would give quotas back in the middle of a day. */
  mailbox(tenant: string, address: string): string
  /** Name of the ledger row for flows of nobody in which the same was typed; no rotation changes it either. */
  name(tenant: string, folded: string): string
}

export interface LinkName {
  tenant: string
  flow: string
  generation: number
  keyId: string
}

/** Something that is known by its id alone. */
export interface DisavowalName {
  tenant: string
  id: string
  keyId: string
}

const codeDigits = 8

/**
 * `namesKey` is a key of the installation's own, 32 bytes, that outlives every rotation: counters and ledgers of nobody
 * are found by names made with it, and one that changed its name would start from nothing.
 */
export function makeTokens(ring: KeyRing, namesKey: Uint8Array): Tokens {
  const derived = new WeakMap<Key, Purposes>()
  const purposesOf = (key: Key): Purposes => {
    const known = derived.get(key) ?? purposes(key)
    derived.set(key, known)
    return known
  }
  const find = (id: string): Purposes | undefined => {
    const key = ring.find(id)
    return key === undefined ? undefined : purposesOf(key)
  }
  const names = {
    mailbox: derive(namesKey, 'rekey/mailbox/v1'),
    name: derive(namesKey, 'rekey/name/v1'),
  }

  const linkMac = (key: Purposes, of: Omit<LinkName, 'keyId'>) =>
    mac(key.link, of.tenant, of.flow, String(of.generation))
  const actionMac = (key: Purposes, of: Omit<LinkName, 'keyId'>) =>
    mac(key.action, of.tenant, of.flow, String(of.generation))
  const withKey = <Result>(id: string, use: (key: Purposes) => Result): Result => {
    const key = find(id)
    if (key === undefined) throw new RangeError(`token key ${id} is not in the ring`)
    return use(key)
  }
  const digestWith = (key: Purposes, secret: string) => `${key.id}:${hex(mac(key.flowSecret, secret))}`
  /** Link and long code of something that is known by its id alone. */
  const namedBy = (purpose: (key: Purposes) => NamedPurpose) => ({
    link: (of: DisavowalName) =>
      withKey(of.keyId, (key) =>
        [key.id, of.id, base64url(mac(purpose(key).link, of.tenant, of.id))].join('.'),
      ),
    read(tenant: string, text: string): string | null {
      const [keyId, id, tag, ...rest] = text.split('.')
      const key = keyId === undefined ? undefined : find(keyId)
      if (key === undefined || id === undefined || tag === undefined || rest.length > 0) return null
      return isTag(tag, mac(purpose(key).link, tenant, id)) ? id : null
    },
    code: (of: DisavowalName) =>
      withKey(of.keyId, (key) => base32(mac(purpose(key).code, of.tenant, of.id).subarray(0, 10))),
    codeDigests: (tenant: string, typed: string) =>
      [...ring.all.values()]
        .map(purposesOf)
        .map((key) => `${key.id}:${hex(mac(purpose(key).digest, tenant, typed))}`),
  })
  const disavowals = namedBy((key) => key.disavowal)
  const invitations = namedBy((key) => key.invitation)

  return {
    get keyId() {
      return ring.current.id
    },
    has: (keyId) => find(keyId) !== undefined,
    link: (of) =>
      withKey(of.keyId, (key) => [key.id, of.flow, of.generation, base64url(linkMac(key, of))].join('.')),
    readLink(tenant, text) {
      const [keyId, flow, generation, tag, ...rest] = text.split('.')
      const key = keyId === undefined ? undefined : find(keyId)
      if (key === undefined || flow === undefined || tag === undefined || rest.length > 0) return null
      if (!/^[1-9]\d{0,5}$/.test(generation ?? '')) return null
      const of = { tenant, flow, generation: Number(generation) }
      return isTag(tag, linkMac(key, of)) ? { flow, generation: of.generation, keyId: key.id } : null
    },
    code: (of) =>
      withKey(of.keyId, (key) => digits(mac(key.code, of.tenant, of.flow, String(of.generation)))),
    isCode(of, typed) {
      const expected = withKey(of.keyId, (key) =>
        digits(mac(key.code, of.tenant, of.flow, String(of.generation))),
      )
      return constantTimeEqual(Buffer.from(expected), Buffer.from(typed))
    },
    textCode: (of) => withKey(of.keyId, (key) => textDigits(key, of)),
    isTextCode: (of, typed) =>
      withKey(of.keyId, (key) => constantTimeEqual(Buffer.from(textDigits(key, of)), Buffer.from(typed))),
    action: (of) => withKey(of.keyId, (key) => base64url(actionMac(key, of))),
    isAction: (of, text) => withKey(of.keyId, (key) => isTag(text, actionMac(key, of))),
    disavowLink: disavowals.link,
    readDisavowLink: disavowals.read,
    disavowCode: disavowals.code,
    disavowCodeDigests: disavowals.codeDigests,
    invitationLink: invitations.link,
    readInvitationLink: invitations.read,
    invitationCode: invitations.code,
    invitationCodeDigests: invitations.codeDigests,
    secretDigest: (secret) => digestWith(purposesOf(ring.current), secret),
    isSecret(digest, secret) {
      const key = find(digest.slice(0, digest.indexOf(':')))
      if (key === undefined) return false
      return constantTimeEqual(Buffer.from(digestWith(key, secret)), Buffer.from(digest))
    },
    name: (tenant, folded) => `~${base32(mac(names.name, tenant, folded).subarray(0, 20))}`,
    mailbox: (tenant, address) => base32(mac(names.mailbox, tenant, address).subarray(0, 20)),
  }
}

interface Purposes {
  id: string
  link: Uint8Array
  code: Uint8Array
  textCode: Uint8Array
  action: Uint8Array
  disavowal: NamedPurpose
  invitation: NamedPurpose
  flowSecret: Uint8Array
}

interface NamedPurpose {
  link: Uint8Array
  code: Uint8Array
  digest: Uint8Array
}

const named = (key: Key, what: 'disavow' | 'invitation'): NamedPurpose => ({
  link: derive(key.bytes, `rekey/${what}-link/v1`),
  code: derive(key.bytes, `rekey/${what}-code/v1`),
  digest: derive(key.bytes, `rekey/${what}-digest/v1`),
})

const purposes = (key: Key): Purposes => ({
  id: key.id,
  link: derive(key.bytes, 'rekey/link/v1'),
  code: derive(key.bytes, 'rekey/code/v1'),
  textCode: derive(key.bytes, 'rekey/text-code/v1'),
  action: derive(key.bytes, 'rekey/action/v1'),
  disavowal: named(key, 'disavow'),
  invitation: named(key, 'invitation'),
  flowSecret: derive(key.bytes, 'rekey/flow-secret/v1'),
})

const textDigits = (key: Purposes, of: Omit<LinkName, 'keyId'>): string =>
  digits(mac(key.textCode, of.tenant, of.flow, String(of.generation)))

/** The first 64 bits modulo 10^8: the bias is below 10^-11. */
const digits = (bytes: Uint8Array): string =>
  (Buffer.from(bytes).readBigUInt64BE(0) % 10n ** BigInt(codeDigits)).toString().padStart(codeDigits, '0')

/** Compared as text: base64url has several spellings for the same bytes, and only ours counts. */
const isTag = (tag: string, expected: Uint8Array): boolean =>
  constantTimeEqual(Buffer.from(base64url(expected)), Buffer.from(tag))

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
