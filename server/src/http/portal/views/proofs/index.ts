import type { ReactElement } from 'react'
import type { Method } from '../../../../core/proofs/index.ts'
import type { AskProps } from './ask.tsx'
import { AskEmailCode, AskEmailLink } from './email.tsx'
import { AskPasskey } from './passkey.tsx'
import { AskRecoveryCode } from './recovery-code.tsx'
import { AskSmsCode } from './sms-code.tsx'
import { AskTotp } from './totp.tsx'

/** How each method is asked for. A method is one file here and one line. */
export const asking: Readonly<Record<Method, (props: AskProps) => ReactElement | null>> = {
  email_link: AskEmailLink,
  email_code: AskEmailCode,
  totp: AskTotp,
  recovery_code: AskRecoveryCode,
  passkey: AskPasskey,
  sms_code: AskSmsCode,
}
