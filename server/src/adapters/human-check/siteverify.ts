import type { HumanCheck } from '../../core/gate/ports.ts'
import type { Secret } from '../../kernel/secret.ts'

/** Where the services verify; both take and answer the same (Turnstile "Server-side validation", hCaptcha "Developer guide"). */
export const siteverifyUrls = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
} as const

export interface SiteverifyOptions {
  url: string
  secret: Secret
  fetch: (url: string, init: RequestInit) => Promise<Response>
  warn(cause: unknown): void
}

const answerSeconds = 5
const answerCharactersMax = 16_384
/** Turnstile gives out up to 2,048 characters; hCaptcha's are longer. */
const tokenCharactersMax = 8_192

/** Asks the service of a widget whether it gave out a token, once. The person's address is not told. */
export const makeSiteverify = ({ url, secret, fetch, warn }: SiteverifyOptions): HumanCheck => ({
  async isPassed(token) {
    if (token === '' || token.length > tokenCharactersMax) return false
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ secret: secret.reveal(), response: token }),
        signal: AbortSignal.timeout(answerSeconds * 1_000),
      })
      const text = await response.text()
      if (!response.ok || text.length > answerCharactersMax)
        throw new RangeError(`answered ${response.status}`)
      const told: unknown = JSON.parse(text)
      return typeof told === 'object' && told !== null && 'success' in told && told.success === true
    } catch (cause) {
      warn(cause)
      return false
    }
  },
})
