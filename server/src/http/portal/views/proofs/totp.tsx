import type { ReactElement } from 'react'
import { CodeField } from '../fields.tsx'
import { AnswerForm, type AskProps } from './ask.tsx'

/** Six digits of an authenticator app. */
export const AskTotp = (props: AskProps): ReactElement => (
  <AnswerForm {...props} method="totp">
    <CodeField
      label={props.words.say('proof.label.totp')}
      hint={props.words.say('proof.hint.totp')}
      problem={props.problem}
    />
  </AnswerForm>
)
