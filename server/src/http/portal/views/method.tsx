import type { ReactElement } from 'react'
import type { Words } from '../../../core/messages/translate.ts'
import { type FieldProblem, NameField } from './fields.tsx'
import { Head, Note, PostForm, renderPage, voiceOf } from './layout.tsx'
import { Facts, titleOf } from './methods.tsx'
import { unreadable } from './proof.tsx'
import { asking } from './proofs/index.ts'
import { formPaths, type MethodProps, type RemoveProps } from './props.ts'

/** One thing that was set up: tried, named, replaced, removed. */
export function methodPage(props: MethodProps): string {
  const { page, shown, notice } = props
  const { words } = voiceOf(page)
  const title = titleOf(words, shown)
  const Ask = asking[shown.method]
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice === 'wrong-code' || notice === 'code-unreadable',
    children: (
      <>
        <Head title={title} />
        <p className="facts">
          <Facts page={page} words={words} shown={shown} />
        </p>
        {(notice === 'works' || notice === 'works-other') && (
          <Note look={notice === 'works' ? 'ok' : 'warn'}>{words.say(`method.${notice}`)}</Note>
        )}
        <Ask
          page={page}
          words={words}
          to={formPaths.tryMethod}
          problem={problemOf(props, words)}
          validUntil={null}
          passkey={props.passkey}
          trying={shown.id}
        />
        <div className="more">
          <PostForm page={page} to={formPaths.renameMethod}>
            <input type="hidden" name="id" value={shown.id} />
            <NameField words={words} label="method.name" value={shown.name} />
            <button className="quiet">{words.say('method.rename')}</button>
          </PostForm>
        </div>
        {props.renews && <Renew {...props} words={words} />}
        <div className="more">
          <a className="button quiet" href={`/methods/remove?id=${shown.id}`}>
            {words.say('method.remove')}
          </a>
          <a className="line" href="/methods">
            {words.say('methods.back')}
          </a>
        </div>
      </>
    ),
  })
}

const Renew = ({ page, shown, words }: MethodProps & { words: Words }): ReactElement => (
  <div className="more">
    <PostForm page={page} to={formPaths.addMethod}>
      <input type="hidden" name="method" value={shown.method} />
      <input type="hidden" name="replaces" value={shown.id} />
      <p className="soft" id="renew">
        {words.say('method.renew-says')}
      </p>
      <button className="quiet" aria-describedby="renew">
        {words.say('method.renew')}
      </button>
    </PostForm>
  </div>
)

function problemOf({ notice, shown }: MethodProps, words: Words): FieldProblem | null {
  if (shown.method === 'passkey') {
    return notice === 'wrong-code' ? { id: 'problem', says: words.say('passkey.refused') } : null
  }
  if (notice === 'code-unreadable') return { id: 'problem', says: unreadable(shown.method, words) }
  return notice === 'wrong-code' ? { id: 'problem', says: words.say('proof.wrong-now') } : null
}

/** Before something goes. */
export function removePage({ page, shown, isLastFactor }: RemoveProps): string {
  const { words } = voiceOf(page)
  const title = words.say('remove.title')
  return renderPage({
    page,
    words,
    title,
    step: null,
    children: (
      <>
        <Head title={title} lead={words.say('remove.lead', { name: titleOf(words, shown) })} />
        {isLastFactor && <Note look="warn">{words.say('remove.last')}</Note>}
        <PostForm page={page} to={formPaths.removeMethod}>
          <input type="hidden" name="id" value={shown.id} />
          <button>{words.say('remove.confirm')}</button>
        </PostForm>
        <a className="button quiet" href="/methods">
          {words.say('remove.keep')}
        </a>
      </>
    ),
  })
}
