import type { ReactElement, ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'

/** What all pages of the console need to know. */
export interface Frame {
  stylesheet: string
  script: string
  portalUrl: string
  demo: boolean
  /** Whether mails go to the outbox. */
  outbox: boolean
  /** Mails that wait for delivery, where that was counted. */
  waiting: number
  /** Guard of this session's forms; null without a session. */
  csrf: string | null
}

export type Place = 'overview' | 'outbox' | 'docs' | null

export interface PageParts {
  frame: Frame
  title: string
  place: Place
  children: ReactNode
}

/** A whole document. Every text in `parts` is escaped by React; there is no other way into the markup. */
export const renderPage = (parts: PageParts): string =>
  `<!doctype html>${renderToStaticMarkup(<Page {...parts} />)}`

function Page({ frame, title, place, children }: PageParts): ReactElement {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · Rekey console`}</title>
        {/* Otherwise every browser asks for /favicon.ico. */}
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={frame.stylesheet} />
        <script src={frame.script} defer />
      </head>
      <body>
        <a className="skip" href="#main">
          To the content
        </a>
        <div className={frame.csrf === null ? 'shell bare' : 'shell'}>
          <header>
            <p className="mark">
              <KeyMark /> Rekey
            </p>
            {frame.csrf !== null && <Rail frame={frame} place={place} />}
          </header>
          <main id="main" tabIndex={-1}>
            {children}
          </main>
        </div>
      </body>
    </html>
  )
}

function Rail({ frame, place }: { frame: Frame; place: Place }): ReactElement {
  const current = (of: Place) => (of === place ? ('page' as const) : undefined)
  return (
    <nav aria-label="Console">
      <a href="/" aria-current={current('overview')}>
        Overview
      </a>
      {frame.outbox && (
        <a href="/outbox" aria-current={current('outbox')}>
          Outbox
          {frame.waiting > 0 && <i>{frame.waiting} waiting</i>}
        </a>
      )}
      <a href="/docs" aria-current={current('docs')}>
        API
      </a>
      <a href="/metrics">Metrics</a>
      <a href={frame.portalUrl}>Portal</a>
      <form method="post" action="/leave">
        <input type="hidden" name="csrf" value={frame.csrf ?? ''} />
        <button>Sign out</button>
      </form>
    </nav>
  )
}

/** What the page is, and its actions at the end of the line. */
export function Top(props: { title: string; lead?: ReactNode; actions?: ReactNode }): ReactElement {
  return (
    <div className="top">
      <div>
        <h1>{props.title}</h1>
        {props.lead !== undefined && <p className="soft">{props.lead}</p>}
      </div>
      {props.actions}
    </div>
  )
}

const KeyMark = (): ReactElement => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={2}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden
  >
    <circle cx="8" cy="12" r="4.5" />
    <path d="M12.5 12H22m-3.5 0v3.5M15 12v2.5" />
  </svg>
)

/** One moment, in UTC because operators compare it with logs: "20 Nov 2026, 18:15:50". */
export function Moment({ at }: { at: Date }): ReactElement {
  return <time dateTime={at.toISOString()}>{moments.format(at)}</time>
}

const moments = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
})
