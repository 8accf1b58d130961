import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { TargetList } from './partly.tsx'
import { type DoneProps, formPaths, type PageContext, startAgainPath } from './props.ts'

/** The directory has confirmed it. Signing in is the person's own step: nobody is signed in by a flow. */
export function donePage(props: DoneProps): string {
  const { page, outcome, targets = [] } = props
  const { words } = voiceOf(page)
  const isPartial = targets.some((target) => target.outcome.is !== 'written')
  const title = words.say(isPartial ? 'targets.title' : (titlesHere[page.here] ?? titles[outcome]))
  return renderPage({
    page,
    words,
    title,
    // A change is not one of the three steps.
    step: page.here === '/change' ? null : 'done',
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        {!isPartial && <Outcome {...props} words={words} />}
        <Head title={title} lead={words.say(isPartial ? 'targets.lead' : leadOf(outcome))} />
        {targets.length > 0 && <TargetList targets={targets} words={words} />}
        {isPartial && (
          <>
            <p>{words.say('targets.next')}</p>
            <p className="soft">{words.say('done.lead')}</p>
          </>
        )}
        <SignIn {...props} words={words} />
        {props.offersMethods === true && outcome === 'password-set' && !isPartial && (
          <a className="line" href="/methods">
            {words.say('methods.nudge')}
          </a>
        )}
        {props.offersSignOut === true && (
          <PostForm page={page} to={formPaths.signOut}>
            <button className="quiet">{words.say('change.sign-out')}</button>
          </PostForm>
        )}
        {outcome === 'was-not-locked' && (
          <div className="more">
            <a className="line" href={startAgainPath}>
              {words.say('unlock.instead')}
            </a>
          </div>
        )}
      </>
    ),
  })
}

const leadOf = (outcome: DoneProps['outcome']) =>
  outcome === 'was-not-locked' ? 'done.not-locked-lead' : 'done.lead'

/** Where a new password is not a way back in. */
const titlesHere: Partial<Record<PageContext['here'], 'activate.done-title' | 'done.changed-title'>> = {
  '/activate': 'activate.done-title',
  '/change': 'done.changed-title',
}

const titles = {
  'password-set': 'done.title',
  unlocked: 'done.unlocked-title',
  'was-not-locked': 'done.not-locked-title',
} as const

type Spoken = DoneProps & { words: Words }

function Outcome({ page, outcome, endsSessions, words }: Spoken): ReactElement {
  if (page.here === '/activate') return <Note look="ok" title={words.say('activate.done-note')} />
  if (outcome === 'was-not-locked') return <Note look="info" title={words.say('done.not-locked-note')} />
  if (outcome === 'unlocked') return <Note look="ok" title={words.say('done.unlocked-note')} />
  return (
    <Note look="ok" title={words.say('done.note')}>
      {words.say(endsSessions ? 'done.signed-out' : 'done.other-devices')}
    </Note>
  )
}

function SignIn({ outcome, signIn, words }: Spoken): ReactElement {
  if (signIn === null) {
    return <p>{words.say(outcome === 'password-set' ? 'done.close' : 'done.unlocked-close')}</p>
  }
  return (
    <a className="button" href={signIn.url} rel="noreferrer">
      {words.say('done.sign-in', { service: plainName(signIn.title) })}
    </a>
  )
}
