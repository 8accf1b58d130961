import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import smpp, { type Pdu, type Session } from 'smpp'
import type { SmppConfig } from '../../src/adapters/channels/smpp/config.ts'
import { smpp as smppKind } from '../../src/adapters/channels/smpp/index.ts'
import type { Receipt } from '../../src/core/messages/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Certificates } from './certificates.ts'
import type { ReceivedText, TextFate, TextServer } from './text-server.ts'

export interface Smsc extends TextServer {
  port: number
  /** Every `submit_sm` that came. */
  readonly submitted: readonly Pdu[]
  /** Those that are bound. */
  readonly sessions: readonly Session[]
  /** As the configuration names it. */
  settings: { kind: 'smpp' } & SmppConfig
  /** Each text is followed by its receipt before it is answered. */
  receiptAtOnce: boolean
  openWith(over: Partial<SmppConfig>): ReturnType<TextServer['open']>
  /** What `received` of the provider does from now on. */
  onReceipt(take: (reference: string, receipt: Receipt) => Promise<void>): void
  /** Sends a `deliver_sm` to whoever bound last; the status it is answered with. */
  deliver(values: Readonly<Record<string, unknown>>): Promise<number>
}

const password = 'pass'
const now = () => new Date('2026-03-01T12:00:00Z')

/** A message centre of the npm package `smpp`: another implementation of the protocol than ours. */
export async function anSmsc({ certificates }: { certificates?: Certificates } = {}): Promise<Smsc> {
  const received: ReceivedText[] = []
  const submitted: Pdu[] = []
  const sessions: Session[] = []
  const opened: { close(): Promise<void> }[] = []
  const state = { next: 'taken' as TextFate, receiptAtOnce: false }
  let take = async (_reference: string, _receipt: Receipt) => {}
  let parts: string[] = []
  const server = smpp.createServer(
    certificates === undefined
      ? {}
      : { key: await readFile(certificates.keyFile), cert: await readFile(certificates.certificateFile) },
    (session) => {
      session.on('error', () => undefined)
      session.on('bind_transceiver', (pdu: Pdu) => {
        const isRight = pdu.system_id === 'rekey' && pdu.password === password
        session.send(pdu.response(isRight ? {} : { command_status: smpp.ESME_RINVPASWD }))
        if (isRight) sessions.push(session)
      })
      session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()))
      session.on('unbind', (pdu: Pdu) => session.send(pdu.response()))
      session.on('submit_sm', (pdu: Pdu) => {
        submitted.push(pdu)
        if (state.next === 'silent') return session.destroy()
        if (state.next !== 'taken') {
          const status = state.next === 'never' ? smpp.ESME_RINVDSTADR : smpp.ESME_RTHROTTLED
          return session.send(pdu.response({ command_status: status }))
        }
        const [header] = pdu.short_message.udh ?? []
        parts.push((pdu.message_payload ?? pdu.short_message).message)
        if (header === undefined || header[3] === header[4]) {
          const from = (pdu.source_addr_ton === 1 ? '+' : '') + pdu.source_addr
          received.push({ to: `+${pdu.destination_addr}`, from, text: parts.join('') })
          parts = []
        }
        const id = `m${String(submitted.length)}`
        if (state.receiptAtOnce) {
          session.deliver_sm({ esm_class: 4, short_message: `id:${id} stat:DELIVRD err:000` })
        }
        return session.send(pdu.response({ message_id: id }))
      })
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const settings: SmppConfig = {
    ...{ host: '127.0.0.1', port, tls: 'tunnel', systemId: 'rekey', password: new Secret(password) },
    ...{ systemType: '', from: '+4570123456', longTexts: 'parts', receiptIds: 'as-sent', timeoutSeconds: 5 },
  }
  const openWith = (over: Partial<SmppConfig>) => {
    const provider = smppKind.open(
      { ...settings, ...over },
      {
        ...{ name: 'gateway', now, randomBytes: (count) => new Uint8Array(count).fill(9), fetch },
        received: (reference, receipt) => take(reference, receipt),
      },
    )
    opened.push(provider)
    return provider
  }
  const deliver = (values: Readonly<Record<string, unknown>>) =>
    new Promise<number>((resolve) => {
      sessions.at(-1)?.deliver_sm(values, (answer) => resolve(answer.command_status))
    })
  return Object.assign(state, {
    ...{
      settings: { kind: 'smpp' as const, ...settings },
      port,
      received,
      submitted,
      sessions,
      openWith,
      deliver,
    },
    open: ({ wrongSecret = false } = {}) => openWith(wrongSecret ? { password: new Secret('wrong') } : {}),
    onReceipt: (next: typeof take) => {
      take = next
    },
    async tell(word: 'delivered' | 'undelivered' | 'on-its-way') {
      const stat = { delivered: 'DELIVRD', undelivered: 'UNDELIV', 'on-its-way': 'ENROUTE' }[word]
      const heard: (Receipt['status'] | null)[] = []
      take = async (reference, receipt) => {
        heard.push(reference === `m${String(submitted.length)}` ? receipt.status : null)
      }
      await deliver({
        ...{ source_addr: '4520123456', destination_addr: '4570123456', esm_class: 4 },
        short_message: `id:m${String(submitted.length)} sub:001 dlvrd:001 submit date:2603011200 done date:2603011201 stat:${stat} err:000 text:1234`,
      })
      return heard[0] ?? null
    },
    // Whoever speaks on the connection is the message centre.
    forge: async () => null,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((provider) => provider.close()))
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
