import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asked, WorkChallenge } from '../../src/core/gate/index.ts'
import { encoded, solved } from '../support/gate-world.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const csrf = 'C'.repeat(43)
const southern = 'recovery.southwind.test'
const perMinute = 10

let rekey: Attacked
let asked = 0

beforeAll(async () => {
  rekey = await anAttackedRekey({
    trustedProxies: ['127.0.0.1'],
    limits: { requestsPerNetworkPerMinute: perMinute },
    tenant: { gate: { requestsPerMinute: perMinute, failuresPerMinute: perMinute } },
    moreTenants: [{ id: 'southwind', name: 'Southwind', publicUrl: `https://${southern}` }],
    // What the other tenant is asked for is everybody's trouble here.
    config: { gate: { difficulty: 20, requestsPerMinute: perMinute } },
  })
  await rekey.addPerson({ username: 'ada', displayName: 'Ada', recoveryAddresses: ['ada.home@example.test'] })
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** From a network of its own each time, unless one is named. */
const networkOf = (from?: string) => from ?? `10.${(asked += 1) >> 8}.${asked & 255}.1`

const post = (
  path: string,
  body: object,
  { host = 'recovery.northwind.test', from }: { host?: string; from?: string } = {},
) =>
  rekey.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', host, 'x-forwarded-for': networkOf(from) },
    body: JSON.stringify(body),
  })

const start = (more: object = {}, at?: Parameters<typeof post>[2]) =>
  post('/v1/recoveries', { identifier: 'ada', ...more }, at)
const signIn = (more: object = {}, at?: Parameters<typeof post>[2]) =>
  post('/v1/sign-ins', { identifier: 'ada', password: oldPassword, ...more }, at)

const codeOf = ({ json }: RawAnswer) => /#([\w-]+)$/.exec((json as { type?: string }).type ?? '')?.[1] ?? ''

/** Twice as many as are free. They name nobody, and do no work. */
async function crowd(): Promise<void> {
  await Promise.all(Array.from({ length: 2 * perMinute }, (_, one) => start({ identifier: `nobody ${one}` })))
}

async function work(at?: Parameters<typeof post>[2]): Promise<Asked> {
  await crowd()
  const answer = await start({}, at)
  if (codeOf(answer) !== 'work-needed') throw new Error(`no work was asked for: ${answer.status}`)
  return (answer.json as { work: Asked }).work
}

const moved = (challenge: WorkChallenge, data: object): WorkChallenge => ({
  ...challenge,
  parameters: { ...challenge.parameters, data: { ...challenge.parameters.data, ...data } },
})

describe('[250] work that was done once', () => {
  it('counts once, also for thirty at once', async () => {
    const shown = { work: await solved((await work()).challenge) }

    const answers = await Promise.all(Array.from({ length: 30 }, () => start(shown)))

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
    expect(answers.filter((answer) => codeOf(answer) === 'work-needed')).toHaveLength(29)
    expect(codeOf(await start(shown))).toBe('work-needed')
    expect(await rekey.audit('gate.replayed')).toBeGreaterThan(0)
  })

  it('counts once as a wait as well', async () => {
    const { wait } = await work()
    rekey.clock.advance(wait.seconds)
    await crowd()

    const answers = await Promise.all(Array.from({ length: 9 }, () => start({ wait: wait.token })))

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
  })
})

describe('[251] work that was done for something else', () => {
  it('counts for no other tenant', async () => {
    const shown = { work: await solved((await work()).challenge) }

    expect(codeOf(await start(shown, { host: southern }))).toBe('work-needed')
    expect((await start(shown)).status).toBe(202)
  })

  it('counts for no sign-in when it was for a start, and the other way round', async () => {
    const shown = { work: await solved((await work()).challenge) }
    const { challenge } = (await post('/v1/work', { purpose: 'sign-in' })).json as Asked
    const other = { work: await solved(challenge) }

    expect(codeOf(await signIn(shown))).toBe('work-needed')
    expect(codeOf(await start(other))).toBe('work-needed')
    expect([(await start(shown)).status, (await signIn(other)).status]).toEqual([202, 201])
  })
})

describe('[252] work that was done long ago', () => {
  it('does not count after five minutes, and does until then', async () => {
    const [early, late] = [await work(), await work()]
    const [old, fresh] = [await solved(early.challenge), await solved(late.challenge)]
    rekey.clock.advance(299)
    await crowd()
    expect((await start({ work: fresh })).status).toBe(202)
    rekey.clock.advance(2)
    await crowd()

    expect(codeOf(await start({ work: old }))).toBe('work-needed')
  })
})

