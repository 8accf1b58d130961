import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { SecretField } from './fields.tsx'
import { Head, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { sayProblem } from './password.tsx'
import { formPaths, type PartlyProps, type ShownTarget } from './props.ts'

/** The new password is in force, and some of the person's applications have not got it: which, and how they can. */
export function partlyPage({ page, maskedIdentifier, targets, problems, isAnother }: PartlyProps): string {
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
    problem: wrong.length > 0,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say('targets.lead')} />
        <TargetList targets={targets} words={words} />
        <PostForm page={page} to={formPaths.password}>
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
        <p>{words.say('targets.later')}</p>
      </>
    ),
  })
}

/** Each application by its name, and what it has. */
export const TargetList = ({
  targets,
  words,
}: {
  targets: readonly ShownTarget[]
  words: Words
}): ReactElement => (
  <ul id="targets">
    {targets.map((target) => (
      <li key={target.title}>{sayTarget(words, target)}</li>
    ))}
  </ul>
)

function sayTarget(words: Words, { title, outcome }: ShownTarget): string {
  const name = { title: plainName(title) }
  if (outcome.is !== 'refused') return words.say(`targets.is.${outcome.is}`, name)
  const { because } = outcome
  if (because === 'directory-not-writable') return words.say('targets.is.not-writable', name)
  const refused = words.say('targets.is.refused', name)
  return because === 'account-unavailable' ? refused : `${refused} ${words.say(`refusal.${because}`)}`
}
