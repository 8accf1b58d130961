import { clientId, clientSecret, oneTimeCode } from '../support/oidc-provider.ts'
import { ask, type RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, publicUrl } from './attacked.ts'

export const callback = '/sign-in/oidc/callback'
export const redirectUri = `${publicUrl}${callback}`

export const rekeyWithProvider = (
  issuer: string,
  oidc: object = {},
  { password = true } = {},
): Promise<Attacked> =>
  anAttackedRekey({
    tenant: {
      signIn: {
        password,
        oidc: {
          issuer,
          clientId,
          clientSecret: { env: 'TEST_CLIENT_SECRET' },
          label: 'Northwind sign-in',
          ...oidc,
        },
      },
    },
    env: { TEST_CLIENT_SECRET: clientSecret },
  })

/** What one browser has been told to keep. */
type Jar = Map<string, string>

function keep(jar: Jar, { cookies }: RawAnswer): void {
  for (const [name, value] of Object.entries(cookies)) {
    const [text = ''] = value.split(';')
    if (text === '') jar.delete(name)
    else jar.set(name, text)
  }
}

const cookieOf = (jar: Jar) => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

/** A browser without script: cookies of both sites, and nothing that it does by itself. */
export class Stranger {
  readonly atRekey: Jar = new Map([['__Host-rekey-csrf', 'c'.repeat(43)]])
  readonly #atProvider: Jar = new Map()
  readonly #rekey: Attacked

  constructor(rekey: Attacked) {
    this.#rekey = rekey
  }

  /** Presses the button; where it leads. */
  async depart(fields: Readonly<Record<string, string>> = {}): Promise<URL> {
    const answer = await this.#rekey.ask('/sign-in/oidc', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookieOf(this.atRekey) },
      body: new URLSearchParams({ csrf: 'c'.repeat(43), ...fields }).toString(),
    })
    keep(this.atRekey, answer)
    if (answer.status !== 303) throw new Error(`the button was answered ${answer.status}: ${answer.text}`)
    return new URL(answer.headers.location ?? '')
  }

  /** Signs in at the provider; the address that it sends the browser back to. */
  async signInAtProvider(from: URL, name: string, until = redirectUri): Promise<URL> {
    let at = from
    let body: string | null = null
    for (let steps = 0; steps < 10; steps += 1) {
      const sent = { cookie: cookieOf(this.#atProvider) }
      const form = { 'content-type': 'application/x-www-form-urlencoded', ...sent }
      const answer: RawAnswer = await ask(
        at.href,
        body === null ? { headers: sent } : { method: 'POST', headers: form, body },
      )
      keep(this.#atProvider, answer)
      const { location } = answer.headers
      if (location === undefined) {
        if (answer.status !== 200) throw new Error(`the provider answered ${answer.status}: ${answer.text}`)
        body = new URLSearchParams({ name, code: oneTimeCode }).toString()
        continue
      }
      body = null
      at = new URL(location, at)
      if (at.href.startsWith(until)) return at
    }
    throw new Error('the provider did not send the browser back')
  }

  /** Comes back to Rekey with an address, whoever gave it. */
  async arrive(address: URL, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> {
    const answer = await this.#rekey.ask(`${address.pathname}${address.search}`, {
      headers: { cookie: cookieOf(this.atRekey), accept: 'text/html', ...headers },
    })
    keep(this.atRekey, answer)
    return answer
  }

  isSignedIn(): boolean {
    return this.atRekey.has('__Host-rekey-session')
  }

  /** What the page says where the session leads. */
  async change(): Promise<string> {
    const { text } = await this.#rekey.ask('/change', { headers: { cookie: cookieOf(this.atRekey) } })
    return text
  }
}
