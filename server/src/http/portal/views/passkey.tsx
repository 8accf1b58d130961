import type { ReactElement, ReactNode } from 'react'
import type { Words } from '../../../core/messages/translate.ts'
import type { CreationOptions, RequestOptions } from '../../../core/proofs/index.ts'
import type { FieldProblem } from './fields.tsx'
import { Head, PostForm, renderPage, voiceOf } from './layout.tsx'
import { formPaths, type MakePasskeyProps, type PageContext } from './props.ts'

/**
 * Has the browser use a passkey, or make one: the script asks it, and sends what it answers. Where there is no script, or
 * the browser knows no passkeys, it says so instead.
 */
export const PasskeyForm = (props: {
  page: PageContext
  words: Words
  to: string
  asks: RequestOptions | CreationOptions
  button: string
  problem: FieldProblem | null
  children?: ReactNode
}): ReactElement => {
  const { page, words, problem } = props
  return (
    <>
      <div data-with-passkeys hidden>
        <PostForm page={page} to={props.to}>
          <input type="hidden" name="credential" data-passkey={JSON.stringify(props.asks)} />
          {props.children}
          <p className="error" id="problem" role="alert" data-failed hidden={problem === null}>
            {problem?.says ?? words.say('passkey.failed')}
          </p>
          <button>{props.button}</button>
        </PostForm>
      </div>
      <p data-without-passkeys hidden>
        {words.say('passkey.no-support')}
      </p>
      <noscript>
        <p>{words.say('passkey.no-script')}</p>
      </noscript>
    </>
  )
}

/** A browser is asked to make a passkey. It counts for nothing before that. */
export function makePasskeyPage({ page, id, asks, notice }: MakePasskeyProps): string {
  const { words } = voiceOf(page)
  const title = words.say('methods.add.passkey')
  const problem = notice === null ? null : { id: 'problem', says: words.say('passkey.failed') }
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice !== null,
    children: (
      <>
        <Head title={title} lead={words.say('passkey.lead')} />
        <PasskeyForm
          {...{ page, words, asks, problem, to: formPaths.confirmMethod }}
          button={words.say('passkey.make')}
        >
          <input type="hidden" name="id" value={id} />
        </PasskeyForm>
        <a className="line" href="/methods">
          {words.say('set-up.not-now')}
        </a>
      </>
    ),
  })
}
