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
  visit(`${url}/recover`, flowCookie(held), null)

/** Sends the form with the new password; follows to where it leads. */
export const sendPassword = (url: string, held: Held, password: string): Promise<PortalPage> =>
  visit(`${url}/recover/password`, flowCookie(held), { password })

const flowCookie = ({ id, secret }: Held) => `__Host-rekey-flow=${id}.${secret}`

/** Signs in; the cookies of a browser that may change the password. */
export async function signInAtPortal(url: string, identifier: string, password: string): Promise<string> {
  const { status, headers } = await sent(`${url}/sign-in`, '', { identifier, password })
  if (status !== 303) throw new Error(`a sign-in was answered ${status}`)
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}

/** Sends the form with the current and the new password. */
export const sendChange = (
  url: string,
  cookies: string,
  passwords: { current: string; password: string },
): Promise<PortalPage> => visit(`${url}/change`, cookies, passwords)

const sent = (url: string, cookies: string, fields: Readonly<Record<string, string>> | null) =>
  fetch(url, {
    headers: { cookie: `${cookies}; __Host-rekey-csrf=${csrf}`, 'accept-language': 'en' },
    redirect: 'manual',
    ...(fields === null ? {} : { method: 'POST', body: new URLSearchParams({ csrf, ...fields }) }),
  })

async function visit(...asked: Parameters<typeof sent>): Promise<PortalPage> {
  const response = await sent(...asked)
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
