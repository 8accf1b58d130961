import { plainName } from '../../../core/messages/plain.ts'
import { Head, Note, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import type { DoneProps } from './props.ts'

/** The directory has confirmed it. Signing in is the person's own step: a reset signs nobody in. */
export function donePage({ page, signIn, endsSessions }: DoneProps): string {
  const { words } = voiceOf(page)
  const title = words.say('done.title')
  return renderPage({
    page,
    words,
    title,
    step: 'done',
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Note look="ok" title={words.say('done.note')}>
          {words.say(endsSessions ? 'done.signed-out' : 'done.other-devices')}
        </Note>
        <Head title={title} lead={words.say('done.lead')} />
        {signIn === null ? (
          <p>{words.say('done.close')}</p>
        ) : (
          <a className="button" href={signIn.url} rel="noreferrer">
            {words.say('done.sign-in', { service: plainName(signIn.title) })}
          </a>
        )}
      </>
    ),
  })
}
