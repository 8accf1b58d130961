import { defineTextChannel } from '../define.ts'
import { SmppConfig } from './config.ts'
import { openSmpp } from './open.ts'

export const smpp = defineTextChannel({
  kind: 'smpp',
  title: 'Texts by SMPP 3.4',
  config: SmppConfig,
  open: openSmpp,
})
