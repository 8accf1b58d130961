import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smsHttp } from '../../src/adapters/channels/sms-http/index.ts'
import type { TextProvider } from '../../src/core/messages/ports.ts'
import { guardedFetch } from '../../src/kernel/guarded-fetch.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { anSmsc, type Smsc } from '../support/smsc.ts'
import { aText, type TextServer } from '../support/text-server.ts'
import { aTextVendor, vendorModels } from '../support/text-vendors.ts'

const patience = () => AbortSignal.timeout(10_000)

let folder: string
let certificates: Certificates
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-texts-'))
  certificates = await makeCertificates({ folder })
})
afterAll(() => rm(folder, { recursive: true }))

const servers: readonly (readonly [string, () => Promise<TextServer>])[] = [
  ...Object.entries(vendorModels).map(([name, model]) => [name, () => aTextVendor(model)] as const),
  ['smpp', () => anSmsc()],
]

describe.each(servers)('texts by %s', (name, start) => {
  async function withServer(
    test: (server: TextServer, provider: TextProvider) => Promise<void>,
    over: { wrongSecret?: boolean } = {},
  ) {
    await using server = await start()
    const provider = server.open(over)
    await test(server, provider)
    await provider.close()
  }
  const send = (provider: TextProvider, over = {}) => provider.send(aText(over), patience())

  it.each([
    ['in the short alphabet', aText().text],
    [
      'with what a template or a form could trip over',
      '12 {text} {to} "quoted" a=b&c=d+e %41 \\ €\n@a.test #1',
    ],
    ['in other scripts', 'コードは12345678です。😀\n@account.northwind.example #12345678'],
    ['longer than one message', `${'1234567 é€ '.repeat(30)}.`],
    ['longer than one message in another script', 'رمزك هو 12345678. '.repeat(12)],
  ])('arrive whole: %s', (_, text) =>
    withServer(async (server, provider) => {
      expect(await send(provider, { text })).toMatchObject({ ok: true })
      expect(server.received).toMatchObject([{ to: '+4520123456', from: '+4570123456', text }])
    }),
  )

  it('are refused for good where the number is at fault, and no other provider is asked', () =>
    withServer(async (server, provider) => {
      server.next = 'never'

      expect(await send(provider)).toMatchObject({ ok: false, permanent: true, because: 'refused' })
    }))

  it('may go elsewhere when it is "not now"', () =>
    withServer(async (server, provider) => {
      server.next = 'later'

      expect(await send(provider)).toMatchObject({ ok: false, permanent: false, because: 'deferred' })
      server.next = 'taken'
      expect(await send(provider)).toMatchObject({ ok: true })
    }))

  it('may have been sent when the connection ends without an answer', () =>
    withServer(async (server, provider) => {
      server.next = 'silent'

      expect(await send(provider)).toMatchObject({ permanent: false, because: 'outcome-unknown' })
      server.next = 'taken'
      expect(await send(provider)).toMatchObject({ ok: true })
    }))

  it('were certainly not sent when nobody is there', () =>
    withServer(async (server, provider) => {
      await server[Symbol.asyncDispose]()

      expect(await send(provider)).toMatchObject({ permanent: false, because: 'unreachable' })
      await expect(provider.check(patience())).rejects.toMatchObject({ code: 'text-unreachable' })
    }))

  it('go nowhere with the wrong credentials, which the check finds without a text', () =>
    withServer(
      async (server, provider) => {
        const delivery = await send(provider)

        expect(delivery).toMatchObject({ permanent: false, because: 'authentication-failed' })
        await expect(provider.check(patience())).rejects.toMatchObject({ code: 'text-unreachable' })
        expect(server.received).toEqual([])
        expect(JSON.stringify(delivery)).not.toMatch(/4520123456|wrong secret/)
      },
      { wrongSecret: true },
    ))

  it('are followed by receipts that say what became of them', () =>
    withServer(async (server, provider) => {
      await provider.check(patience())
      await send(provider)

      expect(await server.tell('on-its-way')).toBeNull()
      expect(await server.tell('undelivered')).toBe('undelivered')
      expect(await server.tell('delivered')).toBe('delivered')
    }))

  it('are followed by no receipt of a stranger', () =>
    withServer(async (server, provider) => {
      await send(provider)

      expect(await server.forge()).toBe(name === 'smpp' ? null : 'refused')
    }))
})

