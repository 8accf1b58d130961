import { plainName } from '../../../core/messages/plain.ts'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { formPaths, startAgainPath, type UnlockProps } from './props.ts'

/** One button. Who does not know the password after all gets a new one, which lifts the lock as well. */
export function unlockPage({ page, maskedIdentifier, isNotOffered }: UnlockProps): string {
  const { words } = voiceOf(page)
  const title = words.say('unlock.title')
  const identifier = plainName(maskedIdentifier)
  return renderPage({
    page,
    words,
    title,
    step: 3,
    problem: isNotOffered,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say('unlock.lead', { identifier })} />
        {isNotOffered ? (
          <>
            <Note look="warn">{words.say('unlock.not-offered')}</Note>
            <a className="button" href={startAgainPath}>
              {words.say('unlock.instead')}
            </a>
          </>
        ) : (
          <>
            <PostForm page={page} to={formPaths.unlock}>
              <button>{words.say('unlock.submit')}</button>
            </PostForm>
            <div className="more">
              <a className="line" href={startAgainPath}>
                {words.say('unlock.instead')}
              </a>
            </div>
          </>
        )}
      </>
    ),
  })
}
