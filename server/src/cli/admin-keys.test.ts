import { describe, expect, it } from 'vitest'
import { callerOf } from '../core/helpdesk/admin-keys.ts'
import { Secret } from '../kernel/secret.ts'
import { runCli } from './index.ts'

async function rekey(...words: string[]) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const exitCode = await runCli(words, { env: {}, terminal })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

const known = (digest: string) => [{ name: 'desk', digest, tenants: null, may: ['accounts.read' as const] }]

describe('rekey admin-keys new', () => {
  it('prints a key alone, and beside it the lines by which the configuration knows it', async () => {
    const { exitCode, out, err } = await rekey('admin-keys', 'new', 'desk')

    const digest = /keyDigest: ([0-9a-f]{64}),/.exec(err)?.[1] ?? ''
    expect(exitCode).toBe(0)
    expect(err).not.toContain(out)
    expect(callerOf(known(digest), new Secret(out))).toMatchObject({ name: 'desk' })
  })

  it('prints both as JSON when asked to', async () => {
    const { out } = await rekey('admin-keys', 'new', 'desk', '--json')

    const { key, keyDigest } = JSON.parse(out) as { key: string; keyDigest: string }
    expect(callerOf(known(keyDigest), new Secret(key))).toMatchObject({ name: 'desk' })
  })

  it('refuses a name that the configuration would not take, and draws nothing', async () => {
    const { exitCode, out, err } = await rekey('admin-keys', 'new', 'The Desk')

    expect([exitCode, out]).toEqual([2, ''])
    expect(err).toContain('must begin with a letter')
  })
})
