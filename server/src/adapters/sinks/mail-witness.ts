import type { Witness } from '../../core/audit/index.ts'
import { Fault } from '../../kernel/fault.ts'

export interface MailWitnessOptions {
  name: string
  /** Resolves when a mail server has taken the message. The text is the checkpoint, unwrapped. */
  send: (mail: { subject: string; text: string }, signal: AbortSignal) => Promise<void>
  everyMs?: number
}

const dayMs = 24 * 60 * 60 * 1000

/** Mails the newest checkpoint, once a day by default, to a mailbox that the database's administrators can't reach. */
export function makeMailWitness({ name, send, everyMs = dayMs }: MailWitnessOptions): Witness {
  return {
    name,
    everyMs,
    async hold({ note, origin, size }, signal) {
      try {
        await send({ subject: `Audit checkpoint of ${origin}: ${size} events`, text: note }, signal)
      } catch (cause) {
        throw new Fault('witness-unreachable', { detail: name, cause })
      }
    },
  }
}
