import { setTimeout as sleep } from 'node:timers/promises'
import type { MailServer, ReceivedMail } from './smtp.ts'

/** A flow as somebody holds it: its id and what they have as its secret. */
export interface Held {
  id: string
  secret: string
}

export interface ApiAnswer {
  status: number
  /** Empty when the answer has no JSON. */
  body: Readonly<Record<string, unknown>>
}

/** One request of the self-service API; null when the connection broke before there was an answer. */
export async function call(
  url: string,
  path: string,
  body?: unknown,
  secret?: string,
): Promise<ApiAnswer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(secret === undefined ? {} : { authorization: `Flow ${secret}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as ApiAnswer['body']) }
  } catch {
    return null
  }
}

export const setPassword = (url: string, { id, secret }: Held, password: string): Promise<ApiAnswer | null> =>
  call(url, `/v1/recoveries/${id}/password`, { password }, secret)

export async function startFlow(url: string, identifier: string): Promise<Held> {
  return heldBy(await call(url, '/v1/recoveries', { identifier }), 202)
}

/** Starts, waits for the mail and spends its link: a flow that is ready for a password. */
export async function proveByMail(
  url: string,
  person: { identifier: string; address: string },
  mail: MailServer,
): Promise<Held> {
  const seen = tokensTo(mail, person.address).length
  await startFlow(url, person.identifier)
  const token = await eventually(`a mail to ${person.address}`, () => tokensTo(mail, person.address)[seen])
  return heldBy(await call(url, '/v1/links', { token }), 200)
}

function heldBy(answer: ApiAnswer | null, status: number): Held {
  const { id, secret } = answer?.body ?? {}
  if (answer?.status !== status || typeof id !== 'string' || typeof secret !== 'string') {
    throw new Error(`expected ${status} and a secret, got ${JSON.stringify(answer)}`)
  }
  return { id, secret }
}

/** Tokens of the links that were mailed to an address, oldest first. */
export const tokensTo = (mail: Pick<MailServer, 'received'>, address: string): string[] =>
  mail.received.filter(({ to }) => to.includes(address)).flatMap((received) => tokenOf(received) ?? [])

const tokenOf = ({ text }: Pick<ReceivedMail, 'text'>): string | null =>
  /\/recover#([\w.-]+)/.exec(text)?.[1] ?? null

/** Waits for something that other processes bring about. */
export async function eventually<Value>(
  what: string,
  look: () => Value | undefined | null | false | Promise<Value | undefined | null | false>,
  patienceMs = 40_000,
): Promise<Value> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== null && seen !== false) return seen
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`)
    await sleep(20)
  }
}
