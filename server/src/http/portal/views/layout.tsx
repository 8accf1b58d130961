import type { ReactElement, ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { helpDeskCharactersMax, plainName } from '../../../core/messages/plain.ts'
import { baseOf, translate, type Words } from '../../../core/messages/translate.ts'
import { CheckMark, InfoMark, KeyMark, WarningMark } from './marks.tsx'
import { formPaths, type PageContext } from './props.ts'

/** What a page hands to the frame that all pages share. */
export interface PageParts {
  page: PageContext
  words: Words
  title: string
  /** Where the bar stands; null on pages outside the three steps. */
  step: 1 | 2 | 3 | 'done' | null
  /** Something on the page needs an answer: told in the title, which is read out first. */
  problem?: boolean
  /** Extra elements for the head. */
  head?: ReactNode
  /** The card for a mailed link, hidden until the script finds a token in the fragment. */
  landing?: ReactNode
  children: ReactNode
}

/** A whole document. Every text in `parts` is escaped by React; there is no other way into the markup. */
export const renderPage = (parts: PageParts): string =>
  `<!doctype html>${renderToStaticMarkup(<Page {...parts} />)}`

/** The words of a page, and its tenant's name as it may stand in a sentence. */
export function voiceOf(page: PageContext): { words: Words; tenant: string; timeZone: string } {
  const { name, timeZone } = page.tenant
  return { words: translate(page.locale), tenant: plainName(name), timeZone }
}

function Page(parts: PageParts): ReactElement {
  const { page, words } = parts
  const tenant = plainName(page.tenant.name)
  const titled = parts.problem === true ? 'page.titled-problem' : 'page.titled'
  return (
    <html lang={words.language} dir={words.direction}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {/* Also for those who keep a copy of the page: it is nothing to index or to refer from. */}
        <meta name="robots" content="noindex" />
        <title>{words.say(titled, { title: parts.title, tenant })}</title>
        <link rel="stylesheet" href={page.look.stylesheet} />
        {page.look.theme !== null && <link rel="stylesheet" href={page.look.theme} />}
        <script src={page.look.script} defer />
        {parts.head}
      </head>
      <body>
        <header>
          {page.demo && <p className="demo">{words.say('page.demo')}</p>}
          <div className="mark">
            {page.look.logo === null ? <KeyMark /> : <img src={page.look.logo} alt="" loading="lazy" />}
            <span>{words.say('page.brand', { tenant })}</span>
          </div>
        </header>
        <main>
          {parts.landing}
          <div className="card">
            {parts.step !== null && <Steps page={page} words={words} step={parts.step} />}
            {parts.children}
          </div>
        </main>
        <Footer page={page} words={words} />
      </body>
    </html>
  )
}

/** The bar of three; what it shows by colour is also said. */
function Steps(props: { page: PageContext; words: Words; step: 1 | 2 | 3 | 'done' }): ReactElement {
  const { page, words, step } = props
  const last = words.say(page.here === '/unlock' ? 'page.step-unlock' : 'page.step-password')
  const names = [words.say('page.step-who'), words.say('page.step-prove'), last]
  const now = step === 'done' ? names.length + 1 : step
  return (
    <ol className="steps" aria-label={words.say('page.progress')}>
      {names.map((name, before) => {
        const state = before + 1 < now ? 'done' : before + 1 === now ? 'now' : undefined
        return (
          <li key={name} className={state} aria-current={state === 'now' ? 'step' : undefined}>
            <span className="unseen">
              {state === 'done' ? words.say('page.step-done', { step: name }) : name}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** Heading and the sentence under it. The heading takes focus when the script swaps cards. */
export function Head({ title, lead }: { title: string; lead?: string | undefined }): ReactElement {
  return (
    <div className="head">
      <h1 tabIndex={-1}>{title}</h1>
      {lead !== undefined && <p className="soft">{lead}</p>}
    </div>
  )
}

const marks = { ok: CheckMark, info: InfoMark, warn: WarningMark, bad: WarningMark }

/** A coloured box. `bad` interrupts, `ok` and `warn` are announced politely, `info` is only there to be read. */
export function Note(props: {
  look: 'ok' | 'info' | 'warn' | 'bad'
  id?: string
  title?: string
  children?: ReactNode
}): ReactElement {
  const Mark = marks[props.look]
  const role = { bad: 'alert', ok: 'status', warn: 'status', info: undefined }[props.look]
  return (
    <div className={`note ${props.look}`} id={props.id} role={role}>
      <Mark />
      <div>
        {props.title !== undefined && <b>{props.title}</b>}
        {props.children}
      </div>
    </div>
  )
}

/** A form with its forgery guard. */
export function PostForm(props: {
  page: PageContext
  to: string
  /** Where the script asks for an action token before it sends the form. */
  actionAt?: string
  /** What the script does some work for before it sends the form; none while nothing is asked. */
  worksFor?: string | undefined
  children: ReactNode
}): ReactElement {
  return (
    <form
      method="post"
      action={props.to}
      data-action={props.actionAt}
      data-works-for={props.worksFor}
      data-work-at={props.worksFor === undefined ? undefined : formPaths.work}
    >
      <input type="hidden" name="csrf" value={props.page.csrf} />
      {props.children}
    </form>
  )
}

/** Whoever opens a mail's link on another page is recovering. */
const landingPaths: Partial<Record<PageContext['here'], string>> = {
  '/activate': formPaths.activateLink,
  '/disavow': formPaths.disavow,
}

const landingLeads: Partial<
  Record<PageContext['here'], 'landing.unlock-lead' | 'activate.landing-lead' | 'disavow.landing-lead'>
> = {
  '/unlock': 'landing.unlock-lead',
  '/activate': 'activate.landing-lead',
  '/disavow': 'disavow.landing-lead',
}

/** The card that a mailed link opens. It says what the click will do; nothing happens before the click. */
export function Landing(props: {
  page: PageContext
  words: Words
  title: string
  lead: string
  button: string
  step: 2 | null
}): ReactElement {
  const { page, words } = props
  const tenant = plainName(page.tenant.name)
  const to = landingPaths[page.here] ?? formPaths.link
  return (
    <section
      className="card"
      id="landing"
      data-title={words.say('page.titled', { title: props.title, tenant })}
      hidden
    >
      {props.step !== null && <Steps page={page} words={words} step={props.step} />}
      <Head title={props.title} lead={props.lead} />
      <PostForm page={page} to={to}>
        {/* Off, or a browser that restores forms would put an old token back. */}
        <input type="hidden" name="token" autoComplete="off" />
        <button>{props.button}</button>
      </PostForm>
    </section>
  )
}

/** The landing card of `/recover`, `/unlock` and `/activate`, the same on every page there. */
export const RecoveryLanding = ({ page, words }: { page: PageContext; words: Words }): ReactElement => (
  <Landing
    page={page}
    words={words}
    title={words.say('landing.title')}
    lead={words.say(landingLeads[page.here] ?? 'landing.lead')}
    button={words.say('page.continue')}
    step={2}
  />
)

function Footer({ page, words }: { page: PageContext; words: Words }): ReactElement {
  const { helpDesk, languages } = page.tenant
  const about = page.query === undefined ? '' : `${page.query}&`
  const others = languages.map((tag) => translate(tag)).filter(({ language }) => language !== words.language)
  const said =
    helpDesk === null
      ? ''
      : words.say('page.help-desk', { helpDesk: plainName(helpDesk.text, helpDeskCharactersMax) })
  return (
    <footer>
      {helpDesk !== null &&
        (helpDesk.url === null ? (
          <p>{said}</p>
        ) : (
          <a href={helpDesk.url} rel="noreferrer">
            {said}
          </a>
        ))}
      {others.length > 0 && (
        <nav aria-label={words.say('page.languages')}>
          <ul>
            {others.map(({ language, ownName }) => (
              <li key={language}>
                <a href={`${page.here}?${about}lang=${baseOf(language)}`} lang={language} hrefLang={language}>
                  {ownName}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </footer>
  )
}
