import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import { IdentifierField } from './fields.tsx'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { changePath, formPaths, type StartProps, startAgainAt } from './props.ts'
import { WorkFields, WorkNote } from './work.tsx'

/** The first page: who are you? Says nothing about what exists. */
export function startPage({ page, service, problem, offersUnlock, asked = null }: StartProps): string {
  const { words } = voiceOf(page)
  const wrong = problem === 'link-unusable' || problem === 'flow-unknown' ? null : problem
  const isUnlock = page.here === '/unlock'
  const title = words.say(isUnlock ? 'start.unlock-title' : 'start.title')
  return renderPage({
    page,
    words,
    title,
    step: 1,
    problem: problem !== null || asked?.identifier !== undefined,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={leadOf({ words, isUnlock, service })} />
        {problem === 'link-unusable' && <Note look="bad">{words.say('start.link-unusable')}</Note>}
        {problem === 'flow-unknown' && <Note look="warn">{words.say('start.flow-unknown')}</Note>}
        <WorkNote words={words} asked={asked} />
        <PostForm
          page={page}
          to={isUnlock ? formPaths.startUnlock : formPaths.start}
          worksFor={asked?.purpose}
        >
          <WorkFields page={page} words={words} asked={asked} />
          {service !== null && <input type="hidden" name="service" value={service.name} />}
          <IdentifierField
            words={words}
            typed={asked?.identifier}
            problem={wrong === null ? null : { id: 'problem', says: words.say(`start.${wrong}`) }}
          />
          <button>{words.say('page.continue')}</button>
        </PostForm>
        <div className="more">
          {offersUnlock && (
            <a className="line" href={startAgainAt({ here: isUnlock ? '/recover' : '/unlock' })}>
              {words.say(isUnlock ? 'start.is-forgotten' : 'start.is-locked')}
            </a>
          )}
          <a className="line" href={changePath}>
            {words.say('start.is-known')}
          </a>
        </div>
        <noscript>
          <Note look="info">{words.say('start.no-script')}</Note>
        </noscript>
      </>
    ),
  })
}

function leadOf(to: { words: Words; isUnlock: boolean; service: StartProps['service'] }): string {
  const { words, isUnlock, service } = to
  if (isUnlock) return words.say('start.unlock-lead')
  return service === null
    ? words.say('start.lead')
    : words.say('start.lead-service', { service: plainName(service.title) })
}
