import type { ReactElement } from 'react'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import type { EnrolledMethod } from '../../../core/proofs/index.ts'
import { Head, Note, PostForm, renderPage, voiceOf } from './layout.tsx'
import {
  changePath,
  formPaths,
  type MethodsNotice,
  type MethodsProps,
  type PageContext,
  type ShownMethod,
} from './props.ts'

/** What a person has set up to prove themselves with, and what could be added. */
export function methodsPage(props: MethodsProps): string {
  const { page, methods, offers, notice } = props
  const { words } = voiceOf(page)
  const title = words.say('methods.title')
  return renderPage({
    page,
    words,
    title,
    step: null,
    problem: notice !== null && looks[notice] === 'warn',
    children: (
      <>
        <Head title={title} lead={words.say('methods.lead')} />
        {notice !== null && <Note look={looks[notice]}>{words.say(`methods.said.${notice}`)}</Note>}
        {methods.length === 0 ? (
          <p>{words.say('methods.none')}</p>
        ) : (
          <ul className="ways">
            {methods.map((shown) => (
              <li key={shown.id}>
                <Way page={page} words={words} shown={shown} />
              </li>
            ))}
          </ul>
        )}
        {offers.map((method, at) => (
          <Offer
            key={method}
            page={page}
            words={words}
            method={method}
            isNext={at === 0 && !methods.some((one) => one.method === method)}
          />
        ))}
        <div className="more">
          <a className="line" href={changePath}>
            {words.say('methods.change-password')}
          </a>
          <PostForm page={page} to={formPaths.signOut}>
            <button className="quiet">{words.say('change.sign-out')}</button>
          </PostForm>
        </div>
      </>
    ),
  })
}

/** What it is called: by its owner, or else by everybody. */
export const titleOf = (words: Words, { name, method }: Pick<ShownMethod, 'name' | 'method'>): string =>
  name === '' ? words.say(`method.${method}`) : plainName(name)

type About = { page: PageContext; words: Words; shown: ShownMethod }

const Way = ({ page, words, shown }: About): ReactElement => (
  <a className="way" href={`/methods/one?id=${shown.id}`}>
    <b>{titleOf(words, shown)}</b>
    <Facts page={page} words={words} shown={shown} />
  </a>
)

/** What there is to know of it, a line each. */
export function Facts({ page, words, shown }: About): ReactElement {
  const { timeZone } = page.tenant
  const moment = (at: Date) => words.moment(at, timeZone)
  return (
    <>
      {shown.name !== '' && <span>{words.say(`method.${shown.method}`)}</span>}
      {shown.synced !== null && (
        <span>{words.say(shown.synced ? 'methods.synced' : 'methods.on-device')}</span>
      )}
      {shown.left !== null && <span>{words.say('methods.left', { count: shown.left })}</span>}
      <span>{words.say('methods.since', { moment: moment(shown.createdAt) })}</span>
      <span>
        {shown.lastUsedAt === null
          ? words.say('methods.unused')
          : words.say('methods.used', { moment: moment(shown.lastUsedAt) })}
      </span>
      {shown.waitsUntil !== null && (
        <span>{words.say('methods.waits', { moment: moment(shown.waitsUntil) })}</span>
      )}
    </>
  )
}

/** Begins to set one up. What comes next has the colour: one thing at a time, and none when nothing is missing. */
const Offer = (props: {
  page: PageContext
  words: Words
  method: EnrolledMethod
  isNext: boolean
}): ReactElement => (
  <PostForm page={props.page} to={formPaths.addMethod}>
    <input type="hidden" name="method" value={props.method} />
    <div>
      <button className={props.isNext ? undefined : 'quiet'} aria-describedby={`why-${props.method}`}>
        {props.words.say(`methods.add.${props.method}`)}
      </button>
      <p className="hint" id={`why-${props.method}`}>
        {props.words.say(`methods.why.${props.method}`)}
      </p>
    </div>
  </PostForm>
)

const looks = {
  added: 'ok',
  removed: 'ok',
  renamed: 'ok',
  unknown: 'warn',
  'too-many': 'warn',
  shown: 'warn',
} as const satisfies Record<MethodsNotice, 'ok' | 'warn'>
