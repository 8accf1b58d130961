import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { OutboxItem, OutboxMail } from '../deps.ts'
import { type Frame, renderPage, Top } from './layout.tsx'
import { addressCharactersMax, mailPath } from './outbox.tsx'

/** One mail: the text with links that work, then what a mail program makes of the HTML part. */
export function mailPage(frame: Frame, mail: OutboxMail, at: Pick<OutboxItem, 'tenant' | 'id'>): string {
  return renderPage({
    frame,
    title: mail.subject,
    place: 'outbox',
    children: (
      <>
        <Top
          title={mail.subject}
          lead={
            <>
              To <bdi>{plainName(mail.to, addressCharactersMax)}</bdi>
            </>
          }
          actions={
            <a className="button" href="/outbox">
              All mails
            </a>
          }
        />
        <section className="panel" aria-labelledby="text">
          <h2 id="text">Text part</h2>
          <pre>
            <Linked text={mail.text} />
          </pre>
        </section>
        <section className="panel" aria-labelledby="html">
          <h2 id="html">HTML part</h2>
          <p className="soft">Only to look at: its links do nothing here. Use those of the text part.</p>
          <iframe src={`${mailPath(at)}/html`} sandbox="" title="HTML part of the mail" />
        </section>
      </>
    ),
  })
}

/** Addresses in the text part stand alone or end before a blank, a bracket or a quotation mark. */
const address = /https?:\/\/[^\s<>"'()]+/g

/** The text with its web addresses as links, nothing else; in a new place the mail would lose its lines. */
function Linked({ text }: { text: string }): ReactElement {
  const parts: (string | ReactElement)[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const url = match[0].replace(/[.,;:!?]+$/, '')
    parts.push(
      text.slice(from, match.index),
      <a key={match.index} href={url} rel="noreferrer">
        {url}
      </a>,
    )
    from = match.index + url.length
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  )
}
