import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Certificates } from './certificates.ts'

/** A mail as the server took it: what was said in SMTP, the bytes, and what a mail program makes of them. */
export interface ReceivedMail {
  from: string
  to: readonly string[]
  raw: string
  parsed: Email
  /** Values of a header, in order; the name without regard to case. */
  header(name: string): readonly string[]
  subject: string
  text: string
  html: string
  /** The first link with a token in its fragment, from the text part. */
  link: string | null
  /** The first eight digits in the text part outside links, printed together or four by four. */
  code: string | null
  encrypted: boolean
  user: string | null
}

/** How the server misbehaves from now on. */
export type MailFault =
  | null
  /** Answers this command with this code; `text` may begin with an enhanced status code. */
  | { at: Place; code: number; text?: string }
  /** Says nothing at all to this command, or to the new connection. */
  | { silentAt: Place }
  /** Hangs up without an answer: before it read the mail, or after it took it. */
  | { drop: 'before-mail' | 'after-mail' }
  /** Answers the end of DATA only when told to. */
  | { holdUntil: Promise<void> }
  /** Takes the mail and says so after so many milliseconds. */
  | { answersAfterMs: number }

type Place = 'connect' | 'mail' | 'rcpt' | 'data'

export interface MailServerOptions {
  tls: 'implicit' | 'starttls' | 'none'
  certificates?: Certificates
  credentials?: { username: string; password: string }
  /** Whether SMTPUTF8 is announced. */
  smtpUtf8?: boolean
  port?: number
  /** Told about every mail that was taken. */
  onMail?(mail: ReceivedMail): void
}

export interface MailServer extends AsyncDisposable {
  host: string
  port: number
  received: ReceivedMail[]
  /** Connections accepted so far. */
  connections: number
  /** How often the fault got in somebody's way. */
  troubled: number
  fault: MailFault
  /** The next mail for which nobody waited yet, optionally to one mailbox. */
  next(to?: string): Promise<ReceivedMail>
  /**
   * Hangs up on everybody, as a restart does, and goes on listening. Only without TLS: Node 24 crashes when the
   * socket below a TLS socket is destroyed in the middle of a handshake.
   */
  hangUp(): void
  close(): Promise<void>
}

/** A real SMTP server on a free loopback port. */
export async function aMailServer(options: MailServerOptions): Promise<MailServer> {
  const { tls, certificates, credentials } = options
  const waiting: { to: string | undefined; resolve(mail: ReceivedMail): void }[] = []
  const unseen: ReceivedMail[] = []
  const sockets = new Set<Socket>()

  const deliver = (mail: ReceivedMail) => {
    state.received.push(mail)
    options.onMail?.(mail)
    const at = waiting.findIndex(({ to }) => to === undefined || mail.to.includes(to))
    if (at === -1) unseen.push(mail)
    else waiting.splice(at, 1)[0]?.resolve(mail)
  }
  const faultAt = (place: Place) => {
    const { fault } = state
    if (fault === null || !('at' in fault) || fault.at !== place) return null
    state.troubled += 1
    return smtpError(fault.code, fault.text)
  }
  const answerAt = (place: Place, answer: (error?: Error | null) => void) => {
    const { fault } = state
    if (fault !== null && 'silentAt' in fault && fault.silentAt === place) state.troubled += 1
    else answer(faultAt(place))
  }

  const server = new SMTPServer({
    secure: tls === 'implicit',
    ...(certificates === undefined
      ? {}
      : {
          key: await readFile(certificates.keyFile),
          cert: await readFile(certificates.certificateFile),
        }),
    disabledCommands: [
      ...(tls === 'starttls' ? [] : ['STARTTLS']),
      ...(credentials === undefined ? ['AUTH'] : []),
    ],
    hideSMTPUTF8: options.smtpUtf8 === false,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onConnect(_, callback) {
      state.connections += 1
      answerAt('connect', callback)
    },
    onAuth(auth, _, callback) {
      const right = auth.username === credentials?.username && auth.password === credentials?.password
      if (right) callback(null, { user: auth.username })
      else callback(smtpError(535, 'authentication failed'))
    },
    onMailFrom: (_, __, callback) => answerAt('mail', callback),
    onRcptTo: (_, __, callback) => answerAt('rcpt', callback),
    onData(stream, session, callback) {
      void takeMail(stream, session).then(callback, callback)
    },
  })
  // Clients that refuse our certificate end here; that is what the tests are about.
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  async function takeMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Error | null> {
    if (isDrop('before-mail')) state.hangUp()
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const refusal = faultAt('data')
    if (refusal !== null) return refusal
    deliver(await readMail(Buffer.concat(chunks), session))
    if (isDrop('after-mail')) state.hangUp()
    if (state.fault !== null && 'holdUntil' in state.fault) await state.fault.holdUntil
    if (state.fault !== null && 'answersAfterMs' in state.fault) {
      state.troubled += 1
      await sleep(state.fault.answersAfterMs)
    }
    return null
  }
  const isDrop = (when: string) => state.fault !== null && 'drop' in state.fault && state.fault.drop === when

  const state: MailServer = {
    host: '127.0.0.1',
    port: 0,
    received: [],
    connections: 0,
    troubled: 0,
    fault: null,
    next(to) {
      const at = unseen.findIndex((mail) => to === undefined || mail.to.includes(to))
      const [mail] = at === -1 ? [] : unseen.splice(at, 1)
      return mail === undefined
        ? new Promise((resolve) => waiting.push({ to, resolve }))
        : Promise.resolve(mail)
    },
    hangUp() {
      if (tls !== 'none') throw new Error('only a mail server without TLS can hang up')
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      if (tls === 'none') state.hangUp()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
    [Symbol.asyncDispose]: () => state.close(),
  }
  const listening = server.listen(options.port ?? 0, '127.0.0.1')
  await once(listening, 'listening')
  state.port = (listening.address() as AddressInfo).port
  return state
}

/** One name of a token key in forty is all digits, and it stands in every link; a code for "this was not me" may begin so. */
const codeIn = (text: string): string | null => {
  const [wayIn = ''] = text.split('/disavow')
  const found = /(?<!\d)(\d{4})[ \u00a0-]?(\d{4})(?!\d)/.exec(wayIn.replaceAll(/https?:\/\/\S+/g, ''))
  return found === null ? null : found.slice(1, 3).join('')
}

const smtpError = (code: number, text = 'as the test wishes') =>
  Object.assign(new Error(text), { responseCode: code })

async function readMail(bytes: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const raw = bytes.toString('utf8')
  const parsed = await PostalMime.parse(bytes)
  const text = parsed.text ?? ''
  const { mailFrom, rcptTo } = session.envelope
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    raw,
    parsed,
    header: (name) =>
      parsed.headers.filter(({ key }) => key === name.toLowerCase()).map(({ value }) => value),
    subject: parsed.subject ?? '',
    text,
    html: parsed.html ?? '',
    link: /https?:\/\/[^\s#<>"]+#[^\s<>"]+/.exec(text)?.[0] ?? null,
    code: codeIn(text),
    encrypted: session.secure,
    user: session.user ?? null,
  }
}
