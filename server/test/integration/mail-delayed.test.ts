import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Attacked, anAttackedRekey, victimAddress } from '../attack/attacked.ts'

const soon = { timeout: 30_000, interval: 50 }

let rekey: Attacked
beforeAll(async () => {
  rekey = await anAttackedRekey()
  for (const username of ['victim', 'other', 'third']) {
    await rekey.addPerson({
      username,
      displayName: username,
      mails: [`${username}@northwind.example`],
      recoveryAddresses: [username === 'victim' ? victimAddress : `${username}.home@example.test`],
    })
  }
})
afterAll(() => rekey[Symbol.asyncDispose]())

const begin = async (identifier: string) => {
  const { status, json } = await rekey.post('/v1/recoveries', { identifier })
  return { status, body: json as Record<string, unknown> & { id: string; secret: string } }
}
const look = async ({ id, secret }: { id: string; secret: string }) =>
  (await rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })).json as object
const page = async ({ id, secret }: { id: string; secret: string }) =>
  (await rekey.ask('/recover', { headers: { cookie: `__Host-rekey-flow=${id}.${secret}` } })).text

const drawn = { id: '', secret: '', expiresAt: '' }
const sentence = 'Mail is delayed right now.'

describe('people who wait for a mail while no provider works', () => {
  it('are told so, whoever asks for whom, until mail flows again and what was ordered has come', async () => {
    const early = await begin('victim')
    await rekey.settled()
    expect(early.body).not.toHaveProperty('notices')
    expect(await page(early.body)).not.toContain(sentence)

    rekey.mail.fault = { at: 'connect', code: 554 }
    rekey.mail.hangUp()
    // No mail is ordered meanwhile: a message that fails would make the moment tell on its account.
    await vi.waitFor(async () => expect(await look(early.body)).toHaveProperty('notices'), soon)
    const [known, unknown] = [await begin('victim'), await begin('nobody-of-that-name')]

    expect({ ...known.body, ...drawn }).toEqual({ ...unknown.body, ...drawn })
    expect(known).toMatchObject({ status: 202, body: { notices: ['mail-delayed'] } })
    for (const { body } of [known, unknown]) {
      expect(await look(body)).toMatchObject({ notices: ['mail-delayed'] })
      expect(await page(body)).toContain(sentence)
    }

    rekey.mail.fault = null
    const before = rekey.mailsTo(victimAddress).length
    rekey.clock.advance(20)
    await vi.waitFor(async () => expect(await look(known.body)).not.toHaveProperty('notices'), soon)
    expect(await page(unknown.body)).not.toContain(sentence)
    await vi.waitFor(() => expect(rekey.mailsTo(victimAddress).length).toBeGreaterThan(before), soon)
  })
})
