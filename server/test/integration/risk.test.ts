import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { runCli } from '../../src/cli/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aComposedNode } from '../support/composed-node.ts'
import { aDatabase } from '../support/database.ts'
import { call, eventually, startFlow } from '../support/person-at-api.ts'
import { aMailServer } from '../support/smtp.ts'

const password = 'violet tundra kettle 9'

async function rekey(words: readonly string[], env: Readonly<Record<string, string>>) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const exitCode = await runCli(words, { env, terminal })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

it('what the service scores is made again from an export of its log, value by value', async () => {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-risk-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const database = opening.use(await aDatabase())
  const mail = opening.use(await aMailServer({ tls: 'none' }))
  await makeLocalAccounts(database.kysely, 'northwind', 'people', systemOutside).upsert({
    username: 'ada',
    displayName: 'Ada',
    mails: ['ada@example.test'],
    upn: 'ada@northwind.example',
    recoveryAddresses: ['ada.home@example.test'],
    password: new Secret(password),
  })
  await writeFile(join(folder, 'tor.txt'), '127.0.0.0/8 # this machine\n')
  await writeFile(join(folder, 'mailboxes.txt'), 'ada.home@example.test\n')
  const lists = [{ label: 'tor', file: 'tor.txt' }]
  const risk = { lists, mailboxesFile: 'mailboxes.txt', bands: { medium: 40, high: 95 } }
  const node = opening.use(await aComposedNode({ folder, database: database.url, mail, tenant: { risk } }))

  await startFlow(node.url, 'ada')
  await mail.next('ada.home@example.test')
  await startFlow(node.url, 'nobody')
  await call(node.url, '/v1/sign-ins', { identifier: 'ada', password })
  const log = await eventually('three scores', () =>
    node.log().split('"risk.scored"').length > 3 ? node.log() : undefined,
  )
  const out = join(folder, 'export')
  const exported = await eventually('all of them in the export', async () => {
    await rm(out, { recursive: true, force: true })
    await rekey(['audit', 'export', out], node.env)
    const replayed = await rekey(['risk', 'replay', join(out, 'northwind'), '--bands', '40,95', '--json'], {})
    return replayed.out.includes('"samples": 3') ? replayed : undefined
  })

  // Tor, a device that nobody has seen, no browser that we know, and for ada her mailbox: 95 points at least.
  expect(log).toContain('"step":"start","mode":"shadow","band":"high"')
  expect(log).toContain('"step":"start","mode":"shadow","band":"medium"')
  expect(log).toContain('"step":"sign-in","mode":"shadow","band":"high"')
  expect(JSON.parse(exported.out)).toMatchObject({ ok: true, unreadable: 0, decisions: { made: 3, same: 3 } })
  expect(exported.exitCode).toBe(0)
})