describe('[253] a task that was made easier', () => {
  it('is not ours any more', async () => {
    const { challenge } = await work()
    const { solution } = JSON.parse(Buffer.from(await solved(challenge), 'base64').toString()) as {
      solution: unknown
    }
    const easy = { ...challenge, parameters: { ...challenge.parameters, keyPrefix: '0' } }
    const forged = [
      await solved(easy),
      await solved({ ...easy, parameters: { ...easy.parameters, cost: 1 } }),
      encoded(moved(challenge, { factor: 16 }), solution),
      encoded(moved(challenge, { expiresAt: 9e15 }), solution),
      encoded({ parameters: challenge.parameters }, solution),
      encoded(challenge, { counter: 1, derivedKey: challenge.parameters.keyPrefix.padEnd(64, '0') }),
    ]

    for (const shown of forged) expect(codeOf(await start({ work: shown }))).toBe('work-needed')
    expect((await start({ work: encoded(challenge, solution) })).status).toBe(202)
  })

  it('does not count when it was given out before the trouble began', async () => {
    rekey.clock.advance(7_200)
    const { challenge } = (await post('/v1/work', { purpose: 'start' })).json as Asked
    for (let one = 0; one < 4; one += 1) await crowd()

    expect(codeOf(await start({ work: await solved(challenge) }))).toBe('work-needed')
  })
})

describe('[254] a crowd of strangers', () => {
  it('keeps nobody out: whoever does the work, or waits, gets in at once', async () => {
    for (let one = 0; one < 3; one += 1) await crowd()
    const { challenge, wait } = await work()
    const at = { from: '203.0.113.9' }

    expect((await start({ work: await solved(challenge) }, at)).status).toBe(202)
    rekey.clock.advance(wait.seconds)
    await crowd()
    expect((await start({ wait: wait.token }, at)).status).toBe(202)
  })

  it('has nothing compared and nobody written to that did no work', async () => {
    await crowd()
    await rekey.settled()
    const before = [
      await rekey.audit('recovery.requested'),
      await rekey.audit('sign-in.refused'),
      rekey.mail.received.length,
    ]

    await Promise.all(
      Array.from({ length: 20 }, (_, one) => (one % 2 === 0 ? start() : signIn({ password: 'a guess' }))),
    )
    await rekey.settled()

    expect([
      await rekey.audit('recovery.requested'),
      await rekey.audit('sign-in.refused'),
      rekey.mail.received.length,
    ]).toEqual(before)
  })

  it('is asked alike whoever is named', async () => {
    await crowd()
    const shapes = []
    for (const identifier of ['ada', 'nobody-of-that-name', 'victim', '?']) {
      const { status, headers, json } = await start({ identifier })
      const { instance: _, work: given, ...body } = json as { instance: string; work: Asked }
      const { data } = given.challenge.parameters
      shapes.push({
        status,
        headers: Object.keys(headers).toSorted(),
        body,
        data: { ...data, expiresAt: 0 },
        seconds: given.wait.seconds,
      })
    }

    for (const shape of shapes) expect(shape).toEqual(shapes[0])
    expect(shapes[0]).toMatchObject({ status: 429, body: { title: 'A little work first' } })
  })
})

describe('[255] the pages in a crowd', () => {
  const send = (path: string, fields: Record<string, string>) =>
    rekey.ask(path, {
      method: 'POST',
      headers: {
        host: 'recovery.northwind.test',
        cookie: `__Host-rekey-csrf=${csrf}`,
        'x-forwarded-for': networkOf(),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ csrf, ...fields }).toString(),
    })
  const waitIn = (html: string) => /name="wait" value="([^"]+)"/.exec(html)?.[1] ?? ''

  it('give a task to the script of their own form alone, and take it once', async () => {
    await crowd()
    const { json } = await send('/work', { purpose: 'start' })
    const shown = { identifier: 'ada', work: await solved((json as { challenge: WorkChallenge }).challenge) }

    expect((await send('/work', { purpose: 'start', csrf: 'D'.repeat(43) })).status).toBe(403)
    expect((await send('/recover/start', shown)).status).toBe(303)
    expect((await send('/recover/start', shown)).status).toBe(429)
  })

  it('let those in who run no script, when they have waited, and show no password again', async () => {
    await crowd()
    const refused = await send('/sign-in', { identifier: 'ada <b>', password: oldPassword })
    expect(refused.status).toBe(429)
    expect(refused.text).not.toContain(oldPassword)
    expect(refused.text).not.toContain('<b>')
    const { text } = await send('/recover/start', { identifier: 'ada' })
    const wait = waitIn(text)
    const seconds = Number(/in (\d+) seconds?/.exec(text)?.[1])

    const soon = await send('/recover/start', { identifier: 'ada', wait, work: '' })
    expect([soon.status, waitIn(soon.text)]).toEqual([429, wait])
    rekey.clock.advance(seconds)
    await crowd()
    expect((await send('/recover/start', { identifier: 'ada', wait, work: '' })).status).toBe(303)
  })
})
