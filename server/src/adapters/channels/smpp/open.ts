import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { Delivery, TextEnvelope, TextProvider } from '../../../core/messages/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { TextOutside } from '../define.ts'
import type { SmppConfig } from './config.ts'
import { type Link, makeLink } from './link.ts'
import { failureOf, outcomeOf, problemOf } from './outcome.ts'
import { commands, octets } from './pdu.ts'
import { readReceipt, referenceOf } from './receipt.ts'
import { bodiesOf } from './submit.ts'

/** The SMSC is to leave a receipt again later, or never (SMPP 3.4 section 5.1.3). */
const tryLater = 0x64
const unreadable = 0x65

/** One transceiver a process: it carries texts there and receipts back. */
export function openSmpp(config: SmppConfig, outside: TextOutside): TextProvider {
  const server = `${config.host.includes(':') ? `[${config.host}]` : config.host}:${String(config.port)}`
  const link = makeLink({
    ...{ host: config.host, port: config.port },
    tls: config.tls === 'tunnel' ? null : trustOf(config),
    ...{ systemId: config.systemId, password: config.password.reveal(), systemType: config.systemType },
    timeoutMs: config.timeoutSeconds * 1000,
    delivered: (body) => takeReceipt(body, config, outside),
  })
  return {
    name: outside.name,
    channels: ['sms'],
    async send(envelope, signal) {
      try {
        return await submit(
          { link, envelope, config, server, chance: outside.randomBytes(1)[0] ?? 0 },
          signal,
        )
      } catch (error) {
        return failureOf(error, server)
      }
    },
    async check(signal) {
      try {
        await link.request(commands.enquireLink, octets(), signal)
      } catch (cause) {
        throw new Fault('text-unreachable', { cause, detail: `${server}: ${problemOf(cause)}` })
      }
    },
    close: () => link.close(),
  }
}

interface Submission {
  link: Link
  envelope: TextEnvelope
  config: SmppConfig
  server: string
  chance: number
}

/**
 * One part after the other. A part that is not taken ends it, and the text is sent again as a whole: parts that arrive
 * twice are one text on the phone. The receipt of the last part is that of the text.
 */
async function submit(
  { link, envelope, config, server, chance }: Submission,
  signal: AbortSignal,
): Promise<Delivery> {
  let reference = ''
  for (const body of bodiesOf(envelope, config, chance)) {
    const answer = await link.request(commands.submitSm, body, signal)
    if (answer.status !== 0) return outcomeOf(answer.status, server)
    reference = referenceOf(answer.body, config.receiptIds)
  }
  return { ok: true, ...(reference === '' ? {} : { reference }) }
}

async function takeReceipt(
  body: Uint8Array,
  { receiptIds }: SmppConfig,
  { received }: TextOutside,
): Promise<number> {
  let named: ReturnType<typeof readReceipt>
  try {
    named = readReceipt(body, receiptIds)
  } catch {
    return unreadable
  }
  if (named === null) return 0
  try {
    await received(named.reference, named.receipt)
    return 0
  } catch {
    return tryLater
  }
}

/** The name check is what stands between the codes and whoever is in the middle. */
function trustOf({ host, serverName, caFile }: SmppConfig) {
  // An address is no name to ask for (RFC 6066 section 3); it is compared with the certificate all the same.
  const name = serverName ?? (isIP(host) === 0 ? host : undefined)
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(name === undefined ? {} : { servername: name }),
    ...(caFile === undefined ? {} : { ca: authorities(caFile) }),
  }
}

function authorities(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `smpp: can't read caFile ${file}` })
  }
}
