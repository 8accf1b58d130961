import { grouped } from '../../../core/messages/plain.ts'
import { CodeField, NameField } from './fields.tsx'
import { Head, PostForm, renderPage, voiceOf } from './layout.tsx'
import { unreadable } from './proof.tsx'
import { formPaths, type SetUpProps } from './props.ts'
import { QrCode } from './qr.tsx'

/** An authenticator app gets its seed. It counts for nothing before a code of it was typed here. */
export function setUpPage({ page, id, name, seed, uri, notice }: SetUpProps): string {
  const { words } = voiceOf(page)
  const title = words.say('set-up.title')
  const says = notice === 'wrong-code' ? words.say('set-up.wrong') : unreadable('totp', words)
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice !== null,
    children: (
      <>
        <Head title={title} lead={words.say('set-up.lead')} />
        <QrCode text={uri} label={words.say('set-up.picture')} />
        <div>
          <p className="soft">{words.say('set-up.key')}</p>
          <p>
            <code dir="ltr">{grouped(seed)}</code>
          </p>
          <a className="line" href={uri}>
            {words.say('set-up.open')}
          </a>
        </div>
        <PostForm page={page} to={formPaths.confirmMethod}>
          <input type="hidden" name="id" value={id} />
          <CodeField
            label={words.say('set-up.code')}
            problem={notice === null ? null : { id: 'problem', says }}
          />
          <NameField words={words} label="set-up.name" hint={words.say('set-up.name-hint')} value={name} />
          <button>{words.say('set-up.submit')}</button>
        </PostForm>
        <a className="line" href="/methods">
          {words.say('set-up.not-now')}
        </a>
      </>
    ),
  })
}
