import type { FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { passwordBytesMax } from '../../core/passwords/index.ts'
import { AssertionAnswer } from '../../core/proofs/passkey/answers.ts'

/** An unknown member is refused, never dropped. */
export const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

/** Nothing to say: no body, or an empty object. */
export const NoBody = Type.Union([closed({}), Type.Null()])

export const FlowId = Type.String({
  pattern: '^[a-z0-9]{1,64}$',
  description: 'Id of the flow, as the latest answer names it.',
})

// Longer ones are judged by the policy, which counts bytes and code points and says so.
export const NewPassword = Type.String({
  maxLength: 8 * passwordBytesMax,
  description: 'The new password, exactly as the directory shall know it.',
})

/** An answer with something that a person has set up. */
export const EnrolledAnswer = Type.Union([
  closed({
    method: Type.Enum(['totp', 'recovery_code'], { description: 'What the person has set up.' }),
    code: Type.String({
      minLength: 4,
      maxLength: 64,
      description:
        'The digits that an authenticator app shows, or a code of the sheet. Blanks, hyphens and case do not count.',
    }),
  }),
  closed({ method: Type.Literal('passkey'), credential: AssertionAnswer }),
])

const bytes = (description: string) => Type.String({ description: `${description}, base64url.` })

/** `PublicKeyCredentialRequestOptionsJSON`. */
export const PasskeyRequest = Type.Object(
  {
    rpId: Type.String({ description: 'Host whose passkeys are asked for.' }),
    challenge: bytes('What is to be signed'),
    timeout: Type.Integer({ description: 'Milliseconds that a browser waits.' }),
    allowCredentials: Type.Array(Type.Never(), {
      description: 'Always empty: it tells nothing of an account.',
    }),
    userVerification: Type.Literal('required'),
  },
  {
    description:
      'For `navigator.credentials.get({ publicKey })`, after `PublicKeyCredential.parseRequestOptionsFromJSON()`. It can be answered ' +
      'for ten minutes at least, once.',
  },
)

const Named = Type.Object({
  type: Type.Literal('public-key'),
  id: bytes('Id of a passkey'),
  transports: Type.Array(Type.String()),
})

/** `PublicKeyCredentialCreationOptionsJSON`. */
export const PasskeyCreation = Type.Object(
  {
    rp: Type.Object({ id: Type.String(), name: Type.String() }),
    user: Type.Object({
      id: bytes('What the account is called to authenticators, random'),
      name: Type.String(),
      displayName: Type.String(),
    }),
    challenge: bytes('What is to be signed'),
    pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal('public-key'), alg: Type.Integer() })),
    timeout: Type.Integer({ description: 'Milliseconds that a browser waits.' }),
    excludeCredentials: Type.Array(Named, { description: 'Those that the account has.' }),
    authenticatorSelection: Type.Object({
      residentKey: Type.Literal('required'),
      requireResidentKey: Type.Literal(true),
      userVerification: Type.Literal('required'),
    }),
    attestation: Type.Literal('none'),
  },
  {
    description:
      'For `navigator.credentials.create({ publicKey })`, after `PublicKeyCredential.parseCreationOptionsFromJSON()`.',
  },
)

export const tags = ['recovery']
/** Of the routes that take the flow secret. */
export const security = [{ flow: [] }]
/** Of the routes that take the secret of a session. */
export const sessionSecurity = [{ session: [] }]

export const secretOf = ({ headers }: FastifyRequest): string | null =>
  /^Flow ([A-Za-z0-9_-]{1,128})$/.exec(headers.authorization ?? '')?.[1] ?? null
