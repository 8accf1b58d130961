import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { aMailServer, type MailServerOptions } from '../support/smtp.ts'
import { anAttackedRekey, attackerAddress, victimAddress } from './attacked.ts'

const run = promisify(execFile)
const opened = new AsyncDisposableStack()
let right: Certificates
let bad: Record<
  'of another authority' | 'for another host' | 'that signed itself' | 'that has expired',
  Certificates
>

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-mail-road-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The server's certificate made anew from its own request, by somebody or for some time else. */
async function remade(of: Certificates, ...words: string[]): Promise<Certificates> {
  const folder = await aFolder()
  const certificateFile = join(folder, 'server.pem')
  const request = of.certificateFile.replace(/\.pem$/, '.csr')
  const extensions = of.certificateFile.replace(/\.pem$/, '.extensions')
  const as = ['x509', '-req', '-in', request, '-extfile', extensions, '-out', certificateFile]
  await run('openssl', [...as, ...words])
  return { ...of, certificateFile }
}

beforeAll(async () => {
  right = await makeCertificates({ folder: await aFolder() })
  const authority = ['-CA', right.caFile, '-CAkey', right.caFile.replace(/\.pem$/, '.key'), '-CAcreateserial']
  const elsewhere = await makeCertificates({
    folder: await aFolder(),
    names: ['mail.elsewhere.test'],
    addresses: ['192.0.2.7'],
  })
  bad = {
    'of another authority': await makeCertificates({ folder: await aFolder() }),
    'for another host': await remade(elsewhere, ...authority, '-days', '30'),
    'that signed itself': await remade(right, '-signkey', right.keyFile, '-days', '30'),
    'that has expired': await remade(right, ...authority, '-days', '-1'),
  }
})

afterAll(() => opened.disposeAsync())

/** A whole service that was told of a mail server, and the server that it finds there. */
async function aServiceBeside(tls: 'implicit' | 'starttls', found: MailServerOptions) {
  const server = await aMailServer(found)
  const provider = {
    name: 'relay',
    kind: 'smtp',
    host: 'localhost',
    port: server.port,
    tls,
    caFile: right.caFile,
  }
  const rekey = await anAttackedRekey({ smtp: { server, provider } })
  return {
    rekey,
    server,
    async [Symbol.asyncDispose]() {
      await rekey[Symbol.asyncDispose]()
      await server.close()
    },
  }
}

const inBetween = [
  ['implicit', 'of another authority'],
  ['implicit', 'for another host'],
  ['starttls', 'for another host'],
  ['starttls', 'that signed itself'],
  ['implicit', 'that has expired'],
] as const

describe('[143] somebody between Rekey and its mail server', () => {
  it.each(inBetween)('with %s TLS and a certificate %s gets no mail', async (tls, which) => {
    await using between = await aServiceBeside(tls, { tls, certificates: bad[which] })
    await between.rekey.start('victim')

    await expect.poll(() => between.rekey.log(), { timeout: 20_000 }).toContain('mail-tls-failed')
    expect(between.server.received).toEqual([])
  })

  it('who takes STARTTLS away gets no mail', async () => {
    await using between = await aServiceBeside('starttls', { tls: 'none' })
    await between.rekey.start('victim')

    await expect.poll(() => between.rekey.log(), { timeout: 20_000 }).toContain('mail-tls-failed')
    expect(between.server.received).toEqual([])
  })

  it.each(['implicit', 'starttls'] as const)(
    'is not what a mail with %s TLS fails at otherwise',
    async (tls) => {
      await using own = await aServiceBeside(tls, { tls, certificates: right })
      const { token } = await own.rekey.mailed('victim', victimAddress)

      expect(token).not.toBe('')
      expect(own.server.received.every(({ encrypted }) => encrypted)).toBe(true)
    },
  )
})

describe('[58] [59] a stored address that is a program for whoever parses it', () => {
  const deep = 20_000
  it.each([
    ['comments in comments', `${'('.repeat(deep)}${')'.repeat(deep)}a@evil.test`],
    ['groups in groups', `${'a:'.repeat(deep)}a@evil.test${';'.repeat(deep)}`],
    ['quotes in quotes', `${'"\\"'.repeat(deep)}"@evil.test`],
    ['angles in angles', `${'<'.repeat(deep)}a@evil.test${'>'.repeat(deep)}`],
    ['an option of sendmail', '-oQ/tmp/spool@evil.test'],
    ['a header', 'a@evil.test\r\nBcc: b@evil.test'],
    ['a command', 'a@evil.test>\r\nRCPT TO:<b@evil.test'],
  ])('such as %s is sent nothing, and the next person gets their mail', async (_, address) => {
    await using rekey = await anAttackedRekey()
    await rekey.addPerson({ username: 'deep', displayName: 'Deep', recoveryAddresses: [address] })
    await rekey.start('deep')
    const { token } = await rekey.mailed('attacker', attackerAddress)

    expect(token).not.toBe('')
    expect(rekey.mail.received.map(({ to }) => to)).toEqual([[attackerAddress]])
    expect(await rekey.audit('message.failed')).toBe(1)
  })
})
