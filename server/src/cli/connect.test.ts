import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aConfigFolder, type TestFolder } from '../config/config.testing.ts'
import type { Environment } from '../config/environment.ts'
import type { Check } from '../core/operations/checks.ts'
import { Fault } from '../kernel/fault.ts'
import { runCli } from './index.ts'
import type { Service } from './service.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const works: Check = {
  what: 'directory',
  tenant: 'northwind',
  name: 'people',
  run: async () => undefined,
}
const refuses: Check = {
  what: 'mail provider',
  tenant: null,
  name: 'relay',
  run: () => Promise.reject(new Fault('mail-unreachable', { detail: 'mx.test:25: connection refused' })),
}

async function check(words: string, checks: readonly Check[]) {
  const out: string[] = []
  const err: string[] = []
  const asked: Environment[] = []
  const service: Partial<Service> = {
    connectionChecks: (env) => {
      asked.push(env)
      return checks
    },
  }
  const exitCode = await runCli(['config', 'check', ...words.split(' ')], {
    env: folder.env,
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text) },
    service: async () => service as Service,
  })
  return { exitCode, out: out.join('\n'), err: err.join('\n'), asked }
}

describe('rekey config check --connect', () => {
  it('says of each directory and provider that it works', async () => {
    const { exitCode, out, asked } = await check(`${folder.file} --connect`, [works])

    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: `${folder.file} is right.\ndirectory  northwind/people  ok`,
    })
    expect(asked).toMatchObject([{ REKEY_CONFIG: folder.file }])
  })

  it('fails with what to fix', async () => {
    const { exitCode, out, err } = await check(`${folder.file} --connect`, [works, refuses])

    expect(exitCode).toBe(1)
    expect(out.split('\n').slice(1)).toEqual([
      'directory      northwind/people  ok',
      'mail provider  relay             mx.test:25: connection refused [mail-unreachable]',
    ])
    expect(err).toContain("1 of 2 can't be worked with.")
  })

  it('prints the same as JSON', async () => {
    const { exitCode, out } = await check(`${folder.file} --connect --json`, [works, refuses])

    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      mistakes: [],
      connections: [
        { what: 'directory', tenant: 'northwind', name: 'people', ok: true },
        { name: 'relay', ok: false, code: 'mail-unreachable', problem: 'mx.test:25: connection refused' },
      ],
    })
  })

  it('asks nobody when the file has mistakes, or when it was not told to', async () => {
    expect((await check(folder.file, [refuses])).asked).toEqual([])
    folder.write('rekey.yaml', folder.text.replace('languages:', 'langauges:'))
    const broken = await check(`${folder.file} --connect`, [refuses])
    expect({ exitCode: broken.exitCode, asked: broken.asked }).toEqual({ exitCode: 1, asked: [] })
  })

  it('does not go with --no-files', async () => {
    const { exitCode, err } = await check(`${folder.file} --connect --no-files`, [works])
    expect(exitCode).toBe(2)
    expect(err).toContain('--no-files')
  })
})

it('rekey config check prints warnings and does not fail for them', async () => {
  folder.write('rekey.yaml', folder.text.replace('[recoveryAddress]', '[mail]'))

  const { exitCode, out, err } = await check(folder.file, [])
  const json = await check(`${folder.file} --json`, [])

  expect({ exitCode, out }).toEqual({ exitCode: 0, out: `${folder.file} is right.` })
  expect(err).toMatch(/^warning: .*rekey\.yaml:\d+:\d+ .*no way back in/)
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, warnings: [{ hint: expect.any(String) }] })
})
