import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { type CharacterClass, characterClasses, type PasswordRule } from '../../../core/passwords/index.ts'
import { SecretField } from './fields.tsx'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import {
  formPaths,
  type PageContext,
  type PasswordAdvice,
  type PasswordProblem,
  type PasswordProps,
} from './props.ts'

/** The new password: what it needs is said before typing, what was wrong with the last one at its field. */
export function passwordPage(props: PasswordProps): string {
  const { page, problems, endsSessions } = props
  const { words, tenant, timeZone } = voiceOf(page)
  const title = words.say(page.here === '/activate' ? 'activate.password-title' : 'password.title')
  const identifier = plainName(props.maskedIdentifier)
  return renderPage({
    page,
    words,
    title,
    step: 3,
    problem: problems.length > 0,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={words.say('password.lead', { identifier })} />
        <PostForm page={page} to={formPaths.password}>
          {/* Tells a password manager which entry this is (ASVS 6.2.7); masked like everything shown back. */}
          <input name="username" autoComplete="username" value={identifier} readOnly hidden />
          <NewPasswordField {...props} words={words} timeZone={timeZone} />
          <noscript>
            <Again words={words} />
          </noscript>
          <Rules {...props} words={words} tenant={tenant} />
          <button>{words.say('password.submit')}</button>
        </PostForm>
        <Note look="info">
          {words.say(endsSessions ? 'password.private-ends-sessions' : 'password.private', { tenant })}
        </Note>
        {props.offersUnlock && (
          <div className="more">
            <p>{words.say('unlock.is-locked')}</p>
            <PostForm page={page} to={formPaths.unlock}>
              <button className="quiet">{words.say('unlock.keep')}</button>
            </PostForm>
          </div>
        )}
      </>
    ),
  })
}

/** What the parts of the form need that a change has as well. */
type Spoken = Pick<PasswordProps, 'problems' | 'rules'> & { words: Words }

/** Where and in which language something is said. */
interface Voice {
  words: Words
  timeZone: string
}

export function NewPasswordField({ problems, words, timeZone }: Spoken & Voice): ReactElement {
  const wrong = problems.length > 0
  return (
    <SecretField
      words={words}
      name="password"
      label={words.say('password.field')}
      autoComplete="new-password"
      problem={wrong ? { id: 'problem' } : null}
      describedBy="rules"
      takesFocus
    >
      {wrong && (
        <ul className="error" id="problem">
          {problems.map((problem) => (
            <li key={problem.code}>{sayProblem({ words, timeZone }, problem)}</li>
          ))}
        </ul>
      )}
      <Meter words={words} />
      <p className="error" id="advice" role="status" hidden />
    </SecretField>
  )
}

/** Filled in by the script while typing; the words are announced, the bar is only drawn. */
const Meter = ({ words }: { words: Words }) => (
  <p
    className="meter"
    data-meters="password"
    data-level="0"
    data-text1={words.say('password.meter-1')}
    data-text2={words.say('password.meter-2')}
    data-text3={words.say('password.meter-3')}
    data-text4={words.say('password.meter-4')}
    hidden
  >
    <i aria-hidden />
    <span role="status" />
  </p>
)

/** Who can't look at what was typed is asked twice. With script the field does not exist. */
export const Again = ({ words }: { words: Words }) => (
  <div>
    <label htmlFor="again">{words.say('password.again')}</label>
    <input
      id="again"
      name="again"
      type="password"
      autoComplete="new-password"
      dir="ltr"
      required
      aria-describedby="why"
    />
    <p className="hint" id="why">
      {words.say('password.again-hint')}
    </p>
  </div>
)

export function Rules({ rules, problems, words, tenant }: Spoken & { tenant: string }): ReactElement {
  const broken = new Set(problems.map(({ code }) => ruleBrokenBy[code]))
  return (
    <ul
      className="rules"
      id="rules"
      aria-label={words.say('password.rules')}
      data-checks="password"
      data-at={formPaths.check}
    >
      {rules.map((rule) => (
        <li
          key={rule.rule}
          className={broken.has(rule.rule) ? 'unmet' : undefined}
          data-rule={rule.rule}
          data-min={rule.rule === 'length' ? rule.min : undefined}
          data-max={rule.rule === 'length' ? rule.max : undefined}
        >
          {sayRule(words, rule, tenant)}
        </li>
      ))}
    </ul>
  )
}

/** What is answered when the password is sent. */
const toldLater: ReadonlySet<PasswordRule['rule']> = new Set([
  'not-similar',
  'not-too-soon',
  'not-in-history',
  'not-breached',
])

const unread: ReadonlySet<string> = new Set(['password-empty', 'password-unreadable', 'password-too-long'])

