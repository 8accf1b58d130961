import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type MemoryDirectory, makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { aPublicApp } from '../../../test/support/public-app.ts'
import { anAccount, aWorld, type Holding, prove, type World } from '../../../test/support/recovery-world.ts'

/** What the pages say to somebody whose directories are away while a password is set. */
const fresh = 'correct horse battery staple'
const csrf = 'c'.repeat(43)

let world: World
/** Follows `people`. */
let shop: MemoryDirectory
let app: FastifyInstance
beforeEach(async () => {
  shop = makeMemoryDirectory('shop', [anAccount('ada', { key: 'shop-ada' })])
  world = aWorld({
    accounts: [anAccount('ada')],
    directories: [shop],
    wrap: (deps) => ({
      ...deps,
      tenant(id) {
        const tenant = deps.tenant(id)
        const leads = tenant.directory('people')
        if (leads === null) throw new Error('nobody leads')
        const follow = [{ directory: shop, by: 'username', as: 'username' }] as const
        return { ...tenant, links: [{ leads, follow }] }
      },
    }),
  })
  app = await aPublicApp(world)
})
afterEach(() => app.close())

const post = ({ id, secret }: Holding, path: string, fields: Readonly<Record<string, string>>) =>
  app.inject({
    method: 'POST',
    url: path,
    headers: {
      cookie: `__Host-rekey-flow=${id}.${secret}; __Host-rekey-csrf=${csrf}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ csrf, ...fields }).toString(),
  })
const send = (held: Holding, more: Readonly<Record<string, string>> = {}) =>
  post(held, '/recover/password', { password: fresh, ...more })
const rest = { rest: 'yes' }
const triedIn = (html: string) => /<b>(Tried again[^<]*)<\/b>(?:<p>(.*?)<\/p>)?/.exec(html)?.slice(1)

it('a page that tries the rest again says that it has, and which application was away', async () => {
  const held = await prove(world, 'ada')
  shop.down = true
  const first = await send(held)
  const again = await send(held, rest)
  shop.down = false
  shop.nextWrite = { is: 'refused', because: 'password-in-history' }
  const refused = await send(held, rest)

  expect([first.statusCode, again.statusCode, refused.statusCode]).toEqual([303, 200, 200])
  expect(triedIn(again.body)).toEqual([
    'Tried again just now: it still does not work everywhere.',
    'Could not be reached: the shop. Try again in 60 seconds.',
  ])
  expect(triedIn(refused.body)).toEqual([
    'Tried again just now: it still does not work everywhere.',
    undefined,
  ])
})

it('it does not say that nothing was changed when the directory that leads is away by then', async () => {
  const held = await prove(world, 'ada')
  shop.down = true
  await send(held)
  shop.down = false
  world.directory.down = true
  const again = await send(held, rest)

  expect([again.statusCode, again.headers['retry-after']]).toEqual([503, '60'])
  expect(triedIn(again.body)?.[1]).toBe('Could not be reached: the people. Try again in 60 seconds.')
  expect(again.body).toContain('<b>the people</b> The new password works.')
})

it('it says the same where a write that got no answer may still arrive', async () => {
  const held = await prove(world, 'ada')
  shop.nextWrite = { is: 'unanswered', applied: false }
  await send(held)
  const again = await send(held, rest)

  expect(again.statusCode).toBe(409)
  expect(triedIn(again.body)).toEqual(['Tried again just now: it still does not work everywhere.', undefined])
})

it('what is asked while somebody types is answered with nothing, which is no error in a browser', async () => {
  const held = await prove(world, 'ada')
  const ask = () => post(held, '/recover/check', { password: fresh })
  const before = await ask()
  world.directory.down = true
  const away = await ask()
  world.directory.down = false
  const { passwordChecksPerFlow } = world.rules
  for (let asked = 2; asked < passwordChecksPerFlow.max; asked++) await ask()
  const tooMany = await ask()

  expect(before.json()).toMatchObject({ unmet: [] })
  expect(
    [away, tooMany].map(({ statusCode, body, headers }) => [statusCode, body, headers['cache-control']]),
  ).toEqual(Array.from({ length: 2 }, () => [204, '', 'no-store']))
})

it('whoever goes on from there once everything is back is done', async () => {
  const held = await prove(world, 'ada')
  shop.down = true
  await send(held)
  shop.down = false
  const done = await send(held, rest)

  expect([done.statusCode, done.headers.location]).toEqual([303, '/recover'])
  expect(shop.passwords.get('shop-ada')).toBe(fresh)
})

it('whoever finds no directory at all is told when to try again, as the API tells', async () => {
  const held = await prove(world, 'ada')
  world.directory.down = true
  const sent = await send(held, rest)

  expect([sent.statusCode, sent.headers['retry-after']]).toEqual([503, '60'])
  expect(sent.body).toContain(
    'Your password is unchanged, and nothing you did is lost. Try again in 60 seconds.',
  )
})
