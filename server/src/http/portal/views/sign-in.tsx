import { askHelpDesk } from '../../../core/messages/mail.ts'
import { plainName } from '../../../core/messages/plain.ts'
import { Head, Note, PostForm, renderPage, voiceOf } from './layout.tsx'
import { Reveal } from './password.tsx'
import { formPaths, type SignInNotice, type SignInProps } from './props.ts'

/** Who wants to change a password signs in first. Says nothing about what exists. */
export function signInPage({ page, service, notice }: SignInProps): string {
  const { words } = voiceOf(page)
  const title = words.say('sign-in.title')
  const isWrong = notice === 'refused' || notice === 'missing'
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: isWrong || notice === 'second-factor',
    children: (
      <>
        <Head title={title} lead={words.say('sign-in.lead')} />
        {notice !== null && (
          <Note look={looks[notice]} id="notice">
            {words.say(`sign-in.${notice}`)}{' '}
            {notice === 'second-factor' && askHelpDesk({ words, tenant: page.tenant })}
          </Note>
        )}
        <PostForm page={page} to={formPaths.signIn}>
          {service !== null && <input type="hidden" name="service" value={plainName(service.name)} />}
          <div>
            <label htmlFor="identifier">{words.say('start.identifier')}</label>
            <input
              id="identifier"
              name="identifier"
              autoComplete="username"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              dir="auto"
              required
              autoFocus={isWrong}
              aria-invalid={isWrong || undefined}
              aria-describedby={isWrong ? 'notice' : undefined}
            />
          </div>
          <div>
            <label htmlFor="password">{words.say('sign-in.password')}</label>
            <div className="secret">
              <input
                id="password"
                name="password"
                type="password"
                autoComplete="current-password"
                autoCapitalize="none"
                spellCheck={false}
                dir="ltr"
                required
                aria-invalid={isWrong || undefined}
                aria-describedby={isWrong ? 'notice' : undefined}
              />
              <Reveal words={words} field="password" />
            </div>
          </div>
          <button>{words.say('sign-in.submit')}</button>
        </PostForm>
        <a className="line" href="/recover">
          {words.say('sign-in.forgot')}
        </a>
      </>
    ),
  })
}

const looks = {
  missing: 'warn',
  refused: 'bad',
  'second-factor': 'warn',
  'session-over': 'info',
  'signed-out': 'ok',
} as const satisfies Record<SignInNotice, 'ok' | 'info' | 'warn' | 'bad'>
