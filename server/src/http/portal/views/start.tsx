import { plainName } from '../../../core/messages/plain.ts'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { formPaths, type StartProps } from './props.ts'

/** The first page: who are you? Says nothing about what exists. */
export function startPage({ page, service, problem }: StartProps): string {
  const { words } = voiceOf(page)
  const wrong = problem === 'link-unusable' || problem === 'flow-unknown' ? null : problem
  const title = words.say('start.title')
  const lead =
    service === null
      ? words.say('start.lead')
      : words.say('start.lead-service', { service: plainName(service.title) })
  return renderPage({
    page,
    words,
    title,
    step: 1,
    problem: problem !== null,
    landing: <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={lead} />
        {problem === 'link-unusable' && <Note look="bad">{words.say('start.link-unusable')}</Note>}
        {problem === 'flow-unknown' && <Note look="warn">{words.say('start.flow-unknown')}</Note>}
        <PostForm page={page} to={formPaths.start}>
          {service !== null && <input type="hidden" name="service" value={service.name} />}
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
              autoFocus={wrong !== null}
              aria-invalid={wrong !== null || undefined}
              aria-describedby={wrong === null ? undefined : 'problem'}
            />
            {wrong !== null && (
              <p className="error" id="problem">
                {words.say(`start.${wrong}`)}
              </p>
            )}
          </div>
          <button>{words.say('page.continue')}</button>
        </PostForm>
        <noscript>
          <Note look="info">{words.say('start.no-script')}</Note>
        </noscript>
      </>
    ),
  })
}
