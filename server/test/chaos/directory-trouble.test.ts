import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { passwordWrites } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import {
  type ApiAnswer,
  call,
  eventually,
  type Held,
  proveByMail,
  setPassword,
} from '../support/person-at-api.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const before = 'before the trouble 1'

let directory: OpenLdap
let mail: MailServer
let proxy: TcpProxy
let rekey: Rekey
let person: { uid: string; address: string; flow: Held; password: string }
/** Requests to the directory that a new password takes, the write included; each is one piece on the wire. */
let piecesUpToWrite: number
const opened = new AsyncDisposableStack()

beforeAll(async () => {
  directory = opened.use(await startOpenLdap())
  mail = opened.use(await aMailServer({ tls: 'none' }))
  proxy = opened.use(await startTcpProxy({ port: Number(new URL(directory.ldapsUrl).port) }))
  const { config, env } = onOpenLdap(directory, {
    limits: { directorySeconds: 1 },
    directory: { urls: [`ldaps://localhost:${proxy.port}`] },
  })
  rekey = opened.use(await startRekey({ config, env, smtp: mail }))
  await aPerson()
  const before = proxy.arrived
  expect(await set()).toMatchObject({ status: 200 })
  // The last thing that is asked is whether the new password has to be changed.
  piecesUpToWrite = proxy.arrived - before - 1
})

afterAll(() => opened.disposeAsync())

beforeEach(aPerson)

let count = 0
async function aPerson(): Promise<void> {
  count += 1
  const uid = `troubled${count}`
  const address = `${uid}.home@example.test`
  await directory.addPeople([{ uid, password: before, recoveryAddresses: [address] }])
  const flow = await proveByMail(rekey.portalUrl, { identifier: uid, address }, mail)
  person = { uid, address, flow, password: `copper lantern meadow ${count} tundra` }
}

const stateNow = async () => {
  const look = await call(rekey.portalUrl, `/v1/recoveries/${person.flow.id}`, undefined, person.flow.secret)
  return look?.body ?? {}
}
const set = () => setPassword(rekey.portalUrl, person.flow, person.password)
const writes = () => passwordWrites(directory).get(person.uid) ?? 0
const works = (password: string) => directory.canBind(person.uid, password)

