import type { ReactElement } from 'react'
import { CodeField } from '../fields.tsx'
import { AnswerForm, type AskProps } from './ask.tsx'

/** One of ten codes that were printed. */
export const AskRecoveryCode = (props: AskProps): ReactElement => (
  <AnswerForm {...props} method="recovery_code">
    <CodeField
      label={props.words.say('proof.label.recovery_code')}
      hint={props.words.say(props.trying === undefined ? 'proof.hint.recovery_code' : 'method.try-spends')}
      problem={props.problem}
      long
    />
  </AnswerForm>
)
