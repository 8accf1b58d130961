import { readFileSync } from 'node:fs'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool'
import { isPlainMailbox } from '../../../core/messages/delivery-address.ts'
import type { Envelope, MailProvider } from '../../../core/messages/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ChannelOutside } from '../define.ts'
import { isLoopbackHost, type SmtpConfig } from './config.ts'
import { outcomeOf, problemOf } from './outcome.ts'

/** Longer names are cut: a mail list shows some 30 characters, and a name is no place for a letter. */
const displayNameLengthMax = 64

/** Servers hang up on idle clients after a minute or so; being first spares a message the discovery. */
const idleSeconds = 30

export function openSmtp(config: SmtpConfig, outside: ChannelOutside): MailProvider {
  refuseUnsafe(config)
  const transport = createTransport(transportOptions(config))
  const server = `${config.host.includes(':') ? `[${config.host}]` : config.host}:${String(config.port)}`
  return {
    name: outside.name,
    async send(envelope, signal) {
      if (!isPlainMailbox(envelope.to)) return { ok: false, permanent: true, because: 'address-unusable' }
      const mail = mailOf(envelope, config, outside.now())
      try {
        const sent = await transport.sendMail({ ...mail, signal })
        return sent.accepted.length === 1 ? { ok: true } : { ok: false, permanent: true, because: 'refused' }
      } catch (error) {
        return { ...outcomeOf(error), detail: `${server}: ${problemOf(error)}` }
      }
    },
    async check(signal) {
      try {
        await beforeAbort(transport.verify(), signal)
      } catch (cause) {
        throw new Fault('mail-unreachable', { cause, detail: `${server}: ${problemOf(cause)}` })
      }
    },
    async close() {
      transport.close()
    },
  }
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
  const milliseconds = (config.timeoutSeconds ?? 20) * 1000
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
    socketTimeout: milliseconds,
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
    envelope: { from: config.returnPath ?? address, to: [envelope.to] },
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
