import { generateKeyPairSync } from 'node:crypto'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { describe, expect, it } from 'vitest'
import { smtp } from '../../src/adapters/channels/smtp/index.ts'
import { dkimRecord } from '../../src/core/messages/index.ts'
import type { DkimKey } from '../../src/core/messages/ports.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aMailServer } from '../support/smtp.ts'

const key: DkimKey = {
  domain: 'northwind.test',
  selector: 'rekey1',
  key: new Secret(
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  ),
}

/** A name service of the test's own: it knows the record of the key and nothing else. */
async function resolver(name: string, type: string): Promise<string[][]> {
  const record = dkimRecord(key)
  if (name === record.name && type === 'TXT') return [record.value.match(/.{1,255}/g) ?? []]
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
}

async function verified(raw: string) {
  const { results } = await dkimVerify(raw, { resolver })
  return results.map(({ status, signingDomain }) => ({ result: status.result, signingDomain }))
}

async function sentMail(dkim: DkimKey | null): Promise<string> {
  await using server = await aMailServer({ tls: 'none' })
  const { host, port } = server
  const provider = smtp.open({ host, port, tls: 'none' }, { ...systemOutside, name: 'main' })
  const delivery = await provider.send(
    {
      ...{ id: '01order', to: 'ada@example.test', locale: 'de' },
      from: { name: 'Nörthwind', address: 'accounts@northwind.test' },
      subject: 'Grüße 日本',
      text: `Grüße\n.\n..  \n${'x'.repeat(2_000)}\n\n\nhttps://portal.test/recover#Zz-_9\n`,
      html: '<p>Grüße &amp; 日本 😀</p>\n\n\n',
      ...(dkim === null ? {} : { dkim }),
    },
    AbortSignal.timeout(10_000),
  )
  expect(delivery).toEqual({ ok: true })
  await provider.close()
  return (await server.next()).raw
}

describe('a signed mail', () => {
  it('is verified with the published record, as it arrives', async () => {
    expect(await verified(await sentMail(key))).toEqual([{ result: 'pass', signingDomain: 'northwind.test' }])
  })

  it.each([
    ['its link was changed', (raw: string) => raw.replace('recover#Zz', 'recover#Zy')],
    ['its sender was changed', (raw: string) => raw.replace('accounts@northwind.test', 'accounts@evil.test')],
    ['its recipient was changed', (raw: string) => raw.replace('To: ada@', 'To: eve@')],
    ['its subject was changed', (raw: string) => raw.replace(/^Subject: /m, 'Subject: Urgent ')],
  ])('is not verified when %s', async (_, change) => {
    const raw = await sentMail(key)
    const changed = change(raw)

    expect(changed).not.toBe(raw)
    expect((await verified(changed)).map(({ result }) => result)).not.toContain('pass')
  })

  it('has no signature without a key', async () => {
    expect(await sentMail(null)).not.toMatch(/^DKIM-Signature:/im)
  })
})
