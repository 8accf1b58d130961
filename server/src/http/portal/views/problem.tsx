import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { Head, renderPage, voiceOf } from './layout.tsx'
import type { ProblemProps } from './props.ts'

/** The request could not be served. Says what did not happen first, then when or where to go on. */
export function problemPage({ page, problem, retryAfterSeconds, requestId }: ProblemProps): string {
  const { words } = voiceOf(page)
  const title = words.say(`problem.${problem}.title`)
  const wait = retryAfterSeconds === null ? '' : ` ${sayWait(words, retryAfterSeconds)}`
  return renderPage({
    page,
    words,
    title,
    step: null,
    children: (
      <>
        <Head title={title} lead={`${words.say(`problem.${problem}.lead`)}${wait}`} />
        <a className="button" href={page.here}>
          {words.say(problem === 'not-found' ? 'page.start-again' : 'problem.back')}
        </a>
        {requestId !== null && (
          <p className="soft">{words.say('problem.request-id', { requestId: plainName(requestId) })}</p>
        )}
      </>
    ),
  })
}

/** From two minutes on in minutes, rounded up: nobody counts 140 seconds, and too early is refused again. */
export function sayWait(words: Words, seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds))
  return whole < 120
    ? words.say('problem.wait-seconds', { count: whole })
    : words.say('problem.wait-minutes', { count: Math.ceil(whole / 60) })
}
