import type { ReactElement } from 'react'
import type { Words } from '../../../core/messages/translate.ts'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { Others } from './proof.tsx'
import { formPaths, type ProveProps, startAgainAt } from './props.ts'

/** "Check your mail": the link, or the code. The same for a flow that found nobody. */
export function provePage(props: ProveProps): string {
  const { page, notice, triesLeft, mailIsDelayed } = props
  const { words } = voiceOf(page)
  const title = words.say('prove.title')
  const until = { time: words.time(props.validUntil, page.tenant.timeZone) }
  const takesCodes = triesLeft !== null && triesLeft > 0
  const lead = words.say(takesCodes ? 'prove.lead' : 'prove.lead-link-only', until)
  return renderPage({
    page,
    words,
    title,
    step: 2,
    problem: notice !== null && notice !== 'sent-again',
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={lead} />
        {mailIsDelayed && <Note look="warn">{words.say('prove.mail-delayed', until)}</Note>}
        {notice === 'sent-again' && <Note look="ok">{words.say('prove.sent-again')}</Note>}
        {(notice === 'link-unusable' || notice === 'asked-too-soon' || notice === 'no-more-mails') && (
          <Note look={notice === 'link-unusable' ? 'bad' : 'warn'}>{words.say(`prove.${notice}`)}</Note>
        )}
        {takesCodes && <CodeForm {...props} triesLeft={triesLeft} words={words} />}
        {triesLeft === 0 && <NoTriesLeft words={words} />}
        <div className="more">
          <p className="soft">{words.say('prove.no-mail')}</p>
          <PostForm page={page} to={formPaths.resend}>
            <button className="quiet">{words.say('prove.resend')}</button>
          </PostForm>
          <a className="line" href={startAgainAt(page)}>
            {words.say('prove.other-name')}
          </a>
        </div>
        {props.others.length > 0 && (
          <div className="more">
            <p className="soft">{words.say('proof.no-mailbox')}</p>
            <Others page={page} words={words} methods={props.others} />
          </div>
        )}
        {takesCodes && (
          <noscript>
            <p className="soft">{words.say('prove.no-script')}</p>
          </noscript>
        )}
      </>
    ),
  })
}

const NoTriesLeft = ({ words }: { words: Words }) => (
  <Note look="bad" title={words.say('prove.no-tries-left-title')}>
    {words.say('prove.no-tries-left')}
  </Note>
)

function CodeForm({
  page,
  words,
  notice,
  triesLeft,
}: ProveProps & { triesLeft: number; words: Words }): ReactElement {
  const wrong = notice === 'wrong-code' || notice === 'code-unreadable'
  return (
    <PostForm page={page} to={formPaths.code}>
      <div>
        <label htmlFor="code">{words.say('prove.code')}</label>
        <input
          className="code"
          id="code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          dir="ltr"
          required
          data-digits
          autoFocus={wrong}
          aria-invalid={wrong || undefined}
          aria-describedby={wrong ? 'problem' : undefined}
        />
        {wrong && (
          <p className="error" id="problem">
            {notice === 'wrong-code'
              ? words.say('prove.wrong-code', { count: triesLeft })
              : words.say('prove.code-unreadable')}
          </p>
        )}
      </div>
      <button>{words.say('page.continue')}</button>
    </PostForm>
  )
}
