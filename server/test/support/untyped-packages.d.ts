/** What our tests use of the package, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Grant {
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: readonly string[]): void
    save(): Promise<string>
  }

  interface Context {
    oidc: {
      client: { clientId: string }
      session: { accountId: string }
      params: Readonly<Record<string, unknown>>
    }
    body: unknown
  }

  interface IssuedToken {
    scope?: string
    expiration: number
    save(): Promise<string>
    destroy(): Promise<void>
  }

  export const errors: { InvalidGrant: new (detail: string) => Error }

  interface Configuration {
    clients: readonly object[]
    jwks: { keys: readonly object[] }
    claims?: Readonly<Record<string, readonly string[]>>
    cookies: { keys: readonly string[] }
    scopes?: readonly string[]
    conformIdTokenClaims?: boolean
    ttl: Readonly<Record<string, number>>
    features: { devInteractions: { enabled: boolean }; clientCredentials?: { enabled: boolean } }
    interactions?: { url(context: unknown, interaction: { uid: string }): string }
    findAccount?(
      context: unknown,
      subject: string,
    ): Promise<{ accountId: string; claims(): Promise<object> } | undefined>
    loadExistingGrant?(context: Context): Promise<Grant>
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    Grant: new (of: {
      clientId: string
      accountId: string
    }) => Grant
    ClientCredentials: {
      new (of: { client: Context['oidc']['client']; scope?: string }): IssuedToken
      find(token: string): Promise<IssuedToken | undefined>
    }
    registerGrantType(
      name: string,
      handler: (context: Context) => Promise<void>,
      params: readonly string[],
    ): void
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}

/** What our tests use of the package, which comes without types. */
declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Request extends IncomingMessage {
    url: string
    query: Readonly<Record<string, unknown>>
    params: Readonly<Record<string, string | string[]>>
  }
  export interface Response extends ServerResponse {
    status(code: number): this
    type(name: string): this
    set(name: string, value: string): this
    send(body: string): this
  }
  type Handler = (request: Request, response: Response, next: () => void) => void
  export interface Router {
    (request: IncomingMessage, response: ServerResponse): void
    get(path: string, handler: Handler): void
    use(path: string, handler: Handler | Router): void
    use(handler: Handler): void
    set(name: string, value: unknown): void
  }
  export const Router: new () => Router
  export default function express(): Router
}

/** What our tests use of the package, which comes without types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Server, Socket } from 'node:net'

  interface ReceivedMessage {
    message: string
    udh?: readonly Uint8Array[]
  }

  export interface Pdu {
    command: string
    system_id: string
    password: string
    source_addr: string
    source_addr_ton: number
    destination_addr: string
    dest_addr_ton: number
    dest_addr_npi: number
    esm_class: number
    data_coding: number
    registered_delivery: number
    validity_period: unknown
    short_message: ReceivedMessage
    message_payload?: ReceivedMessage
    command_status: number
    response(values?: Readonly<Record<string, unknown>>): Pdu
  }

  export interface Session extends EventEmitter {
    socket: Socket
    send(pdu: Pdu): boolean
    deliver_sm(values: Readonly<Record<string, unknown>>, answered?: (pdu: Pdu) => void): boolean
    enquire_link(values: Readonly<Record<string, unknown>>, answered?: (pdu: Pdu) => void): boolean
    destroy(): void
  }

  const smpp: {
    createServer(
      options: { key?: Uint8Array | string; cert?: Uint8Array | string },
      listener: (session: Session) => void,
    ): Server
    readonly ESME_RTHROTTLED: number
    readonly ESME_RINVDSTADR: number
    readonly ESME_RINVPASWD: number
  }
  export default smpp
}
