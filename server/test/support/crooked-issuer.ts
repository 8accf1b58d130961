import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What it puts into an answer in place of what belongs there. */
export interface Crooked {
  /** Claims of the ID token; `undefined` leaves one out. */
  claims?: Readonly<Record<string, unknown>>
  header?: Readonly<Record<string, unknown>>
  /** Signs with a key that nobody knows, with the client secret (HS256), or not at all. */
  signs?: 'another-key' | 'client-secret' | 'not'
  /** Status of the token endpoint. */
  status?: number
  /** Description of itself. */
  description?: Readonly<Record<string, unknown>>
}

export interface CrookedIssuer extends AsyncDisposable {
  issuer: string
  /** As it answers from now on; an honest provider with none. */
  crooked: Crooked
  /** Requests to the token endpoint so far. */
  redeemed: URLSearchParams[]
  /** Requests for the description so far. */
  described: number
  /** Nonce for the next ID token. */
  nonce: string
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An issuer that does whatever a real one can't be made to do. Its browser part does not exist: tests make up codes. */
export async function startCrookedIssuer(client: { id: string; secret: string }): Promise<CrookedIssuer> {
  const [own, other] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2_048 }))
  if (own === undefined || other === undefined) throw new Error('no keys')
  const server = createServer((request, response) => {
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/jwks') {
      const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }
      send(200, { keys: [jwk] })
    } else if (request.url === '/token') {
      void text(request).then((body) => {
        world.redeemed.push(new URLSearchParams(body))
        const answer = { access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token: idToken(world) }
        send(world.crooked.status ?? 200, answer)
      })
    } else {
      world.described += 1
      send(200, { ...descriptionOf(world.issuer), ...world.crooked.description })
    }
  })
  const keys = { own: own.privateKey, other: other.privateKey }
  const idToken = ({ issuer, nonce, crooked }: CrookedIssuer): string => {
    const now = Math.floor(new Date().getTime() / 1_000)
    const honest = {
      iss: issuer,
      sub: 'victim',
      aud: client.id,
      iat: now,
      exp: now + 60,
      auth_time: now,
      nonce,
    }
    const claims = { ...honest, preferred_username: 'victim', ...crooked.claims }
    const signed = { kid: 'own', alg: algorithms[crooked.signs ?? 'own'], ...crooked.header }
    const input = `${encode(signed)}.${encode(claims)}`
    return `${input}.${signature(input, crooked.signs, { ...keys, secret: client.secret })}`
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const world: CrookedIssuer = {
    issuer: `http://localhost:${(server.address() as AddressInfo).port}`,
    crooked: {},
    redeemed: [],
    described: 0,
    nonce: '',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return world
}

const algorithms = { own: 'RS256', 'another-key': 'RS256', 'client-secret': 'HS256', not: 'none' }

function signature(
  input: string,
  signs: Crooked['signs'],
  keys: { own: KeyObject; other: KeyObject; secret: string },
): string {
  switch (signs) {
    case 'not':
      return ''
    case 'client-secret':
      return createHmac('sha256', keys.secret).update(input).digest('base64url')
    case 'another-key':
      return sign('sha256', Buffer.from(input), keys.other).toString('base64url')
    case undefined:
      return sign('sha256', Buffer.from(input), keys.own).toString('base64url')
  }
}

const descriptionOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  // Some providers list more than anybody should take.
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  authorization_response_iss_parameter_supported: true,
})
