import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'

export const clientId = 'rekey'
export const clientSecret = 'the secret that rekey shares with the provider'
/** What the provider asks for beside the name: the second factor of this company. */
export const oneTimeCode = '424242'

export interface OidcProvider extends AsyncDisposable {
  issuer: string
  /** Claims by the name that people type there. */
  people: Map<string, Readonly<Record<string, unknown>>>
  /** Opens: until then, everything is answered 503. `redirectUri` is known once Rekey's port is. */
  open(redirectUri: string, over?: { claimsInIdToken?: boolean }): void
  /** Answers 503 again. */
  close(): void
}

/** A real OpenID provider on a free port, with one page that asks for a name and a one-time code and needs no script. */
export async function startOidcProvider(): Promise<OidcProvider> {
  const closed = (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(503).end()
  }
  let handle: (request: IncomingMessage, response: ServerResponse) => void = closed
  const server = createServer((request, response) => handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const people: OidcProvider['people'] = new Map()
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }
  return {
    issuer,
    people,
    open(redirectUri, { claimsInIdToken = false } = {}) {
      const provider = aProvider({ issuer, people, redirectUri, jwk, claimsInIdToken })
      const rest = provider.callback()
      handle = (request, response) => {
        if (request.url?.startsWith('/interaction/') !== true) rest(request, response)
        else void interact(provider, { request, response, people })
      }
    },
    close() {
      handle = closed
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function aProvider(of: {
  issuer: string
  people: OidcProvider['people']
  redirectUri: string
  jwk: object
  claimsInIdToken: boolean
}): Provider {
  const { issuer, people, redirectUri, jwk, claimsInIdToken } = of
  const other = { ...aClient('another-application'), redirect_uris: ['https://another.example/callback'] }
  const provider: Provider = new Provider(issuer, {
    clients: [{ ...aClient(clientId), redirect_uris: [redirectUri] }, other],
    jwks: { keys: [jwk] },
    claims: {
      openid: ['sub'],
      profile: ['preferred_username', 'directory_key'],
      email: ['email', 'email_verified'],
    },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { AccessToken: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    conformIdTokenClaims: !claimsInIdToken,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    async findAccount(_, subject) {
      const claims = people.get(subject)
      return claims && { accountId: subject, claims: async () => ({ sub: subject, ...claims }) }
    },
    // A company asks nobody whether its own application may know their name.
    async loadExistingGrant({ oidc: { client, session } }) {
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
  })
  return provider
}

const aClient = (id: string) => ({
  client_id: id,
  client_secret: clientSecret,
  grant_types: ['authorization_code'],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
})

const page = (said: string) => `<!doctype html><html lang="en"><title>Company sign-in</title>
<h1>Company sign-in</h1><p>${said}</p><form method="post">
<label>Name <input name="name"></label><label>One-time code <input name="code"></label>
<button>Continue</button></form>`

async function interact(
  provider: Provider,
  of: { request: IncomingMessage; response: ServerResponse; people: OidcProvider['people'] },
): Promise<void> {
  const { request, response, people } = of
  if (request.method === 'POST') {
    const fields = new URLSearchParams(await text(request))
    const name = fields.get('name') ?? ''
    if (people.has(name) && fields.get('code') === oneTimeCode) {
      await provider.interactionFinished(request, response, { login: { accountId: name } })
      return
    }
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page('Who are you?'))
}
