import fc from 'fast-check'
import { translate } from '../../src/core/messages/index.ts'
import type { FullJudgement, PasswordRefusal } from '../../src/core/passwords/index.ts'
import { sayProblem } from '../../src/http/portal/views/password.tsx'
import { type ApiAnswer, call, type Held, setPassword } from './person-at-api.ts'
import { type PortalPage, sendChange, sendPassword } from './person-at-portal.ts'

/** A way on which a password is judged. */
export interface VerdictPath {
  name: string
  /** Codes of everything that is refused, in order; none for a password that is accepted. */
  verdict(password: string, core: readonly PasswordRefusal[]): Promise<readonly string[]>
}

export interface Difference {
  password: string
  /** What each way says, the core first. */
  said: Readonly<Record<string, string>>
}

/**
 * Every password on which a way says something else than the core. Any further way only has to be added to `paths`; each
 * lane has people of its own on each of them, and takes the next password when all have judged the one before.
 */
export async function differences(
  passwords: readonly string[],
  judge: (password: string) => Promise<FullJudgement>,
  { lanes, paths }: { lanes: number; paths: () => readonly VerdictPath[] },
): Promise<{ found: readonly Difference[]; accepted: number }> {
  const found: Difference[] = []
  let accepted = 0
  const waiting = passwords.values()
  const lane = async (own: readonly VerdictPath[]) => {
    for (const password of waiting) {
      const judged = await judge(password)
      if (judged.ok) accepted += 1
      const core = judged.ok ? [] : judged.because
      const expected = core.map(({ code }) => code).join(' ')
      const verdicts = await Promise.all(
        own.map(async ({ name, verdict }) => [name, (await verdict(password, core)).join(' ')] as const),
      )
      const differ = verdicts.some(([, each]) => each !== expected)
      if (differ) found.push({ password, said: { core: expected, ...Object.fromEntries(verdicts) } })
    }
  }
  await Promise.all(Array.from({ length: lanes }, () => lane(paths())))
  return { found, accepted }
}

/** Flows that wait for a password, each used until one is set by it or its refusals or questions would run out. */
export interface Flows<Holder = Held> {
  current(): Promise<Holder>
  used(how: 'refused' | 'accepted'): void
}

export function flowsOf<Holder>(open: () => Promise<Holder>, usesMax: number): Flows<Holder> {
  let held: Promise<Holder> | null = null
  let uses = 0
  return {
    current: () => (held ??= open()),
    used(how) {
      uses += 1
      if (how === 'refused' && uses < usesMax) return
      held = null
      uses = 0
    },
  }
}

const codesOf = (answer: ApiAnswer | null): readonly string[] =>
  ((answer?.body['errors'] ?? []) as { code: string }[]).map(({ code }) => code)

/** `POST /v1/policy-checks`, which knows what can be told while typing. */
export const checkPath = (url: string, flows: Flows): VerdictPath => ({
  name: 'policy-checks',
  async verdict(password) {
    const { id, secret } = await flows.current()
    const answer = await call(url, '/v1/policy-checks', { flow: id, password }, secret)
    flows.used('refused')
    return answer?.status === 200 ? codesOf(answer) : [`status ${answer?.status}`]
  },
})

/** `POST …/password`, of a recovery or an activation. */
export const apiPath = (url: string, flows: Flows, name = 'api'): VerdictPath => ({
  name,
  async verdict(password) {
    const answer = await setPassword(url, await flows.current(), password)
    flows.used(answer?.status === 422 ? 'refused' : 'accepted')
    if (answer?.status === 200) return []
    return answer?.status === 422 ? codesOf(answer) : [`status ${answer?.status}`]
  },
})

/** Somebody who is signed in and changes the password that they know. */
export interface Changer extends Held {
  current: string
}

