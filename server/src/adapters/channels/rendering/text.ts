import type { MailBlock, MailDocument } from '../../../core/messages/mail-document.ts'
import { isolate } from '../../../core/messages/translate.ts'

/**
 * The plain text part: the same blocks in the same order, an empty line between them. Text that reads from right to
 * left has no markup to keep values in their own direction, so characters do it.
 */
export function renderText({ blocks, direction }: MailDocument): string {
  const marks = direction === 'rtl' ? { value: isolate, code: leftToRight } : { value: asIs, code: asIs }
  return `${blocks.map((block) => asText(block, marks)).join('\n\n')}\n`
}

const asIs = (text: string) => text

/** A code has no letters that show a direction, and its two groups would change places. */
const leftToRight = (code: string) => `\u2066${code}\u2069`

function asText(block: MailBlock, marks: Record<'value' | 'code', (text: string) => string>): string {
  switch (block.kind) {
    case 'fact':
    case 'text':
      return block.text
    case 'rows':
      return block.rows.map(({ label, value }) => `${label}: ${marks.value(value)}`).join('\n')
    case 'button':
      // A label of its own line, then the address: what the button says is part of what the mail says.
      return `${block.label}:\n${block.url}`
    case 'code':
      return `    ${marks.code(block.code)}`
    case 'rule':
      return '----------------------------------------'
    case 'small':
      // `tel:` and `mailto:` repeat what the text says; a web address says more.
      return block.link?.startsWith('https:') === true ? `${block.text}\n${block.link}` : block.text
  }
}
