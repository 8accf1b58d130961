import { Head, Note, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import type { AcceptedProps } from './props.ts'

/**
 * A password was taken and waits for its directory: it does not work yet, and nobody may think that it does. There is
 * nothing to do here, so the page looks again by itself; who closes it gets a mail.
 */
export function acceptedPage({ page, worksBy, refreshSeconds }: AcceptedProps): string {
  const { words } = voiceOf(page)
  const title = words.say('accepted.title')
  const moment = words.moment(worksBy, page.tenant.timeZone)
  return renderPage({
    page,
    words,
    title,
    step: 3,
    landing: <RecoveryLanding page={page} words={words} />,
    head: (
      <noscript>
        <meta httpEquiv="refresh" content={`${refreshSeconds};url=${page.here}`} />
      </noscript>
    ),
    children: (
      <>
        <div role="status" data-refresh={refreshSeconds} data-at={page.here}>
          <Head title={title} />
          <Note look="info" title={words.say('accepted.not-yet')}>
            {words.say('accepted.lead', { moment })}
          </Note>
          <p>{words.say('accepted.until')}</p>
          <p>{words.say('accepted.mail')}</p>
        </div>
        <p>{words.say('accepted.close')}</p>
        <a className="button quiet" href={page.here}>
          {words.say('working.look-now')}
        </a>
      </>
    ),
  })
}
