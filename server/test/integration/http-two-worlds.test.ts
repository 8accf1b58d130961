import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Invitations } from '../../src/cli/invitations.ts'
import { composeInvitations } from '../../src/compose-invitations.ts'
import { loadConfig } from '../../src/config/load.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { type Attacked, anAttackedRekey, oldPassword, publicUrl, secretsOf } from '../attack/attacked.ts'
import { anApp } from '../support/enrolling.ts'
import { aPasskey } from '../support/passkey.ts'
import type { RawAnswer, RawRequest } from '../support/raw-http.ts'
import {
  anyTrace,
  type Client,
  playTrace,
  type Reply,
  type Stage,
  type WorldStep,
} from '../support/two-worlds.ts'

/** Differs from run to run and from world to world because it is drawn, not because of what is known. */
const drawn: readonly [RegExp, string][] = [
  [/(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])/g, '‹secret›'],
  [/(?<![a-z0-9])[a-z0-9]{26}(?![a-z0-9])/g, '‹id›'],
  [/urn:rekey:request:[a-z0-9]+/g, '‹request›'],
]

/** Everything of an answer that a stranger can see, but for what is drawn and the time of day. */
function seenOf({ status, headers, text }: RawAnswer): unknown {
  const { date: _, 'x-request-id': __, ...rest } = headers
  return JSON.parse(
    drawn.reduce(
      (said, [pattern, name]) => said.replaceAll(pattern, name),
      JSON.stringify({ status, headers: rest, text }),
    ),
  )
}

/** What a stranger's own passkey says to a challenge. */
const strangers = (challenge: string) =>
  aPasskey().use({ challenge, origin: publicUrl, rpId: new URL(publicUrl).hostname })

function apiClient(rekey: Attacked): Client {
  const reply = async (asked: Promise<RawAnswer>): Promise<Reply> => {
    const answer = await asked
    const { id, secret } = (answer.json ?? {}) as { id?: string; secret?: string }
    const seen = seenOf(answer)
    return id === undefined || secret === undefined
      ? { seen }
      : { seen, holding: { tenant: 'northwind', id, secret } }
  }
  return {
    start: (identifier, kind) => reply(rekey.post('/v1/recoveries', { identifier, kind })),
    read: ({ id, secret }) =>
      reply(rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })),
    ask: ({ id, secret }) =>
      reply(rekey.post(`/v1/recoveries/${id}/challenges`, { method: 'email_link' }, secret)),
    proveByCode: ({ id, secret }, code) =>
      reply(rekey.post(`/v1/recoveries/${id}/proofs`, { method: 'email_code', code }, secret)),
    proveBy: ({ id, secret }, method, code) =>
      reply(rekey.post(`/v1/recoveries/${id}/proofs`, { method, code }, secret)),
    async showPasskey({ id, secret }) {
      const asked = await rekey.post(`/v1/recoveries/${id}/challenges`, { method: 'passkey' }, secret)
      const { passkey } = (asked.json ?? {}) as { passkey?: { challenge: string } }
      const credential = strangers(passkey?.challenge ?? '')
      const proof = { method: 'passkey', credential }
      const shown = await reply(rekey.post(`/v1/recoveries/${id}/proofs`, proof, secret))
      return { ...shown, seen: [seenOf(asked), shown.seen] }
    },
    spendLink: (token) => reply(rekey.post('/v1/links', { token })),
    setPassword: ({ id, secret }, password) =>
      reply(rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)),
    unlock: ({ id, secret }) => reply(rekey.post(`/v1/recoveries/${id}/unlock`, {}, secret)),
    disavow: (token) => reply(rekey.post('/v1/disavowals', { token })),
  }
}

