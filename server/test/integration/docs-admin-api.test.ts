import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Permission } from '../../src/core/helpdesk/index.ts'
import { anAttackedRekey } from '../attack/attacked.ts'
import { aKey } from '../support/admin-caller.ts'
import { blockOf, markedBlocks, promisedLines } from '../support/document.ts'

const run = promisify(execFile)

/** The keys of the page's own example, with what it lets them do. */
function keysIn(example: string) {
  const { adminKeys } = parse(example) as {
    adminKeys: { name: string; may: Permission[]; tenants?: string[] }[]
  }
  return adminKeys.map(({ name, may, tenants }) => aKey(name, may, tenants))
}

it('docs/admin-api.md: every command does what the page says it does, with the keys that it shows', async () => {
  const blocks = await markedBlocks('docs/admin-api.md')
  const [desk, chief] = keysIn(blockOf(blocks, 'keys'))
  if (desk === undefined || chief === undefined) throw new Error('the page shows two keys')
  await using rekey = await anAttackedRekey({ config: { adminKeys: [desk.entry, chief.entry] } })
  await rekey.addPerson({
    username: 'ada',
    displayName: 'Ada Lovelace',
    recoveryAddresses: ['ada@home.example'],
  })
  const script = blockOf(blocks, 'walk', {
    'http://localhost:8081': rekey.consoleUrl,
    'the key of desk': desk.key,
    'the key of chief': chief.key,
  })

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    NO_COLOR: '1',
  }
  const { stdout, stderr } = await run('bash', ['--norc', '-euc', script], { env })

  const promised = promisedLines(script)
  const printed = stdout.trimEnd().split('\n')
  expect(stderr).toBe('')
  expect(promised.length).toBeGreaterThan(10)
  expect(printed).toEqual(promised.map((line) => expect.stringMatching(line) as string))
})
