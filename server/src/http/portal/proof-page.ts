import type { FastifyReply } from 'fastify'
import { methods as allMethods, assess, definitionOf, type Method } from '../../core/proofs/index.ts'
import type { Flow } from '../../core/recovery/index.ts'
import { proofPage } from './views/proof.tsx'
import type { PageContext, ProveNotice } from './views/props.ts'
import { provePage } from './views/prove.tsx'
import { secondProofPage } from './views/second-proof.tsx'
import { show, type Visit } from './visit.ts'

/** The method that a link of a page or a form names; null for none, and for what is no method. */
export const methodNamed = (name: unknown): Method | null => allMethods.find((one) => one === name) ?? null

/** Link and code of a mail are one thing to choose: the code's page tells of the link. */
export const choicesOf = (methods: readonly Method[]): readonly Method[] =>
  methods.filter((one) => one !== 'email_link' || !methods.includes('email_code'))

const isMail = (method: Method): boolean => method === 'email_code' || method === 'email_link'

/**
 * Asks for the proof that a flow waits for. Before the first one nothing depends on the account: what is offered is the
 * tenant's. Afterwards the flow says what would do.
 */
export function showAwaiting(
  visit: Visit,
  page: PageContext,
  flow: Extract<Flow, { state: 'awaiting-proof' }>,
  { status, notice, method }: { status: number; notice: ProveNotice | null; method: Method | null },
): FastifyReply {
  const { tenant, mailIsDelayed } = visit
  const left = Math.max(0, tenant.rules.codeTriesPerFlow - flow.codesTried)
  const validUntil = flow.asked.worksUntil
  const isFirst = flow.proofs.length === 0
  const { methods, kinds, because } = isFirst
    ? { methods: tenant.methods, kinds: 1, because: [] }
    : (flow.wanted ?? unexplained)
  const choices = choicesOf(methods)
  // A mail went out to whoever can come back, and its link works when no tries are left.
  const mailed = isFirst ? choices.find(isMail) : undefined
  // What can't be guessed goes on working when the tries are used up.
  const isUsable = (one: Method) => left > 0 || !definitionOf(one).guessable
  const named = choices.find((one) => one === method && isUsable(one))
  const chosen = named ?? mailed ?? choices.find(isUsable) ?? choices[0]
  if (chosen === undefined) return show(visit, status, secondProofPage({ page, because }))
  const others = choices.filter((one) => one !== chosen && isUsable(one))
  if (isFirst && isMail(chosen)) {
    const triesLeft = chosen === 'email_code' ? left : null
    return show(visit, status, provePage({ page, validUntil, triesLeft, notice, mailIsDelayed, others }))
  }
  const { have } = assess(flow.proofs, { kinds })
  // Where kinds are not what is missing, one proof more is.
  const need = Math.max(kinds, have + 1)
  return show(
    visit,
    status,
    proofPage({
      page: { ...page, query: `method=${chosen}` },
      step: isFirst ? { is: 'first' } : { is: 'second', have, need, because },
      method: chosen,
      ...{ others, notice, validUntil },
      triesLeft: isUsable(chosen) ? Math.max(1, left) : left,
      passkey: chosen === 'passkey' ? visit.passkeyRequest(flow) : null,
    }),
  )
}

/** Of a flow that waits since before it was kept what would do. */
const unexplained = { methods: [], kinds: 2, because: ['disavowed'] } as const
