import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { systemOutside } from '../../kernel/outside.ts'
import { entryLifetimeSeconds, makeEntry } from './entry.ts'

function anEntry() {
  let at = Date.UTC(2026, 10, 20)
  const entry = makeEntry({ now: () => new Date(at), randomBytes: systemOutside.randomBytes })
  return { ...entry, wait: (seconds: number) => void (at += seconds * 1000) }
}

describe('the one-time address of the console', () => {
  it('carries 256 bits in its fragment', () => {
    const { token, path } = anEntry()

    expect(Buffer.from(token.reveal(), 'base64url')).toHaveLength(32)
    expect(path.reveal()).toBe(`/enter#${token.reveal()}`)
  })

  it('lets in once', () => {
    const { token, gate } = anEntry()

    expect(gate.spend(token.reveal())).toBe(true)
    expect(gate.spend(token.reveal())).toBe(false)
  })

  it('is not spent by tokens that are wrong', () => {
    const { token, gate } = anEntry()
    const right = token.reveal()

    for (const wrong of [
      '',
      'x',
      right.slice(1),
      `${right}A`,
      right.toLowerCase(),
      makeEntry(systemOutside).token.reveal(),
    ])
      expect(gate.spend(wrong)).toBe(false)

    expect(gate.spend(right)).toBe(true)
  })

  it('is good until eight hours are over', () => {
    const [early, late] = [anEntry(), anEntry()]

    early.wait(entryLifetimeSeconds - 1)
    late.wait(entryLifetimeSeconds)

    expect(early.gate.spend(early.token.reveal())).toBe(true)
    expect(late.gate.spend(late.token.reveal())).toBe(false)
  })

  it('is not printed by accident', () => {
    const entry = makeEntry(systemOutside)

    const printed = `${inspect(entry, { depth: 9, showHidden: true })}${JSON.stringify(entry)}`

    expect(printed).toContain('[secret]')
    expect(printed).not.toContain(entry.token.reveal())
  })
})
