import type { MailServer, ReceivedMail } from './smtp.ts'

/** A mail of ours as the person who got it uses it. */
export interface Letter {
  subject: string
  text: string
  html: string
  /** The way back in; null in mails that tell something. */
  link: string | null
  code: string | null
  /** "This was not me". */
  disavowLink: string | null
  disavowCode: string | null
  raw: string
}

export interface Mailbox {
  address: string
  /** The next mail that nobody has read yet; fails when none comes in time. */
  next(): Promise<Letter>
  /** All mails so far, read or not. */
  all(): Letter[]
}

const patienceMs = 20_000

/** One person's mailbox on a test mail server. Mails are taken in the order they came. */
export function mailboxOn(server: MailServer, address: string): Mailbox {
  const ours = () => server.received.filter(({ to }) => to.includes(address)).map(letterOf)
  let read = 0
  return {
    address,
    all: ours,
    async next() {
      const deadline = Date.now() + patienceMs
      while (Date.now() < deadline) {
        const letter = ours()[read]
        if (letter !== undefined) {
          read += 1
          return letter
        }
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`no mail number ${read + 1} for ${address} within ${patienceMs} ms`)
    },
  }
}

const letterOf = ({ subject, text, html, raw }: ReceivedMail): Letter => ({
  ...readText(text),
  subject,
  html,
  raw,
})

/** Links and codes out of the text part, where people without an HTML mail program find them. */
export function readText(text: string): Omit<Letter, 'subject' | 'html' | 'raw'> {
  const links = text.match(/https?:\/\/[^\s#<>"]+#[\w.-]+/g) ?? []
  // Eight digits in a row happen in a link as well.
  const [wayIn = ''] = text.replaceAll(/#[\w.-]+/g, '').split(/\/disavow/)
  const behind = text.slice(text.lastIndexOf('/disavow'))
  return {
    text,
    link: links.find((link) => /\/(recover|unlock|activate)#/.test(link)) ?? null,
    code: /(?<!\d)\d{4}[ \u00a0-]?\d{4}(?!\d)/.exec(wayIn)?.[0] ?? null,
    disavowLink: links.find((link) => link.includes('/disavow#')) ?? null,
    disavowCode: /^\s*((?:[a-z0-9]{4}[ -]){2,}[a-z0-9]{1,4})\s*$/m.exec(behind)?.[1] ?? null,
  }
}
