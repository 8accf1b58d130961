import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aPublicApp } from '../../../test/support/public-app.ts'
import { lastMail } from '../../../test/support/recovery-world.ts'
import { aTextedWorld, type TextedWorld, textedCode } from '../../../test/support/texts-in-world.ts'

const csrf = 'c'.repeat(43)

let world: TextedWorld
let app: FastifyInstance
beforeEach(async () => {
  world = aTextedWorld()
  app = await aPublicApp(world)
})
afterEach(() => app.close())

/** Somebody at a browser without script who has started for a name and waited for the mail. */
async function waiting(identifier: string) {
  const cookies = new Map([['__Host-rekey-csrf', csrf]])
  const ask = async (url: string, fields?: Readonly<Record<string, string>>) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await app.inject({
      ...{ url, method: fields === undefined ? 'GET' : 'POST' },
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      ...(fields === undefined ? {} : { payload: new URLSearchParams({ csrf, ...fields }).toString() }),
    })
    for (const { name, value } of answer.cookies) cookies.set(name, value)
    return answer
  }
  await ask('/recover/start', { identifier })
  await world.runJobs()
  world.clock.advance(world.rules.askPauseSeconds)
  return ask
}

describe('a text on the pages', () => {
  it('is a link away, goes out when it is asked for, and its code leads on', async () => {
    const ask = await waiting('ada')
    expect((await ask('/recover')).body).toContain('href="/recover?method=sms_code"')
    const asking = await ask('/recover?method=sms_code')
    expect(asking.body).toContain('<input type="hidden" name="method" value="sms_code"/>')
    expect(asking.body).toContain('autoComplete="one-time-code"')
    expect(lastMail(world).order.channel).toBeUndefined()

    const asked = await ask('/recover/resend', { method: 'sms_code' })
    await world.runJobs()
    const soon = await ask('/recover/resend', { method: 'sms_code' })
    const unread = await ask('/recover/code', { method: 'sms_code', code: '1234' })

    expect(world.texts()).toHaveLength(1)
    expect(asked.body).toContain('If the account has a number on file, a text with a code is on its way.')
    expect(soon.body).toContain('Wait a minute, then ask again.')
    expect(unread.body).toContain('The code has eight digits')
    expect((await ask('/recover/code', { method: 'sms_code', code: textedCode(world) })).statusCode).toBe(303)
    expect((await ask('/recover')).body).toContain('Choose a new password')
  })

  it('looks the same for who has a number, for who has none, and for nobody', async () => {
    const seen: string[][] = []
    for (const name of ['ada', 'bob', 'nobody']) {
      const ask = await waiting(name)
      seen.push([
        (await ask('/recover?method=sms_code')).body,
        (await ask('/recover/resend', { method: 'sms_code' })).body,
        (await ask('/recover/code', { method: 'sms_code', code: '00000000' })).body,
      ])
      await world.runJobs()
    }

    expect(seen).toEqual(seen.map(() => seen[0]))
  })
})
