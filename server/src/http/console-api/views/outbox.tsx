import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { OutboxItem } from '../deps.ts'
import { type Frame, Moment, renderPage, Top } from './layout.tsx'

/** Newest first. A link reloads it; a page that reloads itself would keep an idle session alive. */
export function outboxPage(frame: Frame, mails: readonly OutboxItem[], asOf: Date): string {
  return renderPage({
    frame,
    title: 'Outbox',
    place: 'outbox',
    children: (
      <>
        <Top
          title="Outbox"
          lead={
            <>
              Mails stay here, nothing is sent. As of <Moment at={asOf} /> UTC.
            </>
          }
          actions={
            <a className="button" href="/outbox">
              Look again
            </a>
          }
        />
        <section className="panel">
          {mails.length === 0 ? (
            <NoMail portalUrl={frame.portalUrl} />
          ) : (
            <MailTable mails={mails} label="Mails, newest first" />
          )}
        </section>
      </>
    ),
  })
}

export const NoMail = ({ portalUrl }: { portalUrl: string }): ReactElement => (
  <p>
    No mail yet. <a href={portalUrl}>Forget a password on the portal</a>, then look again.
  </p>
)

const states = {
  ordered: { look: 'tag', text: 'ordered' },
  sent: { look: 'tag ok', text: 'sent' },
  failed: { look: 'tag bad', text: 'failed' },
  'given-up': { look: 'tag bad', text: 'given up' },
} satisfies Record<OutboxItem['state'], { look: string; text: string }>

/** Cells become lines on a narrow screen, which would take their roles away; so the roles are said. */
export function MailTable(props: { mails: readonly OutboxItem[]; label: string }): ReactElement {
  const columns = ['When (UTC)', 'To', 'Subject', 'State']
  return (
    <table role="table" aria-label={props.label}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column} role="columnheader" scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {props.mails.map((mail) => (
          <tr role="row" key={`${mail.tenant}/${mail.id}`}>
            <td role="cell" className="when">
              <Moment at={mail.orderedAt} />
            </td>
            <td role="cell">
              <bdi>{plainName(mail.to, addressCharactersMax)}</bdi>
            </td>
            <td role="cell">
              <a href={mailPath(mail)}>
                <bdi>{mail.subject}</bdi>
              </a>
            </td>
            <td role="cell">
              <span className={states[mail.state].look}>{states[mail.state].text}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The longest address there is (RFC 5321 section 4.5.3.1.3). */
export const addressCharactersMax = 254

export const mailPath = ({ tenant, id }: Pick<OutboxItem, 'tenant' | 'id'>): string =>
  `/outbox/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}`
