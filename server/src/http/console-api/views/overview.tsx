import type { ReactElement } from 'react'
import type { OutboxItem } from '../deps.ts'
import { type Frame, renderPage, Top } from './layout.tsx'
import { MailTable, NoMail } from './outbox.tsx'

const newestShown = 5

/** What this is, where to go, and what has happened lately. */
export function overviewPage(frame: Frame, mails: readonly OutboxItem[] | null): string {
  return renderPage({
    frame,
    title: 'Overview',
    place: 'overview',
    children: (
      <>
        <Top title="Overview" lead={frame.demo ? 'This is a demo.' : undefined} />
        {frame.demo && (
          <p className="note">
            It answers on this machine only, its people are made up, and no mail leaves it. Forget a password
            on the portal, then come back here for the mail.
          </p>
        )}
        <Places frame={frame} />
        {mails !== null && (
          <section className="panel">
            <h2>Newest mails</h2>
            {mails.length === 0 ? (
              <NoMail portalUrl={frame.portalUrl} />
            ) : (
              <MailTable mails={mails.slice(0, newestShown)} label="Newest mails" />
            )}
            {mails.length > newestShown && (
              <p>
                <a href="/outbox">All mails</a>
              </p>
            )}
          </section>
        )}
      </>
    ),
  })
}

function Places({ frame }: { frame: Frame }): ReactElement {
  const places = [
    { href: frame.portalUrl, name: 'Portal', what: 'Where people get back into their accounts' },
    ...(frame.outbox
      ? [{ href: '/outbox', name: 'Outbox', what: 'Every mail that was written, with its link and code' }]
      : []),
    { href: '/docs', name: 'API', what: 'What applications can call' },
    { href: '/metrics', name: 'Metrics', what: 'For Prometheus, in its text format' },
  ]
  return (
    <ul className="tiles">
      {places.map(({ href, name, what }) => (
        <li className="tile" key={name}>
          <a href={href}>{name}</a>
          <small>{what}</small>
        </li>
      ))}
    </ul>
  )
}
