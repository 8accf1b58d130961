import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blockOf, markedBlocks } from '../support/document.ts'
import { type ApiAnswer, call, eventually } from '../support/person-at-api.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

describe('docs/pass-through.md: people of another provider', () => {
  let home: string
  let mail: MailServer
  let rekey: Rekey

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'rekey-roster-'))
    mail = await aMailServer({ tls: 'none' })
    const blocks = await markedBlocks('docs/pass-through.md')
    const roster = join(home, 'partners.csv')
    await writeFile(roster, blockOf(blocks, 'roster'), { mode: 0o600 })
    const directory: unknown = parse(blockOf(blocks, 'directory', { '/etc/rekey/partners.csv': roster }))
    const { passThrough } = parse(blockOf(blocks, 'providers')) as { passThrough: { accounts: unknown }[] }
    const [contoso] = passThrough
    rekey = await startRekey({
      smtp: mail,
      config: {
        tenants: [
          {
            ...{ id: 'example', name: 'Example', languages: ['en', 'ar'] },
            directories: [{ name: 'people', kind: 'local' }, directory],
            passThrough: [{ ...contoso, accounts: parse(blockOf(blocks, 'accounts')) as unknown }],
          },
        ],
      },
    })
  })
  afterAll(async () => {
    await rekey[Symbol.asyncDispose]()
    await mail[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })

  /** What is drawn anew for every flow is left out, and so is the moment. */
  const seen = ({ status, body }: ApiAnswer) => {
    const { id: _, secret: __, expiresAt: ___, ...rest } = body
    return { status, rest }
  }
  const asked = async (path: string, body: object, secret?: string) =>
    (await call(rekey.portalUrl, path, body, secret)) ?? { status: 0, body: {} }

  it('read the same on the page as nobody does, before the mail and after it, and at a sign-in', async () => {
    const [start, decoy] = [
      await asked('/v1/recoveries', { identifier: 'gwen' }),
      await asked('/v1/recoveries', { identifier: 'nobody' }),
    ]
    await eventually('a mail', () => mail.received.length > 0)
    const read = async ({ body }: ApiAnswer) =>
      seen(
        (await call(
          rekey.portalUrl,
          `/v1/recoveries/${String(body['id'])}`,
          undefined,
          String(body['secret']),
        )) ?? { status: 0, body: {} },
      )
    const signIn = (identifier: string) =>
      asked('/v1/sign-ins', { identifier, password: 'seven otters borrow umbrellas' })

    expect(start.status).toBe(202)
    expect(seen(start)).toEqual(seen(decoy))
    expect(await read(start)).toEqual(await read(decoy))
    const { instance: _, ...refused } = (await signIn('gwen')).body
    const { instance: __, ...refusedNobody } = (await signIn('nobody')).body
    expect(refused).toEqual(refusedNobody)
    expect(JSON.stringify([start, refused])).not.toMatch(/contoso/i)
  })

  it('are told by mail, at the addresses of the roster, who keeps the password and where', async () => {
    const before = mail.received.length
    await asked('/v1/recoveries', { identifier: 'noor@contoso.example' })
    const received = await eventually(
      'two mails',
      () => mail.received.length === before + 2 && mail.received.slice(before),
    )

    expect(received.flatMap(({ to }) => to).toSorted()).toEqual(['noor@family.example', 'noor@home.example'])
    for (const { text, html } of received) {
      expect(text).toContain('https://login.contoso.example/.well-known/change-password')
      expect(text).toContain('Contoso sign-in')
      expect(html).toContain('href="https://login.contoso.example/.well-known/change-password"')
      expect(text).not.toMatch(/\/recover#/)
      // The roster says in which language.
      expect(text).toContain('كلمة مروره محفوظة هناك')
    }
  })
})
