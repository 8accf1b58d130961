import { plainName } from '../../../core/messages/plain.ts'
import { SecretField } from './fields.tsx'
import { Head, Note, PostForm, renderPage, voiceOf } from './layout.tsx'
import { Again, NewPasswordField, Rules } from './password.tsx'
import { type ChangeProps, formPaths } from './props.ts'

/** Another password in place of the current one. Both are sent at once; nothing is changed unless both are right. */
export function changePage(props: ChangeProps): string {
  const { page, problems, notice, mustChange } = props
  const { words, tenant, timeZone } = voiceOf(page)
  const title = words.say('change.title')
  const identifier = plainName(props.maskedIdentifier)
  const ends = props.passwordEndsAt === null ? null : words.moment(props.passwordEndsAt, timeZone)
  const currentIsWrong = notice === 'current-password-wrong'
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: problems.length > 0 || notice !== null,
    children: (
      <>
        <Head title={title} lead={words.say('change.lead', { identifier })} />
        {mustChange !== null && (
          <Note look={mustChange === 'breached' ? 'warn' : 'info'}>
            {mustChange === 'expired' && ends !== null
              ? words.say('change.must.expired-until', { moment: ends })
              : words.say(`change.must.${mustChange}`)}
          </Note>
        )}
        {mustChange === null && ends !== null && (
          <Note look="info">{words.say('change.expires', { moment: ends })}</Note>
        )}
        {props.flaw !== null && <Note look="warn">{words.say(`change.found.${props.flaw}`)}</Note>}
        {notice === 'action-token-unusable' && <Note look="bad">{words.say('change.too-late')}</Note>}
        <PostForm page={page} to={formPaths.change} actionAt={formPaths.action}>
          {/* Off, or a browser that restores forms would send an old token again. */}
          <input type="hidden" name="action" autoComplete="off" />
          {/* Tells a password manager which entry this is; masked like everything shown back. */}
          <input name="username" autoComplete="username" value={identifier} readOnly hidden />
          <SecretField
            words={words}
            name="current"
            label={words.say('change.current')}
            autoComplete="current-password"
            problem={
              currentIsWrong ? { id: 'current-problem', says: words.say('change.current-wrong') } : null
            }
            takesFocus
          />
          <NewPasswordField {...props} words={words} timeZone={timeZone} />
          <noscript>
            <Again words={words} />
          </noscript>
          <Rules {...props} words={words} tenant={tenant} />
          <label className="tick">
            <input type="checkbox" name="keep" value="yes" />
            {words.say('change.keep')}
          </label>
          <button>{words.say('password.submit')}</button>
        </PostForm>
        <Note look="info">{words.say('password.private', { tenant })}</Note>
        {props.offersMethods && (
          <a className="line" href="/methods">
            {words.say('methods.nudge')}
          </a>
        )}
        <PostForm page={page} to={formPaths.signOut}>
          <button className="quiet">{words.say('change.sign-out')}</button>
        </PostForm>
      </>
    ),
  })
}
