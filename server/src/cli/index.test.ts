import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aConfigFolder, type TestFolder } from '../config/config.testing.ts'
import { describeConfig } from '../config/describe.ts'
import { Fault } from '../kernel/fault.ts'
import { runCli } from './index.ts'
import type { Service } from './service.ts'
import { version } from './version.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

async function rekey(words: string, service?: Partial<Service>) {
  const out: string[] = []
  const err: string[] = []
  const exitCode = await runCli(words.split(' '), {
    env: folder.env,
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text) },
    service: async () => service as Service,
  })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

describe('rekey config check', () => {
  it('says that the example is right', async () => {
    expect(await rekey(`config check ${folder.file}`)).toEqual({
      exitCode: 0,
      out: `${folder.file} is right.`,
      err: '',
    })
  })

  it('fails with every mistake, its place and the cure', async () => {
    folder.write('rekey.yaml', folder.text.replace('languages:', 'langauges:').replace('587', "'587'"))

    const { exitCode, err } = await rekey(`config check ${folder.file}`)

    expect(exitCode).toBe(1)
    expect(err).toMatch(/rekey\.yaml:\d+:\d+ {2}tenants\[0\]\.langauges is not a known key/)
    expect(err).toContain('Did you mean `languages`?')
    expect(err).toContain('2 mistakes in')
  })

  it('prints the same as JSON', async () => {
    folder.write('rekey.yaml', folder.text.replace('languages:', 'langauges:'))

    const { exitCode, out } = await rekey(`config check ${folder.file} --json`)

    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      file: folder.file,
      mistakes: [{ path: 'tenants[0].langauges', line: 7, column: 5, hint: 'Did you mean `languages`?' }],
    })
  })

  it('checks a file where its secrets are not when it is told to leave files alone', async () => {
    const elsewhere = folder.write('elsewhere/rekey.yaml', folder.text, 0o644)
    expect((await rekey(`config check ${elsewhere}`)).exitCode).toBe(1)
    expect((await rekey(`config check ${elsewhere} --no-files`)).exitCode).toBe(0)
  })

  it('takes the file that REKEY_CONFIG names, and asks for one otherwise', async () => {
    expect((await rekey('config check')).exitCode).toBe(2)
    folder.env = { ...folder.env, REKEY_CONFIG: folder.file }
    expect((await rekey('config check')).exitCode).toBe(0)
  })

  it('fails for a file that is not there', async () => {
    const { exitCode, err } = await rekey('config check /nowhere/rekey.yaml')
    expect({ exitCode, err }).toMatchObject({ exitCode: 1, err: expect.stringContaining('does not exist') })
  })
})

it('rekey config reference prints the reference, or JSON Schema', async () => {
  expect((await rekey('config reference')).out).toBe(describeConfig().reference.trimEnd())
  expect(JSON.parse((await rekey('config reference --json')).out)).toEqual(describeConfig().jsonSchema)
})

it('rekey --version prints the version', async () => {
  expect(await rekey('--version')).toEqual({ exitCode: 0, out: version, err: '' })
})

describe('what rekey does not understand', () => {
  it.each(['frobnicate', 'config chek', 'serve --loud', 'audit export'])(
    'is refused: rekey %s',
    async (words) => {
      const { exitCode, out, err } = await rekey(words)
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
      expect(err).toContain('error:')
    },
  )

  it('is refused as JSON when JSON was asked for', async () => {
    const { exitCode, out } = await rekey('audit export --json')
    expect(exitCode).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'usage' } })
  })
})

describe('a fault', () => {
  const serve = () =>
    Promise.reject(new Fault('database-in-use', { detail: 'another Rekey uses this folder' }))

  it('is explained without a stack trace', async () => {
    const { exitCode, err } = await rekey('serve', { serve })
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: 'database-in-use: another Rekey uses this folder' })
  })

  it('has a stack trace with --debug', async () => {
    expect((await rekey('serve --debug', { serve })).err).toMatch(/\n\s+at /)
  })

  it('is an object with --json', async () => {
    expect(JSON.parse((await rekey('serve --json', { serve })).out)).toEqual({
      ok: false,
      error: { code: 'database-in-use', message: 'database-in-use: another Rekey uses this folder' },
    })
  })
})

it('rekey audit export writes one folder for each tenant and closes the log again', async () => {
  const calls: string[] = []
  const openAuditLog = async () => ({
    origin: 'log.example.org',
    store: {
      tenants: async () => ['acme', 'northwind'],
      exportLog: async (tenant: string, place: string) => {
        calls.push(`${tenant} -> ${place}`)
        return { size: 3, files: 4 }
      },
      verifierKeys: () => [],
      withCopy: () => Promise.reject(new Error('not asked for')),
    },
    [Symbol.asyncDispose]: async () => {
      calls.push('closed')
    },
  })

  const { exitCode, out } = await rekey('audit export out', { openAuditLog })

  expect(exitCode).toBe(0)
  expect(calls).toEqual(['acme -> out/acme', 'northwind -> out/northwind', 'closed'])
  expect(out).toContain('out/acme: 3 events in 4 files')
})
