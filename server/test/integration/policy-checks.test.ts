import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { call, type Held, proveByMail, setPassword, startFlow } from '../support/person-at-api.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const before = 'before it was forgotten'
const lost = 'seven otters borrow umbrellas'
const safe = 'eleven otters return umbrellas'

let directory: OpenLdap
let mail: MailServer
let service: Rekey
const range = createServer((_, reply) => {
  reply.end(`${createHash('sha1').update(lost).digest('hex').slice(5).toUpperCase()}:7\r\n`)
})

beforeAll(async () => {
  directory = await startOpenLdap()
  mail = await aMailServer({ tls: 'none' })
  range.listen(0, '127.0.0.1')
  await once(range, 'listening')
  const url = `http://127.0.0.1:${(range.address() as { port: number }).port}`
  const { config, env } = onOpenLdap(directory)
  const breach = { range: { url }, whenUnanswered: 'refuse' }
  service = await startRekey({ config: { ...config, breach }, env, smtp: mail })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await mail[Symbol.asyncDispose]()
  await directory[Symbol.asyncDispose]()
  range.close()
})

async function somebody(uid: string): Promise<Held> {
  const address = `${uid}@home.example`
  await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
  return proveByMail(service.portalUrl, { identifier: uid, address }, mail)
}

const check = ({ id, secret }: Held, password: string) =>
  call(service.portalUrl, '/v1/policy-checks', { flow: id, password }, secret)
const codesOf = (answer: Awaited<ReturnType<typeof call>>) =>
  ((answer?.body['errors'] ?? []) as { code: string }[]).map(({ code }) => code)

it('says of a password what sending it would say, and uses nothing up', async () => {
  const held = await somebody('ada')
  const weak = [
    '',
    'short',
    'a'.repeat(300),
    'passwordpassword',
    'abcdefghijklmnopqrst',
    'adaadaadaadaada',
    'bad\u0007byte in here',
  ]
  for (const password of weak) {
    const checked = await check(held, password)
    const sent = await setPassword(service.portalUrl, held, password)

    expect([password, checked?.status, checked?.body['accepted']]).toEqual([password, 200, false])
    expect(codesOf(checked).length).toBeGreaterThan(0)
    expect([password, codesOf(checked)]).toEqual([password, codesOf(sent)])
  }
  for (let time = 0; time < 30; time += 1) expect((await check(held, 'short'))?.status).toBe(200)
  const good = await check(held, safe)

  expect(good).toMatchObject({ status: 200, body: { accepted: true, errors: [] } })
  expect((good?.body['rules'] as { rule: string }[]).map(({ rule }) => rule)).toEqual([
    'length',
    'any-characters',
    'not-common',
    'not-about-you',
    'hard-to-guess',
    'not-breached',
  ])
  expect((await setPassword(service.portalUrl, held, safe))?.status).toBe(200)
})

it('is no oracle for old passwords and for lists: both are answered on sending, and counted', async () => {
  const held = await somebody('bob')

  for (const password of [before, lost]) {
    expect((await check(held, password))?.body).toMatchObject({ accepted: true, errors: [] })
  }
  expect(codesOf(await setPassword(service.portalUrl, held, before))).toEqual(['password-in-history'])
  expect(codesOf(await setPassword(service.portalUrl, held, lost))).toEqual(['password-breached'])
})

it('tells nobody while they type what the other recovery address is', async () => {
  const [address, other] = ['gus@home.example', 'unguessable.mailbox.of.gus@elsewhere.example'] as const
  await directory.addPeople([{ uid: 'gus', password: before, recoveryAddresses: [address, other] }])
  const held = await proveByMail(service.portalUrl, { identifier: 'gus', address }, mail)

  expect(codesOf(await check(held, other))).toEqual([])
  expect(codesOf(await setPassword(service.portalUrl, held, other))).toEqual(['password-contains-you'])
})

it('answers nobody but the holder of a flow that waits for a password', async () => {
  const held = await somebody('cyd')
  const other = await somebody('dan')
  const unproven = await startFlow(service.portalUrl, 'cyd')
  const nobodys = await startFlow(service.portalUrl, 'nobody-of-that-name')
  const status = async (flow: Held) => (await check(flow, safe))?.status

  expect(await status({ id: held.id, secret: other.secret })).toBe(404)
  expect(await status({ id: 'doesnotexist', secret: held.secret })).toBe(404)
  const [mine, theirs] = await Promise.all([check(unproven, safe), check(nobodys, safe)])
  expect([mine?.status, theirs?.status]).toEqual([409, 409])
  expect({ ...mine?.body, instance: '' }).toEqual({ ...theirs?.body, instance: '' })
  expect(
    (await call(service.portalUrl, '/v1/policy-checks', { flow: held.id, password: safe }))?.status,
  ).toBe(401)
  await setPassword(service.portalUrl, held, safe)
  expect(await status(held)).toBe(409)
})

it('stops answering whoever asks without end', async () => {
  const held = await somebody('eve')
  const statuses: (number | undefined)[] = []
  for (let time = 0; time < 210; time += 1) statuses.push((await check(held, `guess ${time}`))?.status)

  expect(statuses.slice(0, 200).every((status) => status === 200)).toBe(true)
  expect(statuses.slice(200).every((status) => status === 429)).toBe(true)
  expect((await setPassword(service.portalUrl, held, safe))?.status).toBe(200)
})
