import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { blockOf, markedBlocks, promisedLines } from '../support/document.ts'
import { readText } from '../support/mailbox.ts'
import { call } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

it('docs/activation.md: every command does what the page says it does, and the mails work', async () => {
  const blocks = await markedBlocks('docs/activation.md')
  await using mail = await aMailServer({ tls: 'none' })
  await using rekey = await startRekey({ smtp: mail })
  const folder = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  const script = blockOf(blocks, 'invite', { 'people.csv': join(folder, 'people.csv') })
  const env: NodeJS.ProcessEnv = { ...process.env, REKEY_DATA: rekey.dataFolder }

  const { stdout, stderr } = await run('bash', ['--norc', '-euc', script], { env, cwd: root }).finally(() =>
    rm(folder, { recursive: true }),
  )

  const printed = stdout.trimEnd().split('\n')
  for (const promised of promisedLines(script))
    expect(printed).toContainEqual(expect.stringMatching(promised))
  expect(stderr.match(/^Line 4: no directory knows this account\.$/gm)).toHaveLength(3)
  const letters = [readText((await mail.next()).text), readText((await mail.next()).text)]
  const toEmmy = mail.received.find(({ to }) => to.includes('emmy.home@example.test'))
  expect(letters).toHaveLength(2)
  expect(mail.received.map(({ subject }) => subject).toSorted()).toEqual([
    'Ihr Konto bei Northwind wartet auf Sie',
    'Your account at Northwind is waiting for you',
  ])

  // The CLI has another clock and other chance than the service, and the same keys.
  const token = readText(toEmmy?.text ?? '').link?.split('#')[1]
  const spent = await call(rekey.portalUrl, '/v1/links', { token })
  expect(spent).toMatchObject({ status: 200, body: { kind: 'activation', state: 'proven' } })
  const { id, secret } = spent?.body ?? {}
  const set = await call(
    rekey.portalUrl,
    `/v1/recoveries/${String(id)}/password`,
    { password: 'seven otters borrow umbrellas' },
    String(secret),
  )
  expect(set).toMatchObject({ status: 200, body: { state: 'completed', outcome: 'password-set' } })
})
