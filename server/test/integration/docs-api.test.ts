import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { blockOf, markedBlocks, promisedLines } from '../support/document.ts'
import { readText } from '../support/mailbox.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const run = promisify(execFile)

/** Puts code and token of every mail that has them into files, for the shell that plays the person. */
async function keepMails(mail: MailServer, folder: string): Promise<never> {
  for (let count = 1; ; ) {
    const { code, link } = readText((await mail.next()).text)
    if (code === null || link === null) continue
    const whole = `code='${code}' token='${link.slice(link.indexOf('#') + 1)}'\n`
    await writeFile(join(folder, 'unfinished'), whole)
    await rename(join(folder, 'unfinished'), join(folder, `mail-${count}`))
    count += 1
  }
}

const openMail = (folder: string, count: number): string =>
  `until [ -e ${folder}/mail-${count} ]; do sleep 0.05; done; . ${folder}/mail-${count}`

it('docs/api.md: every command of the walk does what the page says it does', async () => {
  const blocks = await markedBlocks('docs/api.md')
  await using mail = await aMailServer({ tls: 'none' })
  await using rekey = await startRekey({ smtp: mail })
  const folder = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  void keepMails(mail, folder)
  const script = blockOf(blocks, 'walk', {
    'http://localhost:8080': rekey.portalUrl,
    "code='9088 8088'": openMail(folder, 1),
    "token='what follows # in the mail'": openMail(folder, 2),
    "token='what follows # in the mail to unlock'": openMail(folder, 3),
  })

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
  }
  const { stdout, stderr } = await run('bash', ['--norc', '-euc', script], { env }).finally(() =>
    rm(folder, { recursive: true }),
  )

  const promised = promisedLines(script)
  const printed = stdout.trimEnd().split('\n')
  expect(stderr).toBe('')
  expect(promised.length).toBeGreaterThan(10)
  expect(printed).toEqual(promised.map((line) => expect.stringMatching(line) as string))
})
