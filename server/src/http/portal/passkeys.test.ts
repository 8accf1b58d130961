import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atPortal, enrolPasskey } from '../../../test/support/enrol-passkey.ts'
import { aWorldOfMethods, signInFully } from '../../../test/support/enrolling.ts'
import { aPasskey } from '../../../test/support/passkey.ts'
import { aPublicApp } from '../../../test/support/public-app.ts'
import { type Holding, start, type World } from '../../../test/support/recovery-world.ts'
import type { CreationOptions } from '../../core/proofs/index.ts'

const csrf = 'c'.repeat(43)

let world: World
let app: FastifyInstance
beforeEach(async () => {
  world = aWorldOfMethods()
  app = await aPublicApp(world)
})
afterEach(() => app.close())

async function ask(url: string, held: string, fields: Readonly<Record<string, string>> | null = null) {
  const headers = {
    cookie: `__Host-rekey-csrf=${csrf}; ${held}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const payload = new URLSearchParams({ csrf, ...fields }).toString()
  const asked = fields === null ? { method: 'GET' as const } : { method: 'POST' as const, payload }
  const { statusCode: status, body: html, headers: said } = await app.inject({ url, headers, ...asked })
  const options = /data-passkey="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? 'null'
  return {
    status,
    html,
    location: String(said.location),
    asks: JSON.parse(options) as CreationOptions | null,
  }
}

const holds = ({ id, secret }: Holding) => `__Host-rekey-flow=${id}.${secret}`

it('somebody with a passkey and nobody see the same pages, whatever is shown', async () => {
  await enrolPasskey(world, (await signInFully(world, 'ada')).session)
  const seen = await Promise.all(
    ['ada', 'nobody'].map(async (name) => {
      const held = holds(await start(world, name))
      const page = await ask('/recover?method=passkey', held)
      const answer = aPasskey().use(atPortal(page.asks?.challenge ?? ''))
      const shown = { method: 'passkey', credential: JSON.stringify(answer) }
      const refused = await ask('/recover/code', held, shown)
      const nonsense = await ask('/recover/code', held, { method: 'passkey', credential: '{' })
      expect([page.status, refused.status, nonsense.status]).toEqual([200, 422, 422])
      expect(refused.html).toContain('This passkey can’t be used here.')
      return [page, refused, nonsense].map(({ html, asks }) => html.replaceAll(asks?.challenge ?? '', '…'))
    }),
  )

  expect(seen[0]).toEqual(seen[1])
})

it('a passkey is asked for when the tries of a flow are used up, and codes are not', async () => {
  const holding = await start(world, 'ada')
  for (let tries = 0; tries < 5; tries += 1) {
    await ask('/recover/code', holds(holding), { method: 'totp', code: '000000' })
  }

  const { html } = await ask('/recover?method=passkey', holds(holding))

  expect(html).toContain('Continue with a passkey')
  expect(html).not.toContain('Use your authenticator app')
})

it('a passkey is set up by what a browser made for it, and can be asked for again until then', async () => {
  const { session, secret } = await signInFully(world, 'ada')
  const held = `__Host-rekey-session=${session.id}.${secret}`
  const { location } = await ask('/methods/add', held, { method: 'passkey' })
  const id = /id=(\w+)/.exec(location)?.[1] ?? ''
  const { asks } = await ask(location, held)
  const passkey = aPasskey({ userHandle: asks?.user.id ?? '' })
  const made = JSON.stringify(passkey.create({ ...atPortal(asks?.challenge ?? ''), synced: true }))

  for (const credential of ['', 'null', JSON.stringify(passkey.create(atPortal('Y2g')))]) {
    const refused = await ask('/methods/confirm', held, { id, credential })
    expect([refused.status, refused.asks]).toEqual([422, asks])
  }
  const added = await ask('/methods/confirm', held, { id, credential: made })

  expect(added.location).toBe('/methods?said=added')
  expect((await ask('/methods', held)).html).toContain('On all your devices, kept by its maker')
})
