import type { ReactElement } from 'react'
import { CodeField } from '../fields.tsx'
import { PostForm } from '../layout.tsx'
import { formPaths } from '../props.ts'
import { AnswerForm, type AskProps } from './ask.tsx'

/** A text goes out when somebody asks for it, and not before: each of them is paid for. */
export const AskSmsCode = (props: AskProps): ReactElement => (
  <>
    <p>{props.words.say('proof.text-lead')}</p>
    <PostForm page={props.page} to={formPaths.resend}>
      <input type="hidden" name="method" value="sms_code" />
      <button className="quiet">{props.words.say('proof.text-ask')}</button>
    </PostForm>
    <AnswerForm {...props} method="sms_code">
      <CodeField
        label={props.words.say('prove.code')}
        hint={props.words.say('proof.hint.sms_code')}
        problem={props.problem}
        groups
      />
    </AnswerForm>
  </>
)
