import type { FastifyReply } from 'fastify'
import { type Asked, type Purpose, purposes, type Shown } from '../../core/gate/index.ts'
import { sendProblem } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import type { Fields } from './routes.ts'
import { pageHeaders } from './views/headers.ts'
import type { AskedOfBrowser } from './views/props.ts'
import type { Visit } from './visit.ts'

/** For the script alone, right before it sends a form: a task from then is not too old when it is done. */
export async function giveWork(deps: PublicDeps, visit: Visit, fields: Fields): Promise<FastifyReply> {
  const purpose = purposes.find((one) => one === fields['purpose'])
  if (purpose === undefined) return sendProblem(visit.reply, 'request-invalid')
  const asked = await deps.gate.issue({ tenant: visit.tenant.id, purpose, client: visit.client })
  if ('ok' in asked) {
    const { retryAfterSeconds } = asked
    return sendProblem(visit.reply, 'too-many-requests', { retryAfterSeconds })
  }
  return visit.reply
    .headers({ ...pageHeaders, 'content-type': 'application/json; charset=utf-8' })
    .send({ challenge: asked.challenge })
}

/** What a form brings; fields that were left empty bring nothing. */
export const shownBy = (fields: Fields): Shown => {
  const given = (name: string) => (fields[name] === '' ? undefined : fields[name])
  return { work: given('work'), wait: given('wait') }
}

/** The form once more, with what was typed; never with a password. */
export function turnedBack(visit: Visit, purpose: Purpose, { wait }: Asked): AskedOfBrowser {
  void visit.reply.header('retry-after', String(wait.seconds))
  const fields = (visit.request.body ?? {}) as Fields
  return { purpose, wait, identifier: fields['identifier'] ?? '' }
}
