import { expect, it } from 'vitest'
import { aPublicApp } from '../../test/support/public-app.ts'
import { aClient, anAccount, aWorld, type Holding, prove } from '../../test/support/recovery-world.ts'
import { Fault } from '../kernel/fault.ts'

const password = 'seven otters borrow umbrellas'

it.each([
  [2_340, '2340', 'Try again in 39 minutes.'],
  [null, '60', 'Try again in 60 seconds.'],
])(
  'a directory that says when to come back (%s) has pages and API say it',
  async (seconds, header, words) => {
    const world = aWorld({ accounts: [anAccount('ada', { locked: true })] })
    const app = await aPublicApp(world)
    const cap = () =>
      Promise.reject(new Fault('directory-unreachable', { detail: 'a cap', retryAfterSeconds: seconds }))
    world.directory.setPassword = cap
    world.directory.unlock = cap
    const overApi = async (work: 'password' | 'unlock', { id, secret }: Holding) => {
      const { statusCode, headers } = await app.inject({
        method: 'POST',
        url: `/v1/recoveries/${id}/${work}`,
        headers: { authorization: `Flow ${secret}` },
        ...(work === 'password' ? { payload: { password } } : {}),
      })
      return [statusCode, headers['retry-after']]
    }
    const onPage = async ({ id, secret }: Holding) => {
      const held = `__Host-rekey-flow=${id}.${secret}`
      const page = await app.inject({ url: '/unlock', headers: { cookie: held } })
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
      return app.inject({
        method: 'POST',
        url: '/unlock/confirm',
        headers: {
          cookie: `${held}; __Host-rekey-csrf=${csrf}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: new URLSearchParams({ csrf }).toString(),
      })
    }
    const forUnlock = await prove(world, 'ada', aClient(), 'unlock')

    expect(await overApi('password', await prove(world, 'ada', aClient()))).toEqual([503, header])
    expect(await overApi('unlock', forUnlock)).toEqual([503, header])
    const page = await onPage(forUnlock)
    expect(page.statusCode).toBe(503)
    expect(page.body).toContain('We could not reach the directory')
    expect(page.body).toContain(words)
    await app.close()
  },
)
