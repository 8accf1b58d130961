import type { ReactElement } from 'react'
import { CodeField } from '../fields.tsx'
import { PostForm } from '../layout.tsx'
import { formPaths } from '../props.ts'
import { AnswerForm, type AskProps } from './ask.tsx'

/** The mail that went out when the flow began: its code, or its link, which needs no form. */
export const AskEmailCode = (props: AskProps): ReactElement => (
  <>
    <AnswerForm {...props} method="email_code">
      <CodeField
        label={props.words.say('prove.code')}
        hint={props.words.say('proof.hint.email_code')}
        problem={props.problem}
        groups
      />
    </AnswerForm>
    <Resend {...props} />
  </>
)

export const AskEmailLink = (props: AskProps): ReactElement => {
  const { page, words, validUntil } = props
  const time = validUntil === null ? '' : words.time(validUntil, page.tenant.timeZone)
  return (
    <>
      <p>{words.say('prove.lead-link-only', { time })}</p>
      <Resend {...props} />
    </>
  )
}

const Resend = ({ page, words }: AskProps): ReactElement => (
  <PostForm page={page} to={formPaths.resend}>
    <button className="quiet">{words.say('prove.resend')}</button>
  </PostForm>
)
