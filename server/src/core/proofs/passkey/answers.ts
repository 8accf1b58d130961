import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

/** Base64url without padding, of so many bytes at most. */
const bytes = (max: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: Math.ceil((max * 4) / 3) })

/** A credential's id has 1,023 bytes at most (WebAuthn level 3 section 4). */
const CredentialId = bytes(1_023)

// The usual ones have less than 200 bytes.
const ClientDataJson = bytes(2_048)

/**
 * What `navigator.credentials.create()` gave, as WebAuthn level 3 section 5.1 spells it in JSON (`RegistrationResponseJSON`). Browsers
 * add members as the standard grows: those we don't read are let pass.
 */
export const CreationAnswer = Type.Object({
  id: CredentialId,
  rawId: CredentialId,
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: ClientDataJson,
    attestationObject: bytes(8_192),
    transports: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z-]{1,32}$' }), { maxItems: 8 })),
  }),
})
export type CreationAnswer = Static<typeof CreationAnswer>

/** What `navigator.credentials.get()` gave, likewise (`AuthenticationResponseJSON`). */
export const AssertionAnswer = Type.Object({
  id: CredentialId,
  rawId: CredentialId,
  type: Type.Literal('public-key'),
  response: Type.Object({
    clientDataJSON: ClientDataJson,
    authenticatorData: bytes(2_048),
    signature: bytes(1_024),
    // Always there where no list of credentials was given (section 6.3.3): it names the account that it was made for.
    userHandle: bytes(64),
  }),
})
export type AssertionAnswer = Static<typeof AssertionAnswer>

/** Null for what is no such answer. */
export const readCreationAnswer = (value: unknown): CreationAnswer | null =>
  Value.Check(CreationAnswer, value) && value.id === value.rawId ? value : null

export const readAssertionAnswer = (value: unknown): AssertionAnswer | null =>
  Value.Check(AssertionAnswer, value) && value.id === value.rawId ? value : null
