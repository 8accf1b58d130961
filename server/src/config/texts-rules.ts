import type { Static } from 'typebox'
import type { Finding } from './mistakes.ts'
import type { ConfigFile } from './schema.ts'

/** A code that nothing can send would be asked for in vain. */
export function offeredTextsCanBeSent({
  tenants,
  texts,
}: Pick<Static<typeof ConfigFile>, 'tenants' | 'texts'>): Finding[] {
  if (texts !== undefined) return []
  return tenants.flatMap(({ policy }, index) => {
    const { methods } = policy.recovery
    const at = methods.indexOf('sms_code')
    return at < 0
      ? []
      : [
          {
            path: ['tenants', index, 'policy', 'recovery', 'methods', at],
            problem: 'offers `sms_code`, and no text can be sent',
            hint: 'Configure `texts`, or leave it away here.',
          },
        ]
  })
}
