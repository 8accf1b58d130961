import { askHelpDesk } from '../../../core/messages/mail.ts'
import { Head, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { type EndedProps, startAgainAt } from './props.ts'

/** The flow is over without a new password that we know of; what happened, and how to go on. */
export function endedPage({ page, because }: EndedProps): string {
  const { words } = voiceOf(page)
  const title = words.say(`ended.${because}.title`)
  const asksPeople = ['account-unavailable', 'disavowed', 'ended-by-operator'].includes(because)
  return renderPage({
    page,
    words,
    title,
    step: null,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say(`ended.${because}.lead`)} />
        {asksPeople && <p>{askHelpDesk({ words, tenant: page.tenant })}</p>}
        {page.here === '/activate' && <p>{words.say('activate.ask')}</p>}
        {page.here !== '/activate' && (
          <a className={because === 'outcome-unknown' ? 'button quiet' : 'button'} href={startAgainAt(page)}>
            {words.say('page.start-again')}
          </a>
        )}
      </>
    ),
  })
}
