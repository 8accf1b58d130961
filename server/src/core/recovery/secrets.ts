import type { Outside } from '../../kernel/outside.ts'

/** 256 random bits: what the holder of a flow shows. Rekey keeps a keyed digest only. */
export const newFlowSecret = (outside: Pick<Outside, 'randomBytes'>): string =>
  Buffer.from(outside.randomBytes(32)).toString('base64url')