/** `POST /v1/changes/{id}/password`, each time with an action token of its own and the right current password. */
export const changePath = (url: string, name: string, flows: Flows<Changer>): VerdictPath => ({
  name,
  async verdict(password) {
    const { id, secret, current } = await flows.current()
    const issued = await call(url, `/v1/changes/${id}/action-tokens`, {}, secret)
    const body = { current, password, actionToken: issued?.body['token'] }
    const answer = await call(url, `/v1/changes/${id}/password`, body, secret)
    flows.used(answer?.status === 422 ? 'refused' : 'accepted')
    if (answer?.status === 200) return []
    return answer?.status === 422 ? codesOf(answer) : [`status ${answer?.status}`]
  },
})

/** The form of a recovery or an activation. */
export const portalPath = (url: string, flows: Flows, name = 'portal'): VerdictPath =>
  formPath(name, flows, (held, password) => sendPassword(url, held, password))

/** Somebody who is signed in at the portal: the cookies of the browser, and the password that they know. */
export interface ChangerAtPortal {
  cookies: string
  current: string
}

/** The form of a change, each time with the right current password. */
export const portalChangePath = (url: string, name: string, flows: Flows<ChangerAtPortal>): VerdictPath =>
  formPath(name, flows, ({ cookies, current }, password) => sendChange(url, cookies, { current, password }))

/** A form says in words what the others say in codes: it agrees when the words are those of the codes. */
const formPath = <Holder>(
  name: string,
  flows: Flows<Holder>,
  send: (holder: Holder, password: string) => Promise<PortalPage>,
): VerdictPath => ({
  name,
  async verdict(password, core) {
    const page = await send(await flows.current(), password)
    flows.used(page.status === 422 ? 'refused' : 'accepted')
    if (page.status === 303) return []
    const voice = { words: translate('en'), timeZone: 'UTC' }
    const expected = core.map((reason) => sayProblem(voice, reason))
    const agrees = page.status === 422 && page.problems.join('\n') === expected.join('\n')
    return agrees ? core.map(({ code }) => code) : [`status ${page.status}`, ...page.problems]
  },
})

/** What people and guessers come up with, and what lies just inside and just outside of the rules. */
export function somePasswords(
  { count, seed }: { count: number; seed: number },
  { common, words }: { common: readonly string[]; words: readonly string[] },
): readonly string[] {
  const word = fc.constantFrom(...words)
  const phrase = fc
    .tuple(fc.array(word, { minLength: 2, maxLength: 5 }), fc.constantFrom(' ', '-', '', '. '))
    .map(([some, between]) => some.join(between))
  const spelled = fc
    .tuple(
      fc.constantFrom(...common),
      fc.constantFrom(...spellings),
      fc.constantFrom('', '1', '!', '2026', ' 🦉'),
    )
    .map(([text, spell, tail]) => spell(text) + tail)
  const graphemes = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.isWellFormed())
  const atTheEdge = fc
    .tuple(phrase, fc.constantFrom(13, 14, 15, 16, 255, 256, 257))
    .map(([text, length]) => [...text.repeat(40)].slice(0, length).join(''))
  const dull = fc
    .tuple(
      fc.constantFrom('a', 'ab', '12', 'abcdefgh', 'qwertyuiop', ' ', '\u00a0', '\t'),
      fc.integer({ min: 1, max: 300 }),
    )
    .map(([text, times]) => text.repeat(times).slice(0, 300))
  const some = fc.oneof(
    { arbitrary: graphemes, weight: 4 },
    { arbitrary: spelled, weight: 4 },
    { arbitrary: atTheEdge, weight: 3 },
    { arbitrary: phrase, weight: 2 },
    { arbitrary: phrase.map((text) => text.normalize('NFD')), weight: 1 },
    { arbitrary: dull, weight: 2 },
  )
  return fc.sample(some, { numRuns: count, seed })
}

const leet: Readonly<Record<string, string>> = { a: '4', e: '3', i: '1', o: '0', s: '$', t: '7' }

/** How people dress a common password up. */
export const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.charAt(0).toUpperCase() + text.slice(1),
  (text) => [...text].map((sign, at) => (at % 2 === 0 ? sign.toUpperCase() : sign)).join(''),
  (text) => [...text].map((sign) => leet[sign] ?? sign).join(''),
]
