import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { aConfigFolder } from '../config/config.testing.ts'
import { makeNoteSigner, signCheckpoint } from '../core/audit/index.ts'
import { runCli } from './index.ts'
import type { Service } from './service.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rekey-verify-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

async function verify(words: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const err: string[] = []
  const service: Partial<Service> = {
    openAuditLog: async () => Promise.reject(new Error('the log was opened')),
    openAuditExport: async () => ({
      verifierKeys: [],
      copy: () => Promise.reject(new Error('not asked for')) as never,
    }),
  }
  const exitCode = await runCli(['audit', 'verify', ...words], {
    env,
    terminal: { out: () => undefined, err: (text) => err.push(text) },
    service: async () => service as Service,
  })
  return { exitCode, err: err.join('\n') }
}

it('rekey audit verify compares with the configured file witness when no checkpoints are named', async () => {
  const { err } = await verify([], { REKEY_DATA: home })

  expect(err).toContain(`Comparing with the file witness in ${join(home, 'witness')}.`)
  expect(err).toContain('the log was opened')
})

it('rekey audit verify asks for checkpoints when no configured witness can be read back', async () => {
  using config = aConfigFolder()

  const { exitCode, err } = await verify([], { ...config.env, REKEY_CONFIG: config.file })

  expect(exitCode).toBe(2)
  expect(err).toContain('name what a witness holds with --checkpoints')
})

it('rekey audit verify says what --key takes when it is neither a key nor a file', async () => {
  const held = join(home, 'log.checkpoints')
  const signer = makeNoteSigner('log.example', generateKeyPairSync('ed25519').privateKey)
  writeFileSync(
    held,
    signCheckpoint({ origin: 'log.example', size: 0, root: new Uint8Array(32) }, signer).note,
  )

  const words = ['--export', home, '--checkpoints', held, '--key', join(home, 'nothing')]
  const { exitCode, err } = await verify(words, {})

  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('neither a public key') })
})