/** Which rules a password keeps, as far as they can be told before it is sent, and what to change. */
export function passwordAdvice(
  page: PageContext,
  { reasons, rules }: { reasons: readonly PasswordProblem[]; rules: readonly PasswordRule[] },
): PasswordAdvice {
  const voice = voiceOf(page)
  const unmet = new Set(reasons.flatMap(({ code }) => ruleBrokenBy[code] ?? []))
  // What can't be read breaks no rule that can be named, and keeps none; strength is judged when all others are kept.
  const isRead = reasons.every(({ code }) => !unread.has(code))
  const told = rules.filter(
    ({ rule }) => isRead && !toldLater.has(rule) && (rule !== 'hard-to-guess' || unmet.size === 0),
  )
  return {
    unmet: [...unmet],
    met: told.flatMap(({ rule }) => (unmet.has(rule) ? [] : [rule])),
    says: reasons.map((reason) => sayProblem(voice, reason)).join(' '),
  }
}

function sayRule(words: Words, rule: PasswordRule, tenant: string): string {
  switch (rule.rule) {
    case 'length':
      return words.say('rule.length', { min: rule.min, max: rule.max })
    case 'characters':
      return words.say(`rule.characters.${rule.allowed}`)
    case 'classes':
      return sayClassRule(words, rule)
    case 'not-about-you':
      return words.say('rule.not-about-you', { tenant })
    case 'not-in-history':
      return words.say('rule.not-in-history', { count: rule.count })
    case 'not-too-soon':
      return words.say('rule.not-too-soon', { count: rule.hours })
    case 'any-characters':
    case 'not-common':
    case 'hard-to-guess':
    case 'not-banned':
    case 'not-similar':
    case 'not-breached':
      return words.say(`rule.${rule.rule}`)
  }
}

function sayClassRule(words: Words, { required, named }: Extract<PasswordRule, { rule: 'classes' }>): string {
  const count = { required, classes: sayClasses(words, characterClasses) }
  return [
    ...(named.length > 0 ? [words.say('rule.classes-named', { classes: sayClasses(words, named) })] : []),
    // Those that are named are a part of the count.
    ...(required > named.length ? [words.say('rule.classes-count', count)] : []),
  ].join(' · ')
}

const sayClasses = (words: Words, classes: readonly CharacterClass[]) =>
  words.list(classes.map((name) => words.say(`class.${name}`)))

/** Which line of the list a refusal belongs to; a directory's own rules are on no list. */
const ruleBrokenBy: Record<PasswordProblem['code'], PasswordRule['rule'] | null> = {
  'password-empty': null,
  'password-unreadable': 'any-characters',
  'password-too-short': 'length',
  'password-too-long': 'length',
  'password-classes-missing': 'classes',
  'password-characters-not-allowed': 'characters',
  'password-common': 'not-common',
  'password-contains-you': 'not-about-you',
  'password-too-guessable': 'hard-to-guess',
  'password-banned': 'not-banned',
  'password-too-similar': 'not-similar',
  'password-breached': 'not-breached',
  'password-unchecked': null,
  'password-repeat-differs': null,
  'password-in-history': 'not-in-history',
  'password-too-short-for-directory': null,
  'password-too-weak-for-directory': null,
  'password-too-young': 'not-too-soon',
  'password-unchanged': null,
  'password-change-not-allowed': null,
  'password-too-long-for-directory': 'length',
}

/** A refusal in words: what is wrong and what helps. */
export function sayProblem({ words, timeZone }: Voice, problem: PasswordProblem): string {
  switch (problem.code) {
    case 'password-too-short':
      return words.say('refusal.password-too-short', { min: problem.min, length: problem.length })
    case 'password-too-long':
      return words.say('refusal.password-too-long', { max: problem.max })
    case 'password-classes-missing':
      return sayMissing(words, problem)
    case 'password-characters-not-allowed':
      return words.say(`refusal.password-characters-not-allowed.${problem.allowed}`)
    case 'password-too-young':
      return 'until' in problem
        ? words.say('refusal.password-too-young.until', { moment: words.moment(problem.until, timeZone) })
        : words.say('refusal.password-too-young')
    case 'password-in-history':
      return 'count' in problem
        ? words.say('refusal.password-in-history.latest', { count: problem.count })
        : words.say('refusal.password-in-history')
    case 'password-contains-you':
      return words.say(`refusal.password-contains-you.${problem.word}`)
    case 'password-too-guessable':
      return words.say(`refusal.password-too-guessable.${problem.because}`)
    default:
      return words.say(`refusal.${problem.code}`)
  }
}

function sayMissing(
  words: Words,
  { required, have, missing }: Extract<PasswordProblem, { code: 'password-classes-missing' }>,
): string {
  const count = { required, have, classes: sayClasses(words, characterClasses) }
  const named = { classes: sayClasses(words, missing) }
  return [
    ...(missing.length > 0 ? [words.say('refusal.password-classes-missing.named', named)] : []),
    ...(have < required ? [words.say('refusal.password-classes-missing.count', count)] : []),
  ].join(' ')
}
