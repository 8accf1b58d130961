import { describe, expect, it } from 'vitest'
import { lastMail, start } from '../../../test/support/recovery-world.ts'
import { askForText, aTextedWorld } from '../../../test/support/texts-in-world.ts'
import type { TextChannel } from '../messages/ports.ts'
import { makeMessageSecrets } from './message-secrets.ts'

const mailedAndTexted = async (channel: TextChannel) => {
  const world = aTextedWorld()
  const holding = await start(world, 'ada')
  const mail = lastMail(world).order
  await askForText(world, holding)
  const order = { ...lastMail(world).order, channel }
  const { store, tokens, clock } = world
  const secretsFor = makeMessageSecrets({
    ...{ store, tokens, now: clock.now, publicUrl: () => 'https://account.example' },
    methods: () => ['email_link', 'email_code'],
  })
  return { tokens, order, mailed: await secretsFor(mail), texted: await secretsFor(order), secretsFor }
}

describe.each(['sms', 'voice'] as const)('what goes out by %s', (channel) => {
  it('is a code of its own and no link, right as a text only', async () => {
    const { tokens, order, mailed, texted } = await mailedAndTexted(channel)
    const { tenant, flow, generation, keyId } = order
    const of = { tenant, flow: flow ?? '', generation, keyId }
    const code = texted?.code ?? ''

    expect(Object.keys(texted ?? {})).toEqual(['code'])
    expect(code).toMatch(/^\d{8}$/)
    expect(code).not.toBe(mailed?.code)
    expect([tokens.isTextCode(of, code), tokens.isCode(of, code)]).toEqual([true, false])
    expect(tokens.isTextCode({ ...of, generation: generation + 1 }, code)).toBe(false)
  })

  it('is nothing once a newer one was ordered', async () => {
    const { secretsFor, order } = await mailedAndTexted(channel)

    expect(await secretsFor({ ...order, generation: order.generation + 1 })).toBeNull()
  })
})
