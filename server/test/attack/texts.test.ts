import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aTextVendor, type TextVendor, vendorModels } from '../support/text-vendors.ts'
import { type Attacked, anAttackedRekey, type StartedFlow } from './attacked.ts'

const stored = '+45 20 12 34 56'
const theirs = '+45 20 98 76 54'

let rekey: Attacked
let vendor: TextVendor
beforeAll(async () => {
  vendor = await aTextVendor(vendorModels.twilio)
  const { url } = vendor.settings.vendor
  rekey = await anAttackedRekey({
    env: { ATTACKED_SMS: 'a right secret' },
    tenant: { policy: { recovery: { methods: ['email_link', 'email_code', 'sms_code'] } } },
    config: {
      texts: {
        countries: ['DK'],
        providers: [
          {
            ...{ name: 'gateway', kind: 'sms-http', from: '+4570123456' },
            vendor: { is: 'twilio', account: 'AC1', token: { env: 'ATTACKED_SMS' }, url },
          },
        ],
        prices: { currency: 'EUR', text: 0.08 },
        caps: { perNumberQuarterHour: 2 },
      },
    },
  })
})
afterAll(async () => {
  await rekey[Symbol.asyncDispose]()
  await vendor[Symbol.asyncDispose]()
})

const person = (username: string, number: string) =>
  rekey.addPerson({
    username,
    displayName: username,
    mails: [`${username}@example.test`],
    recoveryAddresses: [`${username}.home@example.test`],
    recoveryNumbers: [number],
  })
const ask = (flow: StartedFlow, over: object = {}) =>
  rekey.post(`/v1/recoveries/${flow.id}/challenges`, { method: 'sms_code', ...over }, flow.secret)
const asked = async (username: string) => {
  const flow = await rekey.start(username)
  await rekey.settled()
  rekey.clock.advance(60)
  const { status } = await ask(flow)
  await rekey.settled()
  return { ...flow, status }
}
const numbers = () => vendor.received.map(({ to }) => to)

describe('[12] a request that names a telephone', () => {
  it('is refused at every step, and the text goes to the number of the directory alone', async () => {
    await person('dora', stored)
    const flow = await rekey.start('dora')
    await rekey.settled()
    rekey.clock.advance(60)

    for (const field of ['phone', 'phoneNumber', 'to', 'number', 'recoveryNumbers', 'mobile']) {
      const over = { [field]: theirs }
      const answers = [
        await rekey.post('/v1/recoveries', { identifier: 'dora', ...over }),
        await ask(flow, over),
        await ask(flow, { [field]: [stored, theirs] }),
      ]
      expect([field, ...answers.map(({ status }) => status)]).toEqual([field, 400, 400, 400])
    }
    await rekey.settled()
    expect(numbers()).toEqual([])

    expect((await ask(flow)).status).toBe(202)
    await rekey.settled()
    expect(numbers()).toEqual(['+4520123456'])
    const code = /^(\d{8}) /.exec(vendor.received[0]?.text ?? '')?.[1] ?? ''
    const proof = { method: 'sms_code', code }
    const proven = await rekey.post(`/v1/recoveries/${flow.id}/proofs`, proof, flow.secret)
    expect(proven.json).toMatchObject({ state: 'proven' })
  })
})

describe('[89] texts that somebody earns by', () => {
  it('go to no other country and no premium number, and to a number no oftener than it may have them', async () => {
    const before = numbers().length
    await person('erin', '+44 7911 123456')
    await person('fred', '+45 90 12 34 56')
    await person('gina', '+45 30 12 34 56')

    const answers = []
    for (const username of ['erin', 'fred', 'gina', 'gina', 'gina', 'nobody']) {
      answers.push((await asked(username)).status)
    }

    expect(answers).toEqual([202, 202, 202, 202, 202, 202])
    expect(numbers().slice(before)).toEqual(['+4530123456', '+4530123456'])
    expect(await rekey.audit('text.refused')).toBe(3)
    expect(rekey.log()).not.toMatch(/30 ?12 ?34 ?56|7911 ?123456/)
  })
})
