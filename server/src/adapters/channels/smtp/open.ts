import { readFileSync } from 'node:fs'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool'
import { isPlainMailbox } from '../../../core/messages/delivery-address.ts'
import type { DkimKey, Envelope, MailProvider } from '../../../core/messages/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ChannelOutside } from '../define.ts'
import { isLoopbackHost, type SmtpConfig, timeoutSecondsDefault } from './config.ts'
import { outcomeOf, problemOf } from './outcome.ts'

/** Longer names are cut: a mail list shows some 30 characters, and a name is no place for a letter. */
const displayNameLengthMax = 64

/**
 * How long an answer to the whole message is waited for. RFC 5321 section 4.5.3.2.6 asks for ten minutes, so that no
 * mail is sent twice; a person is waiting, and the job that sends ends before that.
 */
const answerSeconds = 100

/** Servers hang up on idle clients after a minute or so; being first spares a message the discovery. */
const idleSeconds = 30

export function openSmtp(config: SmtpConfig, outside: ChannelOutside): MailProvider {
  refuseUnsafe(config)
  const patienceMs = (config.timeoutSeconds ?? timeoutSecondsDefault) * 1000
  const options = transportOptions(config)
  const transport = createTransport(options)
  const checks = createTransport({ ...options, pool: false, socketTimeout: patienceMs })
  transport.use('stream', (mail, done) => {
    tellWhenHandedOver(mail.message, (mail.data as { handedOver?: () => void }).handedOver)
    done()
  })
  const server = `${config.host.includes(':') ? `[${config.host}]` : config.host}:${String(config.port)}`
  return {
    name: outside.name,
    async send(envelope, signal) {
      if (!isPlainMailbox(envelope.to)) return { ok: false, permanent: true, because: 'address-unusable' }
      const mail = mailOf(envelope, config, outside.now())
      const deadline = new AbortController()
      const timer = setTimeout(() => deadline.abort(), patienceMs)
      let isHandedOver = false
      const handedOver = () => {
        isHandedOver = true
        clearTimeout(timer)
      }
      try {
        const either = AbortSignal.any([signal, deadline.signal])
        const sent = await transport.sendMail(Object.assign(mail, { signal: either, handedOver }))
        return sent.accepted.length === 1 ? { ok: true } : { ok: false, permanent: true, because: 'refused' }
      } catch (error) {
        return { ...outcomeOf(error, isHandedOver), detail: `${server}: ${problemOf(error)}` }
      } finally {
        clearTimeout(timer)
      }
    },
    async check(signal) {
      try {
        await beforeAbort(checks.verify(), signal)
      } catch (cause) {
        throw new Fault('mail-unreachable', { cause, detail: `${server}: ${problemOf(cause)}` })
      }
    },
    async close() {
      transport.close()
    },
  }
}

/**
 * Tells when the last byte of the message is on its way and the dot that ends it follows (RFC 5321 section 4.1.1.4):
 * from then on the server may have taken it. What is read from is what is written to the socket, so this is a moment
 * early at most.
 */
function tellWhenHandedOver(
  message: { createReadStream(...options: never[]): NodeJS.ReadableStream },
  handedOver: (() => void) | undefined,
): void {
  if (handedOver === undefined) return
  const create = message.createReadStream.bind(message)
  message.createReadStream = (...options) => create(...options).once('end', handedOver)
}

function refuseUnsafe({ tls, host, username, password, returnPath }: SmtpConfig) {
  if (tls === 'none' && !isLoopbackHost(host)) {
    throw invalid('without TLS every link could be read on the way; `tls: none` is for loopback hosts only')
  }
  if ((username === undefined) !== (password === undefined)) {
    throw invalid('`username` and `password` go together')
  }
  if (returnPath !== undefined && !isPlainMailbox(returnPath))
    throw invalid('`returnPath` is not one mailbox')
}

const invalid = (detail: string) => new Fault('config-invalid', { detail: `smtp: ${detail}` })

function transportOptions(config: SmtpConfig): SMTPPoolOptions & { pool: true } {
  const milliseconds = (config.timeoutSeconds ?? timeoutSecondsDefault) * 1000
  const { username, password } = config
  return {
    pool: true,
    host: config.host,
    port: config.port,
    secure: config.tls === 'implicit',
    requireTLS: config.tls === 'starttls',
    ignoreTLS: config.tls === 'none',
    tls: {
      // Said aloud, because the host name check is what stands between a link and whoever is in the middle.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(config.caFile === undefined ? {} : { ca: authorities(config.caFile) }),
      ...(config.serverName === undefined ? {} : { servername: config.serverName }),
    },
    ...(username === undefined || password === undefined
      ? {}
      : { auth: { user: username, pass: password.reveal() }, forceAuth: true }),
    ...(config.clientName === undefined ? {} : { name: config.clientName }),
    maxConnections: config.connectionsMax ?? 3,
    idleTimeout: idleSeconds * 1000,
    // A pooled connection may turn out to be dead before a byte of the message was sent: then, and only then,
    // the library tries a new one. Every other repeat is the job's decision.
    maxRequeues: 1,
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: answerSeconds * 1000,
    dnsTimeout: milliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  }
}

function authorities(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `smtp: can't read caFile ${file}` })
  }
}

/** Every header is set here and comes from the configuration, the order or the clock. */
function mailOf(envelope: Envelope, config: SmtpConfig, now: Date): SendMailOptions {
  const { address } = envelope.from
  if (!isPlainMailbox(address)) throw invalid('the From address is not one mailbox')
  if (!/^[\w-]{1,64}$/.test(envelope.id)) throw new TypeError('an order id is letters, digits and hyphens')
  const domain = config.messageIdDomain ?? address.slice(address.indexOf('@') + 1)
  return {
    // Objects, not strings: a string would be parsed as a list of addresses.
    from: { name: displayName(envelope.from.name), address },
    to: { name: '', address: envelope.to },
    envelope: { from: returnPathOf(envelope, config), to: [envelope.to] },
    ...(envelope.dkim === undefined ? {} : { dkim: signatureOf(envelope.dkim) }),
    messageId: `<${envelope.id}@${domain}>`,
    date: now,
    subject: plain(envelope.subject),
    text: envelope.text,
    html: envelope.html,
    xMailer: false,
    headers: {
      // RFC 3834: nobody's holiday notice answers; Exchange needs its own header for that.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(/^[A-Za-z0-9-]{2,35}$/.test(envelope.locale) ? { 'Content-Language': envelope.locale } : {}),
    },
  }
}

function returnPathOf({ returnPath, from }: Envelope, config: SmtpConfig): string {
  const path = returnPath ?? config.returnPath ?? from.address
  if (!isPlainMailbox(path)) throw invalid('the return path is not one mailbox')
  return path
}

/** The library signs with SHA-256, relaxed header and body, everything people see and the Message-ID. */
const signatureOf = ({ domain, selector, key }: DkimKey) => ({
  domainName: domain,
  keySelector: selector,
  privateKey: key.reveal(),
})

/** No direction overrides and a bounded length, on top of what every header gets. */
const displayName = (name: string) =>
  [
    ...plain(name)
      .replace(/\p{Cf}+/gu, ' ')
      .trim(),
  ]
    .slice(0, displayNameLengthMax)
    .join('')

/**
 * Header text without line breaks, and without "=?": the library passes on what already looks like an encoded
 * word (RFC 2047), and mail programs would decode it to whatever it hides. Encoding the rest is the library's.
 */
const plain = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll('=?', '= ?')

async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
