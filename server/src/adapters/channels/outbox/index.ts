import { Type } from 'typebox'
import { isPlainMailbox } from '../../../core/messages/delivery-address.ts'
import { defineChannel } from '../define.ts'

/**
 * The demo's mail server: every plain mailbox takes everything, and nothing leaves the machine. There is nothing
 * to keep either, because links and codes are derived: whoever shows the outbox renders the messages again from
 * their orders, and no mail with a way into an account lies around.
 */
export const outbox = defineChannel({
  kind: 'outbox',
  title: 'Outbox of the demo. A configuration that names it is refused: no mail would ever arrive.',
  config: Type.Object({}, { additionalProperties: false }),
  open: (_, { name }) => ({
    name,
    async send({ to }) {
      return isPlainMailbox(to) ? { ok: true } : { ok: false, permanent: true, because: 'address-unusable' }
    },
    async check() {},
    async close() {},
  }),
})
