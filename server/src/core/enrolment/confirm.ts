import { type EnrolledMethod, type Enrolment } from '../proofs/index.ts'
import { fits, giveBack, makeTakeTry, type Refused, readyToCompare, refuse } from '../recovery/index.ts'
import { usableFrom } from './add.ts'
import {
  changed,
  type EnrolmentDeps,
  eventOf,
  type OwnerCall,
  readOwner,
  refuseUnlessFresh,
  tellOwner,
} from './deps.ts'

export interface ConfirmCall extends OwnerCall {
  id: string
  code: string
  locale: string
}

export type Confirmed = { ok: true; enrolment: Enrolment } | Refused

/** Shows that an authenticator app has the seed: from then on it counts. Each try costs the account one, as everywhere. */
export function makeConfirm(deps: EnrolmentDeps) {
  const withTry = makeWithTry(deps)
  return async (call: ConfirmCall): Promise<Confirmed> => {
    const { tenant, subject, tokenVersion } = call.session
    const stale = refuseUnlessFresh(deps, call)
    if (stale !== null) return stale
    const owner = await readOwner(deps, call)
    if (!owner.ok) return owner
    const { entry } = owner
    const { rules } = deps.tenant(tenant)
    return withTry(call, () =>
      deps.store.decideSubject<Confirmed>({ tenant, subject, enrolments: true }, (seen) => {
        if (seen.ledger.tokenVersion !== tokenVersion)
          return { answer: refuse({ because: 'session-unknown' }) }
        const at = deps.now()
        const found = seen.enrolments.find(({ id }) => id === call.id)
        if (found === undefined) return { answer: refuse({ because: 'enrolment-unknown' }) }
        if (found.method !== 'totp' || found.confirmedAt !== null) {
          return { answer: refuse({ because: 'already-proven' }) }
        }
        const isEligible = () => true
        const used = fits({ method: 'totp', code: call.code }, [found], { now: at, isEligible })
        if (used?.change !== 'kept') return { answer: wrong }
        const enrolment = { ...used.enrolment, confirmedAt: at, usableFrom: usableFrom(at, rules, entry) }
        const { ledger, enrolments } = changed(seen, [{ change: 'kept', enrolment }])
        const { method } = enrolment
        const notice = tellOwner(deps, call, { kind: 'method-added', method, entry, at, locale: call.locale })
        return {
          answer: { ok: true, enrolment },
          ledger,
          effects: { ...notice, enrolments, events: [eventOf(call, 'method.added', { at, method })] },
        }
      }),
    )
  }
}

export interface TestCall extends OwnerCall {
  method: EnrolledMethod
  code: string
}

/** Tries something out, as a proof would, and spends it: a code works once, wherever it is typed. */
export function makeTest(deps: EnrolmentDeps) {
  const withTry = makeWithTry(deps)
  return async (call: TestCall): Promise<Confirmed> => {
    const { tenant, subject } = call.session
    return withTry(call, async () => {
      const ready = await readyToCompare(deps, { tenant, subject, method: call.method, code: call.code })
      if (ready === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
      return deps.store.decideSubject<Confirmed>({ tenant, subject, enrolments: true }, ({ enrolments }) => {
        const at = deps.now()
        const isEligible = ({ confirmedAt }: Enrolment) => confirmedAt !== null
        const used = fits(ready, enrolments, { now: at, isEligible })
        const { method } = call
        const tell = (outcome: string) => [eventOf(call, 'method.tested', { at, method, outcome })]
        if (used?.change !== 'kept') return { answer: wrong, effects: { events: tell('wrong') } }
        return {
          answer: { ok: true, enrolment: used.enrolment },
          effects: { events: tell('right'), enrolments: [used] },
        }
      })
    })
  }
}

const wrong = refuse({ because: 'code-wrong', triesLeft: 0 })

/** Takes one of the account's tries before anything is compared, and gives it back unless that was wrong. */
function makeWithTry(deps: EnrolmentDeps) {
  const takeTry = makeTakeTry(deps)
  return async ({ session, client }: OwnerCall, run: () => Promise<Confirmed>): Promise<Confirmed> => {
    const { tenant, subject } = session
    const { windowSeconds } = deps.tenant(tenant).rules.failedTriesPerAccount
    const tried = await takeTry({ tenant, subject, client })
    if (tried === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: windowSeconds })
    const answer = await run()
    if (answer.ok || answer.because !== 'code-wrong') await giveBack(deps, tried)
    return answer
  }
}
