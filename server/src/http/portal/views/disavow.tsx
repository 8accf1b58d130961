import { askHelpDesk } from '../../../core/messages/mail.ts'
import { MailedCodeForm } from './fields.tsx'
import { Head, Landing, Note, renderPage, voiceOf } from './layout.tsx'
import { type DisavowedProps, type DisavowProps, formPaths } from './props.ts'

/** "This was not me": by the mail's link (landing card), or by its code on this fixed page. No sign-in. */
export function disavowPage({ page, notice }: DisavowProps): string {
  const { words } = voiceOf(page)
  const title = words.say('disavow.title')
  const wrong = notice === 'wrong-code' || notice === 'code-unreadable'
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice !== null,
    landing: (
      <Landing
        page={page}
        words={words}
        title={title}
        lead={words.say('disavow.landing-lead')}
        button={words.say('disavow.confirm')}
        step={null}
      />
    ),
    children: (
      <>
        <Head title={title} lead={words.say('disavow.lead')} />
        {notice === 'link-unusable' && (
          <>
            <Note look="bad">{words.say('disavow.link-unusable')}</Note>
            <p>{askHelpDesk({ words, tenant: page.tenant })}</p>
          </>
        )}
        <MailedCodeForm
          page={page}
          to={formPaths.disavow}
          label={words.say('disavow.code')}
          problem={wrong ? { id: 'problem', says: words.say(`disavow.${notice}`) } : null}
          submit={words.say('disavow.confirm')}
          withoutScript={words.say('disavow.no-script')}
        />
      </>
    ),
  })
}

/** What was ended, and what to do if it was too late for the password. */
export function disavowedPage({ page, passwordWasChanged }: DisavowedProps): string {
  const { words } = voiceOf(page)
  const title = words.say('disavowed.title')
  return renderPage({
    page,
    words,
    title,
    step: null,
    children: (
      <>
        <Note look="ok" title={words.say('disavowed.note')} />
        <Head
          title={title}
          lead={words.say(passwordWasChanged ? 'disavowed.lead-changed' : 'disavowed.lead')}
        />
        {passwordWasChanged && (
          <>
            <p className="soft">{words.say('disavowed.next')}</p>
            <p>{askHelpDesk({ words, tenant: page.tenant })}</p>
          </>
        )}
      </>
    ),
  })
}
