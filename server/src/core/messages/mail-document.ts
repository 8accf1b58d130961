/**
 * What a mail says, in order, without how it looks: HTML and text are rendered from this one list, so they can't
 * say different things. Everything is plain text; escaping is the renderer's.
 */
export interface MailDocument {
  language: string
  direction: 'ltr' | 'rtl'
  subject: string
  blocks: readonly MailBlock[]
}

export type MailBlock =
  /** The fact, first in the mail and as its heading. */
  | { kind: 'fact'; text: string }
  | { kind: 'text'; text: string }
  /** When, account, device, place. */
  | { kind: 'rows'; rows: readonly { label: string; value: string }[] }
  /** A button; its address also stands under it in plain text. `quiet` is outlined, never smaller. */
  | { kind: 'button'; label: string; url: string; look: 'main' | 'quiet' }
  /** Alone on its line, in groups of four. */
  | { kind: 'code'; code: string }
  /** A line between what the mail is about and what else can be done. */
  | { kind: 'rule' }
  /** The last lines, smaller: who sent it, where to turn. The text itself is the link, if there is one. */
  | { kind: 'small'; text: string; link: string | null }
