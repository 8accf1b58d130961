import type { Secret } from '../../kernel/secret.ts'
import type { EnrolledMethod } from '../proofs/index.ts'

/**
 * What Rekey says to people outside a screen. A message is ordered in the transaction that makes it true and
 * delivered by a job. Neither the order nor the job holds a link or a code: those are derived when it is sent.
 */
export type MessageKind =
  /** The way back in: link and code of one flow and generation. */
  | 'recovery'
  /** Somebody asked, but this account can't be recovered by mail; says what to do instead. */
  | 'recovery-explained'
  /** The password was changed; carries "this was not me". */
  | 'password-changed'
  /** A write was cut off: try the new password; if it does not work, start again. Carries "this was not me". */
  | 'password-unexplained'
  /** A new password was taken and waits for its directory: until when; carries "this was not me". */
  | 'password-accepted'
  /** One that waited was not set after all, and why. Carries "this was not me". */
  | 'password-not-set'
  /** Somebody said "this was not me": what was ended and what is asked for during the next day. */
  | 'disavowed'
  /** Asked for to lift a lock: link and code of one flow and generation. */
  | 'unlock'
  /** Somebody asked, but the lock of this account is not lifted by mail; says what to do instead. */
  | 'unlock-explained'
  /** The lock was lifted, the password stays; carries "this was not me". */
  | 'account-unlocked'
  /** Link and code by which a new person sets the first password. */
  | 'invitation'
  /** Somebody was invited, at another address, to set a password for the account; carries "this was not me". */
  | 'invited-elsewhere'
  /** The first password was set; carries "this was not me". */
  | 'account-activated'
  /** Somebody who helps ordered that the password is changed at the next sign-in. */
  | 'change-required'
  /** The password ends soon: when, and where to change it. */
  | 'password-expires'
  /** It has ended: until when that matters little, and where to change it. */
  | 'password-expired'
  /** Something was set up to prove oneself with; carries "this was not me", which takes it away. */
  | 'method-added'
  /** Something of that was removed; carries "this was not me". */
  | 'method-removed'

/** Why an account can't come back by mail alone. */
export type Ineligible =
  | 'disabled'
  | 'federated'
  | 'privileged'
  | 'second-factor'
  | 'disavowed'
  /** Somebody was invited to it and has never set a password. */
  | 'not-activated'

/**
 * Roughly where a request came from. It is stored so that it can be told in any language: whoever asks and whoever
 * gets the mail need not read the same one.
 */
export interface Place {
  /** ISO 3166-1 alpha-2: "DK". */
  country: string | null
  /** English name, and what the geo file has for other languages of ours where it differs. */
  city: ({ en: string } & Readonly<Record<string, string>>) | null
}

/** Facts of a message, all of them from our own records; nothing in a mail comes from a request as text. */
export interface MessageFacts {
  /** The account's user name, masked where LOOK asks for it; length-capped by the renderer. */
  username: string
  at: string
  /** Recognised browser and system ("Firefox on Windows"), from a closed list, or null. */
  device: string | null
  /** From the operator's geo file, or null. */
  place: Place | null
  because?: Ineligible
  /** Who keeps the password of a federated account, by its name in the configuration. */
  provider?: string
  /** When a password ends, or ended, by its age. */
  endsAt?: string
  /** When the link and code stop working; of a password that has ended, its grace; of one that waits, its last moment. */
  validUntil?: string
  /** Somebody who helps did what the message tells of; its reader did not ask for it. */
  byHelp?: true
  /** Where the password belongs to several accounts, by the names that people know: which have the new one. */
  applications?: {
    written: readonly string[]
    unchanged: readonly string[]
    unknown: readonly string[]
  }
  /** A password that waited was refused; absent: the directory could not be reached in time. */
  wasRefused?: true
  /** It was to be the first of the account. */
  isFirst?: true
  /** What was set up or removed. */
  method?: EnrolledMethod
  /** False while the account's budget of failed codes is used up: then the mail offers the link only. */
  codeWorks?: boolean
}

/** A way to reach a person. */
export type Channel = 'email' | TextChannel
/** Over the telephone network: written, or read aloud by a voice that calls. */
export type TextChannel = 'sms' | 'voice'

export interface MessageOrder {
  id: string
  tenant: string
  /** `email` unless said. */
  channel?: Channel
  kind: MessageKind
  subject: string
  flow: string | null
  generation: number
  /** Token key that the secrets of this message are derived under. */
  keyId: string
  /** The "this was not me" that the message carries. */
  disavowal: string | null
  /** The invitation whose link and code the message carries. */
  invitation?: string
  /** Stored recovery address or number, byte for byte. Sealed at rest and forgotten once the message is settled. */
  to: string
  locale: string
  service: string | null
  facts: MessageFacts
  /** A message that could not be delivered by then is worthless and is given up. */
  notAfter: Date
}