/** The pages, as a browser without JavaScript sees them: what a form answers, and the page it is sent on to. */
function portalClient(rekey: Attacked): Client {
  const csrf = 'A'.repeat(43)
  type Held = { id: string; secret: string } | null
  const cookieOf = (held: Held) =>
    `__Host-rekey-csrf=${csrf}${held === null ? '' : `; __Host-rekey-flow=${held.id}.${held.secret}`}`
  const look = (held: Held, asked: RawRequest = {}) =>
    rekey.ask('/recover', { ...asked, headers: { cookie: cookieOf(held), ...asked.headers } })
  const send = async (path: string, held: Held, fields: Record<string, string>): Promise<Reply> => {
    const answer = await rekey.ask(path, {
      method: 'POST',
      headers: { cookie: cookieOf(held), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf, ...fields }).toString(),
    })
    const [id, secret] = (answer.cookies['__Host-rekey-flow'] ?? '').split('.')
    const now = id === undefined || secret === undefined ? held : { id, secret }
    const page = await look(now, { headers: { 'accept-language': 'de' } })
    const seen = [seenOf(answer), seenOf(page)]
    return id === undefined || secret === undefined
      ? { seen }
      : { seen, holding: { tenant: 'northwind', id, secret } }
  }
  return {
    start: (identifier, kind) =>
      send(kind === 'unlock' ? '/unlock/start' : '/recover/start', null, { identifier }),
    read: async (held) => ({
      seen: [
        seenOf(await look(held)),
        seenOf(await look(held, { method: 'HEAD' })),
        seenOf(await rekey.ask('/unlock', { headers: { cookie: cookieOf(held) } })),
      ],
    }),
    ask: (held) => send('/recover/resend', held, {}),
    proveByCode: (held, code) => send('/recover/code', held, { code }),
    proveBy: (held, method, code) => send('/recover/code', held, { method, code }),
    showPasskey: (held) =>
      send('/recover/code', held, { method: 'passkey', credential: JSON.stringify(strangers('')) }),
    spendLink: (token) => send('/recover/link', null, { token }),
    setPassword: (held, password) => send('/recover/password', held, { password, again: password }),
    unlock: (held) => send('/unlock/confirm', held, {}),
    disavow: (token) => send('/disavow', null, { code: token }),
  }
}

const worlds = new AsyncDisposableStack()
let inhabited: Attacked
let empty: Attacked
let inviting: Invitations
let traces = 0

beforeAll(async () => {
  inhabited = worlds.use(await anAttackedRekey())
  empty = worlds.use(await anAttackedRekey())
  const outside = { now: () => inhabited.clock.now(), randomBytes: systemOutside.randomBytes }
  inviting = worlds.use(
    await composeInvitations(loadConfig(inhabited.env), outside, pino({ level: 'silent' })),
  )
})

afterAll(() => worlds.disposeAsync())

/** The name that one trace is about; its account exists in one world. */
async function someone(): Promise<string> {
  traces += 1
  const username = `person${traces}`
  await inhabited.addPerson(accountOf(username))
  return username
}

const addressOf = (username: string) => `${username}.home@example.test`
const accountOf = (username: string) => ({
  username,
  displayName: username,
  mails: [`${username}@northwind.example`],
  upn: `${username}@corp.example`,
  recoveryAddresses: [addressOf(username)],
})

