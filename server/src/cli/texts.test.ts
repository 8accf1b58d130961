import { describe, expect, it } from 'vitest'
import { runCli } from './index.ts'
import type { Service } from './service.ts'
import type { TextPauses } from './texts.ts'

const until = new Date('2026-03-01T13:00:00Z')

async function run(words: readonly string[], tenants: readonly string[] = ['northwind']) {
  const paused = new Map([['northwind DK', until]])
  const pauses: TextPauses = {
    tenants,
    paused: async (tenant) => (paused.has(`${tenant} DK`) ? [{ country: 'DK', until }] : []),
    resume: async (tenant, country) => paused.delete(`${tenant} ${country}`),
    [Symbol.asyncDispose]: async () => undefined,
  }
  const lines: string[] = []
  const write = (text: string) => void lines.push(text)
  const service = { openTextPauses: async () => pauses } as unknown as Service
  const code = await runCli(['texts', ...words], {
    ...{ env: {}, terminal: { out: write, err: write } },
    service: async () => service,
  })
  return { code, said: lines.join('\n'), left: paused.size }
}

describe('rekey texts', () => {
  it('says where no texts go, and until when', async () => {
    expect(await run(['paused'])).toMatchObject({ code: 0, said: 'DK  until 2026-03-01T13:00:00.000Z' })
    expect(await run(['paused', '--tenant', 'contoso'], ['northwind', 'contoso'])).toMatchObject({
      said: 'No country is paused.',
    })
  })

  it('lets texts go there again, once', async () => {
    expect(await run(['resume', 'dk'])).toMatchObject({ code: 0, left: 0 })
    expect(await run(['resume', 'SE', '--json'])).toMatchObject({
      code: 1,
      said: JSON.stringify({ ok: false, tenant: 'northwind', country: 'SE' }, null, 2),
    })
  })

  it('asks which tenant where there are several', async () => {
    const { code, said, left } = await run(['resume', 'DK'], ['northwind', 'contoso'])

    expect([code === 0, left]).toEqual([false, 1])
    expect(said).toBe('Say which tenant with --tenant: northwind, contoso.')
  })
})