describe('texts by HTTP', () => {
  const over = (url: string) =>
    smsHttp.open(
      {
        from: 'Northwind',
        vendor: { is: 'messagebird', accessKey: new Secret('k'), url },
        timeoutSeconds: 5,
      },
      {
        ...{ name: 'gateway', now: () => new Date(0), randomBytes: (count) => new Uint8Array(count) },
        ...{ fetch: guardedFetch, received: async () => {} },
      },
    )

  it('go to nobody whose certificate is not trusted', async () => {
    const key = await readFile(certificates.keyFile)
    const server = createServer({ key, cert: await readFile(certificates.certificateFile) })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    expect(await over(`https://127.0.0.1:${String(port)}`).send(aText(), patience())).toMatchObject({
      permanent: false,
      because: 'tls-failed',
    })
    await new Promise((resolve) => server.close(resolve))
  })

  it('are refused by the configuration where everybody could read along', () => {
    expect(() => over('http://sms.example')).toThrow('https://')
  })
})

describe('texts by SMPP', () => {
  const withSmsc = async (test: (smsc: Smsc) => Promise<void>, options = {}) => {
    await using smsc = await anSmsc(options)
    await test(smsc)
  }

  it('ask for a receipt, are worthless after their code, and name a sender of letters as one', () =>
    withSmsc(async (smsc) => {
      await smsc.openWith({ from: 'Northwind' }).send(aText({ validSeconds: 185 }), patience())

      expect(smsc.submitted).toMatchObject([
        {
          ...{ source_addr: 'Northwind', source_addr_ton: 5, dest_addr_ton: 1, dest_addr_npi: 1 },
          ...{ registered_delivery: 1, data_coding: 0, esm_class: 0 },
        },
      ])
      expect(smsc.received[0]?.from).toBe('Northwind')
    }))

  it('can be handed over whole for the message centre to cut', () =>
    withSmsc(async (smsc) => {
      const text = 'コード'.repeat(60)
      await smsc.openWith({ longTexts: 'payload' }).send(aText({ text }), patience())

      expect(smsc.submitted).toHaveLength(1)
      expect(smsc.received[0]?.text).toBe(text)
    }))

  it('share one connection, which is made anew when it was lost', () =>
    withSmsc(async (smsc) => {
      const provider = smsc.open()
      await Promise.all([1, 2, 3].map(() => provider.send(aText(), patience())))
      expect(smsc.sessions).toHaveLength(1)
      smsc.sessions[0]?.destroy()
      await provider.check(patience()).catch(() => undefined)

      expect(await provider.send(aText(), patience())).toMatchObject({ ok: true })
      expect(smsc.sessions).toHaveLength(2)
    }))

  it('go out over TLS to the right server, and to no other', () =>
    withSmsc(
      async (smsc) => {
        const right = smsc.openWith({ tls: 'implicit', caFile: certificates.caFile })
        const wrong = smsc.openWith({
          ...{ tls: 'implicit', caFile: certificates.caFile, serverName: 'elsewhere.test' },
        })

        expect(await right.send(aText(), patience())).toMatchObject({ ok: true })
        expect(await wrong.send(aText(), patience())).toMatchObject({ because: 'tls-failed' })
      },
      { certificates },
    ))

  it('know their receipts by optional parameters as well, in another notation where that is configured', () =>
    withSmsc(async (smsc) => {
      const heard: unknown[] = []
      smsc.onReceipt(async (reference, { status }) => void heard.push([reference, status]))
      await smsc.openWith({ receiptIds: 'decimal' }).check(patience())
      const status = await smsc.deliver({
        ...{ source_addr: '4520123456', destination_addr: '4570123456', esm_class: 4, short_message: '' },
        ...{ receipted_message_id: '48879', message_state: 3 },
      })

      expect([status, heard]).toEqual([0, [['beef', 'expired']]])
    }))

  it('get their receipt again when it could not be recorded', () =>
    withSmsc(async (smsc) => {
      smsc.onReceipt(() => Promise.reject(new Error('the database is away')))
      await smsc.open().check(patience())
      const status = await smsc.deliver({ esm_class: 4, short_message: 'id:m1 stat:DELIVRD err:000' })

      expect(status).toBe(0x64)
    }))

  it('are not disturbed by texts of people, or by questions whether we are there', () =>
    withSmsc(async (smsc) => {
      const provider = smsc.open()
      const heard: string[] = []
      smsc.onReceipt(async (reference) => void heard.push(reference))
      await provider.check(patience())

      expect(await smsc.deliver({ short_message: 'id:m1 stat:DELIVRD' })).toBe(0)
      expect(heard).toEqual([])
      const alive = await new Promise<number>((resolve) => {
        smsc.sessions[0]?.enquire_link({}, (answer) => resolve(answer.command_status))
      })
      expect(alive).toBe(0)
      expect(await provider.send(aText(), patience())).toMatchObject({ ok: true })
    }))
})
