import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { type ActivateProps, formPaths } from './props.ts'

/** An invitation: by the mail's link (landing card), or by its code on this fixed page. */
export function activatePage({ page, notice }: ActivateProps): string {
  const { words } = voiceOf(page)
  const title = words.say('activate.title')
  const wrong = notice === 'wrong-code'
  return renderPage({
    page,
    words,
    title,
    step: 2,
    problem: notice !== null,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say('activate.lead')} />
        {notice === 'link-unusable' && (
          <Note look="bad" title={words.say('activate.link-unusable')}>
            {words.say('activate.ask')}
          </Note>
        )}
        <PostForm page={page} to={formPaths.activateCode}>
          <div>
            <label htmlFor="code">{words.say('activate.code')}</label>
            <input
              className="code long"
              id="code"
              name="code"
              autoComplete="one-time-code"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              dir="ltr"
              required
              autoFocus={wrong}
              aria-invalid={wrong || undefined}
              aria-describedby={wrong ? 'problem' : undefined}
            />
            {wrong && (
              <p className="error" id="problem">
                {words.say('activate.wrong-code')} {words.say('activate.ask')}
              </p>
            )}
          </div>
          <button>{words.say('activate.submit')}</button>
        </PostForm>
        <noscript>
          <p className="soft">{words.say('activate.no-script')}</p>
        </noscript>
      </>
    ),
  })
}
