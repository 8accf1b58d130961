import { defineChannel } from '../define.ts'
import { SmtpConfig } from './config.ts'
import { openSmtp } from './open.ts'

export { smtpConfigFromUrl } from './url.ts'

export const smtp = defineChannel({
  kind: 'smtp',
  title: 'SMTP server',
  config: SmtpConfig,
  open: openSmtp,
})
