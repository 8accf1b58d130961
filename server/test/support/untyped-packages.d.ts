/** What our tests use of the package, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Grant {
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: readonly string[]): void
    save(): Promise<string>
  }

  interface Context {
    oidc: { client: { clientId: string }; session: { accountId: string } }
  }

  interface Configuration {
    clients: readonly object[]
    jwks: { keys: readonly object[] }
    claims: Readonly<Record<string, readonly string[]>>
    cookies: { keys: readonly string[] }
    conformIdTokenClaims?: boolean
    ttl: Readonly<Record<string, number>>
    features: { devInteractions: { enabled: boolean } }
    interactions: { url(context: unknown, interaction: { uid: string }): string }
    findAccount(
      context: unknown,
      subject: string,
    ): Promise<{ accountId: string; claims(): Promise<object> } | undefined>
    loadExistingGrant(context: Context): Promise<Grant>
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    Grant: new (of: {
      clientId: string
      accountId: string
    }) => Grant
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}