/** Secrets of a message, derived at send time. */
export interface MessageSecrets {
  /** `{publicUrl}/recover#{token}`, or under `/unlock` */
  link?: string
  /** Eight digits; of an invitation, sixteen letters and digits. */
  code?: string
  /** `{publicUrl}/disavow#{token}` */
  disavowLink?: string
  /** The same "this was not me" for the fixed page `{publicUrl}/disavow`, typed by hand. */
  disavowCode?: string
}

/** A rendered mail: HTML and text say the same. */
export interface RenderedMail {
  subject: string
  html: string
  text: string
}

/** Signs mails (RFC 6376). */
export interface DkimKey {
  domain: string
  selector: string
  /** RSA private key as PEM. */
  key: Secret
}

/** In whose name a mail goes out. All of it comes from configuration, the id of the order excepted. */
export interface Sender {
  from: { name: string; address: string }
  /** Where bounces of this mail go; the provider's own setting, or the From address, without it. */
  returnPath?: string
  dkim?: DkimKey
}

export interface Envelope extends RenderedMail, Sender {
  /** Also the Message-ID's left part: repeats of one order can be recognised. */
  id: string
  to: string
  locale: string
}

/** What one text over the telephone network is to be sent as. */
export interface TextEnvelope {
  /** Of the order. */
  id: string
  channel: TextChannel
  /** E.164 with the plus. */
  to: string
  /** BCP 47, of what is written or read aloud. */
  language: string
  text: string
  /** Worthless after so long: whoever carries it may throw it away. */
  validSeconds: number
  /**
   * Where this text's receipt may be left over HTTP, once the provider's name is put behind it as the last part; null
   * without a public address.
   */
  receiptUrl: string | null
}

/** In millionths of a unit of the currency, because single texts cost less than its smallest coin. */
export interface Cost {
  micros: number
  /** ISO 4217. */
  currency: string
}

export type Delivery =
  /** `reference`: what the provider calls it, where receipts name it so. `cost`: where it says so. */
  | { ok: true; reference?: string; cost?: Cost }
  /**
   * `permanent`: trying again can't help (5xx for this address). `blames` says that the provider works and that it is
   * about this one mailbox. `because: 'outcome-unknown'` says that the whole message was handed over and no answer
   * came: it may have been sent. `detail` is for operators: which server and what went wrong, without address, secret
   * or the server's own words.
   */
  | { ok: false; permanent: boolean; because: string; blames?: 'mailbox'; detail?: string }

/** One provider of a channel. It never throws for what the other side may answer. */
export interface Provider<Message> {
  readonly name: string
  send(message: Message, signal: AbortSignal): Promise<Delivery>
  check(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
export type MailProvider = Provider<Envelope>

/** Carries texts. */
export interface TextProvider extends Provider<TextEnvelope> {
  readonly channels: readonly TextChannel[]
  /** Only of providers whose receipts come over HTTP. */
  readReceipt?(request: ReceiptRequest): ReadReceipt
}

/** What became of a text that a provider took. */
export const receiptStatuses = ['delivered', 'undelivered', 'expired', 'rejected'] as const
export interface Receipt {
  status: (typeof receiptStatuses)[number]
}

/** A request to a receipt's address, as it came. */
export interface ReceiptRequest {
  /** The address that was asked for, with its query: the public one, whatever a proxy made of it. */
  url: string
  header(name: string): string | undefined
  query: URLSearchParams
  /** Empty when there was none. */
  body: string
}

/** `refused`: not from the provider. `nothing`: from it, and nothing is known for certain by it. */
export type ReadReceipt = { is: 'refused' } | { is: 'nothing' } | { is: 'receipt'; receipt: Receipt }

/** Where people turn when Rekey can't help them. Plain text, and a link when there is one (https, tel or mailto). */
export interface HelpDesk {
  text: string
  url: string | null
}

/** What screens and mails need to know of a tenant to speak in its name. All of it comes from configuration. */
export interface TenantVoice {
  /** As people know it: "Northwind". */
  name: string
  helpDesk: HelpDesk | null
  /** Without a trailing slash. */
  publicUrl: string
  /** `#rrggbb`; the default look when null. */
  brandColor: string | null
  /** IANA name; times are shown in it, with its abbreviation. */
  timeZone: string
  /** BCP 47, preferred first; never empty. */
  languages: readonly string[]
  /** Those who keep passwords of its people: their names as people know them, and where a new password is to be had. */
  passwordProviders: readonly { name: string; title: string; page: string }[]
}
