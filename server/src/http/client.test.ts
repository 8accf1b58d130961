import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { readTrustedProxies } from '../kernel/client-network.ts'
import { makeClientOf } from './client.ts'

it('says of a request where it comes from, and how the program behind it looks', async () => {
  const clientOf = makeClientOf(readTrustedProxies([]), () => null)
  const app = fastify()
  app.get('/', (request) => clientOf(request))
  const asked = async (headers: Record<string, string>): Promise<unknown> => {
    const answer = await app.inject({ url: '/', headers, remoteAddress: '2001:db8::7' })
    return answer.json()
  }
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const network = '2001:db8:0:0:0:0:0:0/64'

  expect(await asked({ 'user-agent': firefox, 'accept-language': 'da' })).toMatchObject({
    ...{ network, device: 'Firefox on Linux', automation: 'browser' },
  })
  expect(await asked({ 'user-agent': firefox })).toMatchObject({ network, automation: 'unusual' })
  expect(await asked({ 'user-agent': 'curl/8.9.1' })).toMatchObject({ device: null, automation: 'program' })
})
