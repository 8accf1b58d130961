import { MailedCodeForm } from './fields.tsx'
import { Head, Note, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
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
        <MailedCodeForm
          page={page}
          to={formPaths.activateCode}
          label={words.say('activate.code')}
          problem={
            wrong
              ? { id: 'problem', says: `${words.say('activate.wrong-code')} ${words.say('activate.ask')}` }
              : null
          }
          submit={words.say('activate.submit')}
          withoutScript={words.say('activate.no-script')}
        />
      </>
    ),
  })
}
