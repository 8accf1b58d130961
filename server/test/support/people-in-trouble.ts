import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { passwordWrites } from './observer.ts'
import type { OpenLdap } from './openldap.ts'
import { type ApiAnswer, call, eventually, type Held, setPassword, tokensTo } from './person-at-api.ts'
import type { MailServer } from './smtp.ts'

/** People who come back while something happens to their directory, and whether what they were told is so. */

const before = 'before the chaos 1'

export interface Person {
  /** For messages: which run, and what happened in it. */
  of: string
  uid: string
  address: string
  password: string
}

/** What somebody was told at last. `kept`: accepted while the directory was away, and done later. */
export type Told = 'done' | 'kept' | 'unknown'

export async function somebody(directory: OpenLdap, of: string, name: string): Promise<Person> {
  const uid = `${name}${of.replaceAll(/\W/g, '')}`
  const address = `${uid}.home@example.test`
  await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
  return { of, uid, address, password: `copper lantern ${uid} tundra` }
}

/** Where people knock, and the mails that they get. */
export interface Door {
  url: string
  mail: MailServer
}

/** A way back in, as often begun anew as it takes to be told something; `begun` is one that was proven before. */
export async function comeBack(door: Door, person: Person, begun: Held | null = null): Promise<Told> {
  for (let flow = begun; ; flow = null) {
    flow ??= await prove(door, person)
    const told = flow === null ? null : await write(door.url, person, flow)
    if (told !== null) return told
  }
}

/** Null when an answer got lost with the process: whoever has no answer starts again. */
export async function prove({ url, mail }: Door, { uid, address, of }: Person): Promise<Held | null> {
  const seen = tokensTo(mail, address).length
  const started = await call(url, '/v1/recoveries', { identifier: uid })
  if (started === null) return sleep(200).then(() => null)
  expect(started.status, of).toBe(202)
  const token = await eventually(`${of}: a mail to ${address}`, () => tokensTo(mail, address)[seen], 90_000)
  const spent = await call(url, '/v1/links', { token })
  const { id, secret } = spent?.body ?? {}
  return typeof id === 'string' && typeof secret === 'string' ? { id, secret } : null
}

/** Sends the password until something is known. Null when the flow is over for another reason. */
async function write(url: string, { password, of }: Person, flow: Held): Promise<Told | null> {
  for (;;) {
    const answer = await setPassword(url, flow, password)
    const told = answer === null ? await look(url, flow) : toldBy(answer)
    if (told === 'accepted') return waitFor(url, flow, of)
    if (told === 'done' || told === 'unknown') return told
    if (told === null) throw new Error(`${of}: no explanation in ${JSON.stringify(answer)}`)
    if (told === 'start again') return null
    await sleep(300)
  }
}

type Heard = 'done' | 'accepted' | 'unknown' | 'unchanged' | 'start again'

function toldBy({ status, body }: ApiAnswer): Heard | null {
  if (status === 200 && body['state'] === 'completed') return 'done'
  if (status === 200 && body['state'] === 'accepted') return 'accepted'
  if (status === 410) return body['because'] === 'outcome-unknown' ? 'unknown' : 'start again'
  if (status === 409) return /write-in-progress$/.test(String(body['type'])) ? 'unchanged' : 'start again'
  if (status === 401 || status === 404) return 'start again'
  return status === 503 && /unchanged/.test(String(body['detail'])) ? 'unchanged' : null
}

/** What the flow says to whoever got no answer. */
async function look(url: string, flow: Held): Promise<Heard> {
  const seen = await eventually('the end of the write', async () => {
    const answer = await call(url, `/v1/recoveries/${flow.id}`, undefined, flow.secret)
    return answer !== null && answer.body['state'] !== 'writing' && answer
  })
  const { state, because } = seen.body
  if (state === 'completed') return 'done'
  if (state === 'accepted') return 'accepted'
  if (state === 'ended') return because === 'outcome-unknown' ? 'unknown' : 'start again'
  return state === 'proven' ? 'unchanged' : 'start again'
}

/** Who was promised something waits for it; a promise that is broken while the directory is back in time is a lost write. */
async function waitFor(url: string, flow: Held, of: string): Promise<Told> {
  const what = `${of}: what became of a password that was accepted`
  const ended = await eventually(
    what,
    async () => {
      const answer = await call(url, `/v1/recoveries/${flow.id}`, undefined, flow.secret)
      return answer !== null && answer.body['state'] !== 'accepted' && answer
    },
    180_000,
  )
  expect(ended.body, what).toMatchObject({ state: 'completed' })
  return 'kept'
}

/** What was told is so, it was written once at most, and a mail says it as well. */
export async function expectTruth(
  { mail }: Pick<Door, 'mail'>,
  directory: OpenLdap,
  { person, told }: { person: Person; told: Told },
): Promise<void> {
  const { of, uid, address, password } = person
  const writes = passwordWrites(directory).get(uid) ?? 0
  const works = await directory.canBind(uid, password)
  const said = `${of}: ${uid} was told ${told}`
  expect(writes, said).toBeLessThanOrEqual(1)
  // A server that was killed may have begun it.
  if (works) expect(writes, said).toBe(1)
  if (told !== 'unknown') {
    expect([works, await directory.canBind(uid, before)], said).toEqual([true, false])
  }
  const words = {
    done: [/was changed/],
    kept: [/does not work yet/, /was changed/],
    unknown: [/new password/],
  }
  for (const word of words[told]) {
    await eventually(`${of}: the mail that explains to ${address}`, () =>
      mail.received.some(
        ({ to, text }) => to.includes(address) && !text.includes('/recover#') && word.test(text),
      ),
    )
  }
}

/** People of another tenant, one after the other until told to stop; how many milliseconds each of them took. */
export function othersComeBack(door: Door, directory: OpenLdap, of: string): { stop(): Promise<number[]> } {
  const stopping = new AbortController()
  const isOver = () => stopping.signal.aborted
  const took: number[] = []
  const all = (async () => {
    for (let number = 0; !isOver(); number += 1) {
      const person = await somebody(directory, of, `other${number}`)
      const startedAt = performance.now()
      const told = await comeBack(door, person)
      took.push(performance.now() - startedAt)
      await expectTruth(door, directory, { person, told })
    }
    return took
  })()
  all.catch(() => undefined)
  return {
    stop() {
      stopping.abort()
      return all
    },
  }
}

const percentile = (values: readonly number[], share: number): string => {
  const sorted = values.toSorted((one, other) => one - other)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
}
const spoken = (took: readonly number[]) =>
  `p50 ${percentile(took, 0.5)} ms, p99 ${percentile(took, 0.99)} ms of ${took.length}`

export interface Run {
  kind: string
  told: readonly Told[]
  /** What people of the other tenant took, in milliseconds. */
  others: readonly number[]
}

/** For whoever reads what a long command printed. */
export function report(
  title: string,
  { calm, disturbed }: Readonly<Record<'calm' | 'disturbed', readonly Run[]>>,
): void {
  const outcomes = new Map<string, number>()
  for (const { kind, told } of disturbed) {
    for (const one of told) outcomes.set(`${kind}: ${one}`, (outcomes.get(`${kind}: ${one}`) ?? 0) + 1)
  }
  const lines = [...outcomes].map(([outcome, count]) => `  ${outcome} ${count}`).toSorted()
  const took = (of: readonly Run[]) => spoken(of.flatMap(({ others }) => others))
  const others = `  the other tenant in calm: ${took(calm)}; meanwhile: ${took(disturbed)}`
  process.stdout.write([title, ...lines, others, ''].join('\n'))
}
