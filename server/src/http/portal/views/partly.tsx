import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { SecretField } from './fields.tsx'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { sayProblem } from './password.tsx'
import { sayWait } from './problem.tsx'
import { formPaths, type PartlyProps, type ShownTarget, startAgainPath } from './props.ts'

/** The new password is in force, and some of the person's applications have not got it: which, and how they can. */
export function partlyPage(props: PartlyProps): string {
  const { page, maskedIdentifier, targets, problems, isAnother, triedAgain } = props
  const { words, timeZone } = voiceOf(page)
  const title = words.say('targets.title')
  const identifier = plainName(maskedIdentifier)
  const wrong = [
    ...(isAnother ? [words.say('targets.another')] : []),
    ...problems.map((problem) => sayProblem({ words, timeZone }, problem)),
  ]
  return renderPage({
    page,
    words,
    title,
    step: 3,
    problem: wrong.length > 0 || triedAgain !== null,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say('targets.lead')} />
        {triedAgain !== null && <TriedAgain {...triedAgain} words={words} />}
        <TargetList targets={targets} words={words} />
        {targets.some(mayTakeIt) ? (
          <PostForm page={page} to={formPaths.password}>
            <p>{words.say('targets.retry')}</p>
            <input type="hidden" name="rest" value="yes" />
            <input name="username" autoComplete="username" value={identifier} readOnly hidden />
            <SecretField
              words={words}
              name="password"
              label={words.say('targets.password')}
              autoComplete="current-password"
              problem={wrong.length > 0 ? { id: 'problem', says: wrong.join(' ') } : null}
              takesFocus={wrong.length > 0}
            />
            <button>{words.say('targets.again')}</button>
          </PostForm>
        ) : (
          <a className="button" href={startAgainPath}>
            {words.say('targets.other')}
          </a>
        )}
        <p>{words.say('targets.later')}</p>
      </>
    ),
  })
}

/** What came of it stands in the list as it did before, so that it was tried has to be said. */
const TriedAgain = ({
  unreached,
  retryAfterSeconds,
  words,
}: NonNullable<PartlyProps['triedAgain']> & { words: Words }): ReactElement => (
  <Note look="warn" title={words.say('targets.tried')}>
    {unreached.length > 0 && (
      <p>
        {words.say('targets.unreached', {
          applications: words.list(unreached.map((title) => plainName(title))),
        })}{' '}
        {sayWait(words, retryAfterSeconds)}
      </p>
    )}
  </Note>
)

/** False where this password was refused for what it is: typing it once more changes nothing. */
const mayTakeIt = ({ outcome }: ShownTarget): boolean =>
  outcome.is === 'refused'
    ? outcome.because === 'account-unavailable' || outcome.because === 'directory-not-writable'
    : outcome.is !== 'written'

/** Each application by its name, and what it has. */
export const TargetList = ({
  targets,
  words,
}: {
  targets: readonly ShownTarget[]
  words: Words
}): ReactElement => (
  <ul className="rules" id="targets">
    {targets.map((target) => (
      <li key={target.title} className={target.outcome.is === 'written' ? 'met' : undefined}>
        <span>
          <b>{plainName(target.title)}</b> {sayOutcome(words, target)}
        </span>
      </li>
    ))}
  </ul>
)

function sayOutcome(words: Words, { outcome }: ShownTarget): string {
  if (outcome.is !== 'refused') return words.say(`targets.is.${outcome.is}`)
  const { because } = outcome
  if (because === 'directory-not-writable') return words.say('targets.is.not-writable')
  const refused = words.say('targets.is.refused')
  return because === 'account-unavailable' ? refused : `${refused} ${words.say(`refusal.${because}`)}`
}
