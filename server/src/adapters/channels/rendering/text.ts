import type { MailBlock, MailDocument } from '../../../core/messages/mail.ts'

/** The plain text part: the same blocks in the same order, an empty line between them. */
export const renderText = (document: MailDocument): string => `${document.blocks.map(asText).join('\n\n')}\n`

function asText(block: MailBlock): string {
  switch (block.kind) {
    case 'fact':
    case 'text':
      return block.text
    case 'rows':
      return block.rows.map(({ label, value }) => `${label}: ${value}`).join('\n')
    case 'button':
      // A label of its own line, then the address: what the button says is part of what the mail says.
      return `${block.label}:\n${block.url}`
    case 'code':
      return `    ${block.code}`
    case 'rule':
      return '----------------------------------------'
    case 'small':
      // `tel:` and `mailto:` repeat what the text says; a web address says more.
      return block.link?.startsWith('https:') === true ? `${block.text}\n${block.link}` : block.text
  }
}
