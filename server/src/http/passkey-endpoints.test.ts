import { expect, it } from 'vitest'
import { aWorldOfMethods } from '../../test/support/enrolling.ts'
import { aPublicApp } from '../../test/support/public-app.ts'
import { aWorld } from '../../test/support/recovery-world.ts'

const asked = { url: '/.well-known/passkey-endpoints' }

it('password managers are told where passkeys are added and managed, by no redirect', async () => {
  await using app = await aPublicApp(aWorldOfMethods())

  const { statusCode, headers, json } = await app.inject(asked)

  expect([statusCode, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  expect(json()).toEqual({
    enroll: 'https://account.northwind.example/methods',
    manage: 'https://account.northwind.example/methods',
  })
})

it('where there are no passkeys they are told of none', async () => {
  await using app = await aPublicApp(aWorld())

  expect((await app.inject(asked)).statusCode).toBe(404)
})
