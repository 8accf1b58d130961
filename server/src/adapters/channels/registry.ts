import { outbox } from './outbox/index.ts'
import { smpp } from './smpp/index.ts'
import { smsHttp } from './sms-http/index.ts'
import { smtp } from './smtp/index.ts'

/** Every kind of mail provider: a folder here and a line below. */
export const channels = [smtp, outbox] as const

/** Every kind of provider of texts: likewise. */
export const textChannels = [smsHttp, smpp] as const

export type ChannelKind = (typeof channels)[number]['kind']
export type TextChannelKindName = (typeof textChannels)[number]['kind']
