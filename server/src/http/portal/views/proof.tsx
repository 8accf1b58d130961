import type { ReactElement } from 'react'
import { askHelpDesk } from '../../../core/messages/mail.ts'
import { plainName } from '../../../core/messages/plain.ts'
import type { Words } from '../../../core/messages/translate.ts'
import type { DemandReason, Method } from '../../../core/proofs/index.ts'
import type { FieldProblem } from './fields.tsx'
import { Head, Note, PostForm, RecoveryLanding, renderPage, voiceOf } from './layout.tsx'
import { asking } from './proofs/index.ts'
import { formPaths, type PageContext, type ProofProps, startAgainAt } from './props.ts'

/** One method is asked for, and the others are a link away: no script is needed to choose. */
export function proofPage(props: ProofProps): string {
  const { page, step, method, notice, triesLeft } = props
  const { words } = voiceOf(page)
  const title = words.say(titles[step.is])
  const Ask = asking[method]
  const to = step.is === 'sign-in' ? formPaths.signInProof : formPaths.code
  const isOpen = triesLeft > 0
  return renderPage({
    page,
    words,
    title,
    step: step.is === 'sign-in' ? null : 2,
    problem: notice !== null && notice !== 'sent-again',
    landing: step.is === 'sign-in' ? undefined : <RecoveryLanding page={page} words={words} />,
    children: (
      <>
        <Head title={title} lead={leadOf(props, words)} />
        {step.is === 'second' && <p className="soft">{whySoMuch(page, words, step.because)}</p>}
        <Said {...props} words={words} />
        {isOpen && <Ask {...props} words={words} to={to} problem={problemOf(props, words)} />}
        {isOpen && props.others.length > 0 && (
          <div className="more">
            <p className="soft">{words.say('proof.other-ways')}</p>
            <Others page={page} words={words} methods={props.others} />
          </div>
        )}
        <div className="more">
          {step.is !== 'first' && (
            <p className="soft">
              {words.say('proof.lost')} {askHelpDesk({ words, tenant: page.tenant })}
            </p>
          )}
          {step.is === 'sign-in' ? (
            <PostForm page={page} to={formPaths.signOut}>
              <button className="quiet">{words.say('sign-in.cancel')}</button>
            </PostForm>
          ) : (
            <a className="line" href={startAgainAt(page)}>
              {words.say('page.start-again')}
            </a>
          )}
        </div>
      </>
    ),
  })
}

/** Links to the same page, asking for something else. */
export const Others = (props: {
  page: PageContext
  words: Words
  methods: readonly Method[]
}): ReactElement => (
  <ul className="ways">
    {props.methods.map((method) => (
      <li key={method}>
        <a className="line" href={`${props.page.here}?method=${method}`}>
          {props.words.say(`proof.use.${method === 'email_link' ? 'email_code' : method}`)}
        </a>
      </li>
    ))}
  </ul>
)

const titles = {
  first: 'proof.title',
  second: 'proof.second-title',
  'sign-in': 'sign-in.step-title',
} as const

function leadOf({ step }: ProofProps, words: Words): string {
  switch (step.is) {
    case 'first':
      return words.say('proof.first-lead')
    case 'second':
      return words.say('proof.second-lead', { have: step.have, need: step.need })
    case 'sign-in':
      return words.say('sign-in.step-lead')
  }
}

const because = {
  enrolled: 'demand.enrolled',
  disavowed: 'because.disavowed',
  risk: 'demand.risk',
} as const satisfies Record<Exclude<DemandReason, 'policy'>, string>

/** Why one proof is not enough. What policy asks of everybody is only told where it is all there is to tell. */
export function whySoMuch(page: PageContext, words: Words, reasons: readonly DemandReason[]): string {
  const own = reasons.filter((one) => one !== 'policy')
  return own.length === 0
    ? words.say('demand.policy', { tenant: plainName(page.tenant.name) })
    : own.map((one) => words.say(because[one])).join(' ')
}

/** What is about the page and not about what was typed. */
function Said({ notice, method, triesLeft, words }: ProofProps & { words: Words }): ReactElement | null {
  if (triesLeft === 0) {
    return (
      <Note look="bad" title={words.say('prove.no-tries-left-title')}>
        {words.say('proof.no-tries-left')}
      </Note>
    )
  }
  switch (notice) {
    case null:
    case 'wrong-code':
    case 'code-unreadable':
      return null
    case 'sent-again':
      return (
        <Note look="ok">{words.say(method === 'sms_code' ? 'proof.text-sent' : 'prove.sent-again')}</Note>
      )
    case 'too-many-tries':
      return <Note look="bad">{words.say('proof.too-many-tries')}</Note>
    case 'asked-too-soon':
    case 'no-more-mails':
      return (
        <Note look="warn">
          {words.say(method === 'sms_code' ? `proof.text-${notice}` : `prove.${notice}`)}
        </Note>
      )
    default:
      return <Note look="bad">{words.say(`prove.${notice}`)}</Note>
  }
}

function problemOf({ notice, method, triesLeft }: ProofProps, words: Words): FieldProblem | null {
  if (method === 'passkey') {
    return notice === 'wrong-code' ? { id: 'problem', says: words.say('passkey.refused') } : null
  }
  if (notice === 'code-unreadable') return { id: 'problem', says: unreadable(method, words) }
  return notice === 'wrong-code'
    ? { id: 'problem', says: words.say('proof.wrong', { count: triesLeft }) }
    : null
}

/** Codes as they look, for who typed something else. */
const examples = { totp: '123 456', recovery_code: '7K3M-9X2P-QW5T-8HND', sms_code: '1234 5678' } as const

/** What was typed is no code of the method. It was compared with nothing. */
export const unreadable = (method: Method, words: Words): string =>
  method === 'totp' || method === 'recovery_code' || method === 'sms_code'
    ? words.say(`proof.unreadable.${method}`, { example: examples[method] })
    : words.say('prove.code-unreadable')
