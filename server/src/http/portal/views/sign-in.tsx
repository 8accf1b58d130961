import type { ReactElement } from 'react'
import { askHelpDesk } from '../../../core/messages/mail.ts'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { IdentifierField, SecretField } from './fields.tsx'
import { Head, Note, PostForm, renderPage, voiceOf } from './layout.tsx'
import { formPaths, type SignInNotice, type SignInProps } from './props.ts'
import { WorkFields, WorkNote } from './work.tsx'

/** Who wants to change a password signs in first. Says nothing about what exists. */
export function signInPage(props: SignInProps): string {
  const { page, notice, takesPassword } = props
  const { words } = voiceOf(page)
  const title = words.say(props.isForChange ? 'sign-in.title' : 'sign-in.just-title')
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice !== null && problems.has(notice),
    children: (
      <>
        <Head title={title} lead={words.say(takesPassword ? 'sign-in.lead' : 'sign-in.lead-provider')} />
        {notice !== null && <Said {...props} notice={notice} words={words} />}
        {takesPassword && <WithPassword {...props} words={words} />}
        <AtProvider {...props} words={words} />
        <a className="line" href="/recover">
          {words.say('sign-in.forgot')}
        </a>
      </>
    ),
  })
}

function Said(props: SignInProps & { notice: SignInNotice; words: Words }): ReactElement {
  const { page, notice, provider, words } = props
  const goesOn = notice === 'second-factor' && provider !== null
  const text = goesOn
    ? words.say('sign-in.second-factor-provider', { label: plainName(provider) })
    : words.say(`sign-in.${notice}`)
  const needsHelp = notice === 'no-account' || (notice === 'second-factor' && !goesOn)
  return (
    <Note look={looks[notice]} id="notice">
      {text} {needsHelp && askHelpDesk({ words, tenant: page.tenant })}
    </Note>
  )
}

const From = ({ service }: Pick<SignInProps, 'service'>): ReactElement | null =>
  service === null ? null : <input type="hidden" name="service" value={plainName(service.name)} />

/** The way to the company's own sign-in; the only button where no password is asked for. */
function AtProvider({ page, service, takesPassword, provider, words }: SignInProps & { words: Words }) {
  if (provider === null) return null
  const label = plainName(provider)
  return (
    <PostForm page={page} to={formPaths.provider}>
      <From service={service} />
      <button className={takesPassword ? 'quiet' : undefined}>
        {words.say('sign-in.provider', { label })}
      </button>
    </PostForm>
  )
}

function WithPassword({
  page,
  service,
  notice,
  words,
  asked = null,
}: SignInProps & { words: Words }): ReactElement {
  // Said above the form: it is about both fields.
  const problem = notice === 'refused' || notice === 'missing' ? { id: 'notice' } : null
  return (
    <PostForm page={page} to={formPaths.signIn} worksFor={asked?.purpose}>
      <WorkNote words={words} asked={asked} />
      <WorkFields page={page} words={words} asked={asked} />
      <From service={service} />
      <IdentifierField words={words} problem={problem} typed={asked?.identifier} />
      <SecretField
        words={words}
        name="password"
        label={words.say('sign-in.password')}
        autoComplete="current-password"
        problem={problem}
        takesFocus={false}
      />
      <button>{words.say('sign-in.submit')}</button>
    </PostForm>
  )
}

/** Notices that something went wrong; the title says so as well. */
const problems: ReadonlySet<SignInNotice> = new Set([
  'refused',
  'missing',
  'second-factor',
  'again',
  'not-finished',
  'no-account',
  'provider-unreachable',
])

const looks = {
  missing: 'warn',
  refused: 'bad',
  'second-factor': 'warn',
  'session-over': 'info',
  'signed-out': 'ok',
  again: 'info',
  'not-finished': 'warn',
  'no-account': 'bad',
  'provider-unreachable': 'warn',
} as const satisfies Record<SignInNotice, 'ok' | 'info' | 'warn' | 'bad'>
