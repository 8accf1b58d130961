import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errors, Provider } from 'oidc-provider'

export const scimClient = { id: 'rekey', secret: 'a secret: with % and +' }
/** May ask whether a password is right, and nothing else. */
export const verifyingClient = { id: 'rekey-verify', secret: 'another secret' }

/** A real OAuth 2 token endpoint in clear text on this machine. */
export interface TokenServer extends AsyncDisposable {
  tokenUrl: string
  /** How many requests came. */
  asked(): number
  /** Whether a token is good for the scope `scim` now. */
  takes(token: string): Promise<boolean>
  revoke(token: string): Promise<void>
}

export async function startTokenServer(of: {
  lastsSeconds?: number
  isRight?(username: string, password: string): boolean
}): Promise<TokenServer> {
  const { lastsSeconds = 3_600, isRight = () => false } = of
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' }
  const aClient = ({ id, secret }: typeof scimClient, more: object) => ({
    ...{ client_id: id, client_secret: secret, redirect_uris: [], response_types: [] },
    ...{ id_token_signed_response_alg: 'ES256', ...more },
  })
  const provider = new Provider(issuer, {
    clients: [
      aClient(scimClient, { grant_types: ['client_credentials'], scope: 'scim' }),
      aClient(verifyingClient, {
        grant_types: ['password'],
        token_endpoint_auth_method: 'client_secret_post',
      }),
    ],
    jwks: { keys: [jwk] },
    scopes: ['scim'],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { ClientCredentials: lastsSeconds },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  })
  provider.registerGrantType(
    'password',
    async (context) => {
      const { client, params } = context.oidc
      if (!isRight(String(params['username']), String(params['password']))) {
        throw new errors.InvalidGrant('name or password is wrong')
      }
      const token = new provider.ClientCredentials({ client })
      context.body = { access_token: await token.save(), expires_in: token.expiration, token_type: 'Bearer' }
    },
    ['username', 'password'],
  )
  let asked = 0
  const answer = provider.callback()
  server.on('request', (request, response) => {
    asked += 1
    answer(request, response)
  })
  return {
    tokenUrl: `${issuer}/token`,
    asked: () => asked,
    takes: async (token) => (await provider.ClientCredentials.find(token))?.scope === 'scim',
    async revoke(token) {
      await (await provider.ClientCredentials.find(token))?.destroy()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
