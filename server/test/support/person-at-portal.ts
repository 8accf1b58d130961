import type { Held } from './person-at-api.ts'

/** A page of the portal as a browser without script gets it. */
export interface PortalPage {
  status: number
  html: string
  /** The list of what a password needs. */
  rules: readonly string[]
  /** What was wrong with the password that was sent. */
  problems: readonly string[]
}

const csrf = 'c'.repeat(43)

/** The page of a flow, for whoever holds it. */
export const openPortal = (url: string, held: Held): Promise<PortalPage> =>
  visit(`${url}/recover`, held, null)

/** Sends the form with the new password; follows to where it leads. */
export const sendPassword = (url: string, held: Held, password: string): Promise<PortalPage> =>
  visit(`${url}/recover/password`, held, new URLSearchParams({ csrf, password }))

async function visit(url: string, { id, secret }: Held, body: URLSearchParams | null): Promise<PortalPage> {
  const cookie = `__Host-rekey-flow=${id}.${secret}; __Host-rekey-csrf=${csrf}`
  const response = await fetch(url, {
    headers: { cookie, 'accept-language': 'en' },
    redirect: 'manual',
    ...(body === null ? {} : { method: 'POST', body }),
  })
  const html = await response.text()
  return {
    status: response.status,
    html,
    rules: itemsOf(html, 'rules'),
    problems: itemsOf(html, 'problem'),
  }
}

function itemsOf(html: string, id: string): string[] {
  const list = new RegExp(`<ul[^>]* id="${id}"[^>]*>(.*?)</ul>`, 's').exec(html)?.[1] ?? ''
  return [...list.matchAll(/<li[^>]*>(.*?)<\/li>/gs)].map(([, text = '']) => plain(text))
}

const plain = (markup: string) =>
  markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#x27;|&quot;|&lt;|&gt;|&amp;/g, (sign) => signs[sign] ?? sign)
const signs: Readonly<Record<string, string>> = {
  '&#x27;': "'",
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
}
