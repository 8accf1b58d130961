import { Head, renderPage, voiceOf } from './layout.tsx'
import type { WorkingProps } from './props.ts'

/**
 * A write is under way and nobody knows yet how it ends. There is nothing to read or fill in here that a reload
 * could take away, so it reloads by itself; who wants to be faster has a link.
 */
export function workingPage({ page, refreshSeconds }: WorkingProps): string {
  const { words } = voiceOf(page)
  const title = words.say('working.title')
  const seconds = Math.max(1, Math.ceil(refreshSeconds))
  return renderPage({
    page,
    words,
    title,
    step: 3,
    head: (
      <noscript>
        <meta httpEquiv="refresh" content={`${seconds};url=${page.here}`} />
      </noscript>
    ),
    children: (
      <>
        <div role="status" data-refresh={seconds} data-at={page.here}>
          <Head title={title} lead={words.say('working.lead')} />
        </div>
        <a className="button quiet" href={page.here}>
          {words.say('working.look-now')}
        </a>
      </>
    ),
  })
}
