import { Head, Note, renderPage, voiceOf } from './layout.tsx'
import type { CodesProps } from './props.ts'

/** The only time that recovery codes are shown. Nothing on the page leads away from it but the button. */
export function codesPage({ page, codes, at }: CodesProps): string {
  const { words, tenant, timeZone } = voiceOf(page)
  const title = words.say('codes.title')
  return renderPage({
    page: { ...page, tenant: { ...page.tenant, languages: [] } },
    words,
    title,
    step: null,
    children: (
      <>
        <Head title={title} lead={words.say('codes.lead')} />
        <Note look="warn">{words.say('codes.once')}</Note>
        <div id="sheet">
          <p className="soft">{words.say('codes.of', { tenant, moment: words.moment(at, timeZone) })}</p>
          <ol className="codes">
            {codes.map((code) => (
              <li key={code}>
                <code dir="ltr">{code}</code>
              </li>
            ))}
          </ol>
        </div>
        {/* For the script: without it, people print as they print any page. */}
        <button type="button" className="quiet" data-prints hidden>
          {words.say('codes.print')}
        </button>
        <button type="button" className="quiet" data-saves="sheet" hidden>
          {words.say('codes.save')}
        </button>
        <a className="button" href="/methods">
          {words.say('codes.kept')}
        </a>
      </>
    ),
  })
}
