import { defineTextChannel } from '../define.ts'
import { SmsHttpConfig } from './config.ts'
import { openSmsHttp } from './open.ts'

export const smsHttp = defineTextChannel({
  kind: 'sms-http',
  title: 'Texts by a vendor’s HTTP API',
  config: SmsHttpConfig,
  open: openSmsHttp,
})
