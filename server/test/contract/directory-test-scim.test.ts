import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ScimConfig } from '../../src/adapters/connectors/scim/config.ts'
import { scim } from '../../src/adapters/connectors/scim/index.ts'
import { type Finding, makeDirectoryTest } from '../../src/core/operations/directory-test.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { addScimPerson, openScimDirectory, scimConfig } from '../support/scim-people.ts'
import { type ScimServer, startScimServer } from '../support/scim-server.ts'

let server: ScimServer
let config: ScimConfig
beforeAll(async () => {
  server = await startScimServer()
  config = await scimConfig(server)
  addScimPerson(server, {
    ...{ username: 'tess', password: 'correct horse battery staple' },
    recoveryAddresses: ['tess@home.example'],
  })
})
afterAll(() => server[Symbol.asyncDispose]())

/** What `rekey directory test` finds out about the service. */
async function tried(settings: ScimConfig) {
  const directory = openScimDirectory(settings)
  const findings: Finding[] = []
  let drawn = 0
  const test = makeDirectoryTest({
    routed: { directory, domains: [] },
    advice: scim.advice?.(settings) ?? null,
    drawPassword: () => new Secret(`a password that was drawn ${(drawn += 1)}`),
    seconds: 10,
    heard: () => [],
    begin: () => undefined,
    tell: (finding) => void findings.push(finding),
  })
  const entry = await test.look('tess')
  const left = entry === null ? null : await test.change(entry, { lock: true, finalPassword: null })
  await directory.close()
  const of = (result: Finding['result']) => findings.filter((one) => one.result === result)
  return { failed: of('fails'), open: of('open'), left }
}

it('a SCIM service is proven, ability by ability', async () => {
  const { failed, left } = await tried({ ...config, keepsHistory: false })

  expect(failed).toEqual([])
  expect(left).toEqual({ password: 'random', locked: false, mustChange: false })
})

it('a SCIM service of the core schema alone is told which settings would make more of it', async () => {
  const { verify: _, ...rest } = config
  const { locked: __, mustChange: ___, ...attributes } = config.attributes
  const { failed, open, left } = await tried({ ...rest, attributes, keepsHistory: false })

  expect(failed).toEqual([])
  expect(open.flatMap(({ trial, need }) => (need === undefined ? [] : [`${trial}: ${need.takes}`]))).toEqual([
    expect.stringMatching(/^passwordRules: nothing/),
    expect.stringMatching(/^verifyPassword: .*named in verify$/),
    expect.stringMatching(/^changePassword: .*named in verify$/),
    expect.stringMatching(/^unlock: .*attributes\.locked$/),
    expect.stringMatching(/^requireChange: .*attributes\.mustChange$/),
  ])
  expect(left?.password).toBe('random')
})

it('a right that is missing at a SCIM service is said with what it takes', async () => {
  server.instead = (request, response) => {
    if (request.method !== 'PATCH') return false
    response.writeHead(403, { 'content-type': 'application/scim+json' })
    response.end(JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '403' }))
    return true
  }
  const { failed } = await tried(config)
  server.instead = null

  expect(failed[0]).toMatchObject({
    trial: 'setPassword',
    code: 'directory-rights-missing',
    need: { takes: expect.stringContaining('may write password'), fix: expect.stringContaining('/Schemas') },
  })
})