/** "Your password is unchanged" is said, and it is. */
async function expectUnchanged(answer: ApiAnswer | null): Promise<void> {
  expect(answer).toMatchObject({
    status: 503,
    body: {
      type: expect.stringMatching(/#directory-unreachable$/),
      detail: expect.stringMatching(/unchanged/),
    },
  })
  expect(await stateNow()).toMatchObject({ state: 'proven' })
}

async function expectUnknown(answer: ApiAnswer | null): Promise<void> {
  expect(answer).toMatchObject({ status: 410, body: { because: 'outcome-unknown' } })
  expect(JSON.stringify(answer)).not.toMatch(/unchanged/)
  expect(await stateNow()).toMatchObject({ state: 'ended', because: 'outcome-unknown' })
  await eventually('the mail that says what to do', () =>
    mail.received.some(({ to, text }) => to.includes(person.address) && !text.includes('/recover#')),
  )
}

/** Does something while the request to write, and nothing else, is on its way to the directory. */
async function inTheMiddle(happens: () => void | Promise<void>): Promise<ApiAnswer | null> {
  const write = proxy.arrived + piecesUpToWrite
  proxy.delay = () => (proxy.arrived === write ? 300 : 0)
  const answer = set()
  await proxy.arrival(write)
  expect(await stateNow()).toMatchObject({ state: 'writing' })
  proxy.delay = () => 0
  await happens()
  return answer
}

/** A flow that starts at once leads to a password, whatever became of the last one. */
async function comeBack(): Promise<void> {
  const { uid, address, password } = person
  const flow = await proveByMail(rekey.portalUrl, { identifier: uid, address }, mail)
  const newer = `${password} again`
  await eventually('the write of the new flow', async () => {
    const answer = await setPassword(rekey.portalUrl, flow, newer)
    if (answer?.status === 409) return sleep(250)
    expect(answer).toMatchObject({ status: 200 })
    return true
  })
  expect(await works(newer)).toBe(true)
}

describe('a directory that is', () => {
  it('stopped has certainly not written: the flow goes on, and works when the directory is back', async () => {
    await directory.stop()
    const refused = await set()
    await expectUnchanged(refused)
    await directory.restart()
    expect(await works(before)).toBe(true)
    expect(writes()).toBe(0)

    expect(await set()).toMatchObject({ status: 200, body: { state: 'completed' } })
    expect([await works(person.password), await works(before), writes()]).toEqual([true, false, 1])
  })

  it('half open from the start has certainly not written', async () => {
    proxy.lost = new Set(['to-server', 'to-client'])
    const refused = await set()
    proxy.lost = new Set()

    await expectUnchanged(refused)
    expect([await works(before), writes()]).toEqual([true, 0])
    expect(await set()).toMatchObject({ status: 200 })
  })

  it('too slow to be read has certainly not written', async () => {
    proxy.delay = () => 1_500
    const refused = await set()
    proxy.delay = () => 0

    await expectUnchanged(refused)
    await sleep(3_000)
    expect([await works(before), writes()]).toEqual([true, 0])
  })

  it('slow within its deadline is waited for', async () => {
    proxy.delay = () => 60
    const answer = await set()
    proxy.delay = () => 0

    expect(answer).toMatchObject({ status: 200 })
    expect([await works(person.password), writes()]).toEqual([true, 1])
  })
})

describe('a write', () => {
  it('whose answer is lost is found out by one sign-in, and told as done', async () => {
    const answer = await inTheMiddle(async () => {
      proxy.lost = new Set(['to-client'])
      await eventually('the write at the directory', () => writes() === 1)
      proxy.reset()
      proxy.lost = new Set()
    })

    expect(answer).toMatchObject({ status: 200, body: { state: 'completed' } })
    expect([await works(person.password), await works(before), writes()]).toEqual([true, false, 1])
  })

  it('whose answer is lost for longer than the probe waits is told as unknown, and was done', async () => {
    const answer = await inTheMiddle(() => {
      proxy.lost = new Set(['to-client'])
    })
    proxy.lost = new Set()

    await expectUnknown(answer)
    expect([await works(person.password), writes()]).toEqual([true, 1])
    await comeBack()
  })

  it.each([
    ['and the sign-in that follows is refused', true],
    ['and neither does the sign-in that follows', false],
  ])('that never arrives is told as unknown, never as unchanged: %s', async (_, mended) => {
    const answer = await inTheMiddle(async () => {
      proxy.lost = new Set(['to-server'])
      if (!mended) return
      await sleep(500)
      proxy.lost = new Set()
    })
    proxy.lost = new Set()

    await expectUnknown(answer)
    expect([await works(before), writes()]).toEqual([true, 0])
  })

  it('cut off by a reset is told by what the directory then says', async () => {
    const answer = await inTheMiddle(() => {
      proxy.reset()
    })

    const isWritten = await works(person.password)
    expect(writes()).toBeLessThanOrEqual(1)
    if (answer?.status === 200) expect(isWritten).toBe(true)
    else await expectUnknown(answer)
  })

  it('that the directory applies after everybody gave up is told as unknown, and not repeated', async () => {
    const answer = await inTheMiddle(async () => {
      await directory.pause()
    })
    directory.resume()

    await expectUnknown(answer)
    await eventually('the late write', () => writes() === 1)
    expect(await works(person.password)).toBe(true)
    await comeBack()
    expect(writes()).toBe(2)
  })

  it('during which the directory is killed is told as unknown, and the flow is over', async () => {
    const answer = await inTheMiddle(async () => {
      await directory.kill()
    })
    await directory.restart()

    await expectUnknown(answer)
    await comeBack()
  })
})

describe('on the pages', () => {
  it('and at the API a directory that is stopped is told as "unchanged" only while it is', async () => {
    const cookie = `__Host-rekey-flow=${person.flow.id}.${person.flow.secret}; __Host-rekey-csrf=${'A'.repeat(43)}`
    const send = () =>
      fetch(`${rekey.portalUrl}/recover/password`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf: 'A'.repeat(43), password: person.password }),
      })
    await directory.stop()
    const refused = await send()
    const atApi = await fetch(`${rekey.portalUrl}/v1/recoveries/${person.flow.id}/password`, {
      method: 'POST',
      headers: { authorization: `Flow ${person.flow.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ password: person.password }),
    })
    await directory.restart()

    expect(refused.status).toBe(503)
    expect([atApi.status, atApi.headers.get('retry-after')]).toEqual([503, '60'])
    expect(await refused.text()).toMatch(/unchanged/i)
    expect([await works(before), writes()]).toEqual([true, 0])
    expect((await send()).status).toBe(303)
    expect([await works(person.password), writes()]).toEqual([true, 1])
  })
})
