import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { saveIdentity } from '../../src/adapters/agents/identity-file.ts'
import { runCli } from '../../src/cli/index.ts'
import { openInner, runAgent } from '../../src/compose-agent.ts'
import { loadAgentConfig } from '../../src/config/agent.ts'
import { codeOf, drawAgentKeys } from '../../src/core/agents/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { freePort } from '../support/free-ports.ts'

const env = { LDAP: 'a password' }
let home: string
let config: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'rekey-agent-'))
  config = join(home, 'agent.yaml')
  const nobody = await freePort()
  const directory = {
    ...{ name: 'people', kind: 'ldap', urls: [`ldaps://127.0.0.1:${String(nobody)}`] },
    ...{ bindDn: 'cn=rekey,dc=x', bindPassword: { env: 'LDAP' }, baseDn: 'dc=x' },
  }
  const servers = [`wss://127.0.0.1:${String(nobody)}/agent`]
  await writeFile(config, JSON.stringify({ servers, data: join(home, 'data'), directory }))
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function agent(...words: readonly string[]) {
  const lines: string[] = []
  const write = (text: string) => void lines.push(text)
  const terminal = { out: write, err: write }
  const exitCode = await runCli(['agent', ...words, '--config', config], { env, terminal })
  return { exitCode, said: lines.join('\n') }
}

async function withCode(code: string) {
  const file = join(home, 'code')
  await writeFile(file, code)
  return agent('join', '--code-file', file)
}

it('rekey agent check ends as a check of the configuration does where the directory can not be worked with', async () => {
  expect(await agent('check')).toEqual({
    exitCode: 1,
    said: expect.stringMatching(/^directory {2}people {2}.*\[directory-unreachable]\n\n1 of 1 can't/),
  })
  const json = await agent('check', '--json')
  expect([json.exitCode, JSON.parse(json.said)]).toMatchObject([
    1,
    { ok: false, connections: [{ what: 'directory', name: 'people', code: 'directory-unreachable' }] },
  ])
})

it('rekey agent join blames the configuration for its own mistakes alone', async () => {
  const enrolment = { tenant: 'northwind', agent: 'site-1', id: 'e1', expiresAt: new Date() }
  const key = Buffer.alloc(32).toString('base64url')
  const code = (directory: string) => codeOf({ ...enrolment, directory }, new Secret(key), key).reveal()

  expect(await withCode('nothing')).toMatchObject({
    exitCode: 2,
    said: expect.stringMatching(/^enrolment-refused: this is no code/),
  })
  expect(await withCode(code('partners'))).toMatchObject({
    exitCode: 1,
    said: expect.stringMatching(/^config-invalid: the code is for another directory/),
  })
  expect(await withCode(code('people'))).toMatchObject({
    exitCode: 2,
    said: expect.stringMatching(/^server-unreachable: wss:/),
  })
  expect(await agent('join', '--code-file', join(home, 'none'))).toMatchObject({
    exitCode: 2,
    said: expect.stringMatching(/none does not exist or can't be read\.$/),
  })
})

it('an agent that is told to stop says so, and nothing after it', async () => {
  const data = join(home, 'stopping')
  const drawn = drawAgentKeys(systemOutside)
  const named = { tenant: 'northwind', directory: 'people', agent: 'site-1', serverKey: 'any' }
  await mkdir(data, { mode: 0o700 })
  saveIdentity(join(data, 'identity.json'), { ...named, keys: drawn, nextKeys: null, formerKeys: [] })
  const stop = new AbortController()
  const said: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void said.push(messageOf(line)) })
  const running = runAgent(
    { ...loadAgentConfig(config, env), data },
    { outside: systemOutside, log, stop: stop.signal },
  )
  await expect.poll(() => said).toContain('the agent runs')

  stop.abort()
  await running

  expect(said.at(-1)).toBe('the agent has stopped, as it was told to')
})

const messageOf = (line: string): string => (JSON.parse(line) as { msg: string }).msg

it('a fault beside an agent bears no name of its directory, which the server puts before it', async () => {
  const loaded = loadAgentConfig(config, env)
  const inner = openInner(loaded, { outside: systemOutside, tenant: 'northwind', log: null })
  const asked = inner.read('any', AbortSignal.timeout(10_000))

  await expect(asked).rejects.toMatchObject({
    code: 'directory-unreachable',
    detail: expect.not.stringContaining('directory "people"'),
  })
  await inner.close()
})