async function happens(rekey: Attacked, username: string, step: WorldStep): Promise<void> {
  const exists = rekey === inhabited
  const mails = rekey.mailsTo(addressOf(username))
  switch (step.do) {
    case 'jobs':
    case 'sweep':
      return rekey.settled()
    case 'wait':
      rekey.clock.advance(step.seconds)
      return
    case 'owner-recovers':
    case 'owner-unlocks':
    case 'owner-clicks': {
      await rekey.post('/v1/recoveries', {
        identifier: username,
        kind: step.do === 'owner-unlocks' ? 'unlock' : 'recovery',
      })
      await rekey.settled()
      const spent = await rekey.post('/v1/links', { token: tokenIn(rekey.mailsTo(addressOf(username))) })
      const { id, secret } = spent.json as { id?: string; secret?: string }
      if (step.do === 'owner-clicks' || id === undefined) return
      if (step.do === 'owner-unlocks') await rekey.post(`/v1/recoveries/${id}/unlock`, {}, secret)
      else
        await rekey.post(
          `/v1/recoveries/${id}/password`,
          { password: `copper lantern ${traces} meadow` },
          secret,
        )
      return rekey.settled()
    }
    case 'owner-disavows': {
      const token = mails
        .map(({ text }) => /\/disavow#([\w.-]+)/.exec(text)?.[1])
        .findLast((found) => found !== undefined)
      await rekey.post('/v1/disavowals', { token: token ?? 'none' })
      return
    }
    case 'owner-enrols':
      return enrol(rekey, username)
    case 'owner-clicks-yours':
      await rekey.post('/v1/links', { token: tokenIn(mails) })
      return
    case 'operator-invites': {
      const call = {
        tenant: 'northwind',
        identifier: username,
        address: null,
        locale: null,
        localeOtherwise: 'en',
      }
      const more = {
        service: null,
        invitedBy: 'an operator',
        again: true,
        dryRun: false,
        mayNameAddress: true,
      }
      if (exists) await inviting.invite({ ...call, ...more }, AbortSignal.timeout(10_000))
      return rekey.settled()
    }
    case 'owner-activates': {
      const token = mails
        .map(({ text }) => /\/activate#([\w.-]+)/.exec(text)?.[1])
        .findLast((found) => found !== undefined)
      const spent = await rekey.post('/v1/links', { token: token ?? 'none' })
      const { id, secret } = spent.json as { id?: string; secret?: string }
      if (id === undefined) return
      const password = `copper lantern ${traces} meadow`
      await rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)
      return rekey.settled()
    }
    case 'account':
      if (exists && step.is !== 'locked')
        await rekey.addPerson({ ...accountOf(username), [step.is]: step.on })
      return
    case 'account-goes':
      if (exists) await rekey.removePerson(username)
      return
    case 'flood':
      for (let other = 0; other < 4; other += 1) await rekey.start(username)
      return
    case 'directory':
      // The embedded directory is there whenever the database is.
      return
  }
}

/** In the world without the account there is nobody to sign in. */
async function enrol(rekey: Attacked, username: string): Promise<void> {
  const signed = await rekey.post('/v1/sign-ins', { identifier: username, password: oldPassword })
  const { secret, awaits } = (signed.json ?? {}) as { secret?: string; awaits?: string | null }
  if (secret === undefined || awaits !== null) return
  const send = (path: string, body: object) =>
    rekey.ask(path, {
      method: 'POST',
      headers: { authorization: `Session ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const added = await send('/v1/me/methods', { method: 'totp' })
  const { enrolment, seed } = added.json as { enrolment: { id: string }; seed: string }
  const code = anApp(enrolment.id, seed).code(rekey.clock.now())
  const confirmed = await send(`/v1/me/methods/${enrolment.id}/confirmation`, { code })
  expect(confirmed.status).toBe(200)
  return rekey.settled()
}

const tokenIn = (mails: readonly { text: string }[]): string =>
  mails.map((mail) => secretsOf(mail).token).findLast((token) => token !== '') ?? 'none'

const stageIn = (rekey: Attacked, username: string, client: (rekey: Attacked) => Client): Stage => ({
  client: client(rekey),
  spellings: [
    username,
    username.toUpperCase(),
    `${username}@northwind.example`,
    ` ${username}`,
    `${username}@corp.example`,
  ],
  happens: (step) => happens(rekey, username, step),
})

it.each([
  ['the API', apiClient],
  ['the pages', portalClient],
])(
  'a stranger at %s can’t tell the world with the account from the one without',
  { timeout: 900_000 },
  async (_, client) => {
    await fc.assert(
      fc.asyncProperty(anyTrace, async (trace) => {
        const username = await someone()
        const [with_, without] = [
          await playTrace(trace, stageIn(inhabited, username, client)),
          await playTrace(trace, stageIn(empty, username, client)),
        ]

        expect(with_).toEqual(without)
      }),
      { numRuns: process.env['REKEY_PROVE'] === '1' ? 2_000 : 20 },
    )
    expect(inhabited.mail.received.length).toBeGreaterThan(empty.mail.received.length)
  },
)

it('and would be seen to, if a difference were there: who has the code sees another page', async () => {
  const username = await someone()
  const transcripts: string[][] = []
  for (const rekey of [inhabited, empty]) {
    const client = portalClient(rekey)
    const started = await client.start(username, 'recovery')
    await rekey.settled()
    const { code } = secretsOf(rekey.mailsTo(addressOf(username)).at(-1) ?? { text: '' })
    const tried =
      started.holding && (await client.proveByCode(started.holding, code === '' ? '00000000' : code))
    transcripts.push([JSON.stringify(started.seen), JSON.stringify(tried?.seen)])
  }

  expect(transcripts[0]?.[0]).toBe(transcripts[1]?.[0])
  expect(transcripts[0]?.[1]).not.toBe(transcripts[1]?.[1])
})
