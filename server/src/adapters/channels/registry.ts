import { outbox } from './outbox/index.ts'
import { smtp } from './smtp/index.ts'

/** Every kind of mail provider: a folder here and a line below. */
export const channels = [smtp, outbox] as const

export type ChannelKind = (typeof channels)[number]['kind']
