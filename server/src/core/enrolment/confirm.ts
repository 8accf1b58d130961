import {
  authenticatorName,
  definitionOf,
  type EnrolledAnswer,
  type Enrolment,
  type KeptPasskey,
  passkeysIn,
} from '../proofs/index.ts'
import { fits, giveBack, makeTakeTry, type Refused, readyToCompare, refuse } from '../recovery/index.ts'
import { usableFrom } from './add.ts'
import {
  asFirstFactor,
  changed,
  type EnrolmentDeps,
  eventOf,
  type OwnerCall,
  readOwner,
  refuseUnlessFresh,
  takeTurn,
  tellOwner,
} from './deps.ts'

/** What the app shows, or what the browser has made. */
export type ConfirmCall = OwnerCall & { id: string; locale: string } & (
    | { code: string }
    | { credential: unknown }
  )

export type Confirmed = { ok: true; enrolment: Enrolment } | Refused

/**
 * Shows that an authenticator app has the seed, or brings the passkey: from then on it counts. A code that is tried costs the account
 * one of its tries, as everywhere.
 */
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
    const made = 'credential' in call ? await madeFor(deps, call) : null
    if (made?.ok === false) return made
    const decide = () =>
      deps.store.decideSubject<Confirmed>({ tenant, subject, enrolments: true }, (seen) => {
        if (seen.ledger.tokenVersion !== tokenVersion)
          return { answer: refuse({ because: 'session-unknown' }) }
        const at = deps.now()
        const found = seen.enrolments.find(({ id }) => id === call.id)
        if (found === undefined) return { answer: refuse({ because: 'enrolment-unknown' }) }
        if (found.confirmedAt !== null) return { answer: refuse({ because: 'already-proven' }) }
        const shown = 'code' in call ? asShown(found, call.code, at) : asMade(found, made?.kept, seen)
        if ('because' in shown) return { answer: shown }
        const enrolment = { ...shown, confirmedAt: at, usableFrom: usableFrom(at, rules, entry) }
        const { ledger, enrolments } = changed(seen, [{ change: 'kept', enrolment }])
        const first = asFirstFactor(seen.ledger, ledger, call, at)
        const { method } = enrolment
        const notice = tellOwner(deps, call, { kind: 'method-added', method, entry, at, locale: call.locale })
        return {
          answer: { ok: true, enrolment },
          ledger: first?.ledger ?? ledger,
          ...(first === null ? {} : { others: first.others }),
          effects: {
            ...notice,
            ...first?.effects,
            enrolments,
            events: [eventOf(call, 'method.added', { at, method })],
          },
        }
      })
    return 'code' in call ? withTry(call, decide) : decide()
  }
}

/** What the browser brings, checked before anything is locked. Nobody else can have been asked for it. */
async function madeFor(
  deps: EnrolmentDeps,
  call: OwnerCall & { id: string; credential: unknown },
): Promise<{ ok: true; kept: KeptPasskey } | Refused> {
  const { tenant, subject } = call.session
  const { party } = deps.tenant(tenant)
  if (party === null) return refuse({ because: 'method-not-offered' })
  const at = deps.now()
  const challenges = deps.passkeys.open({ tenant, purpose: 'enrolment', of: call.id }, at)
  const made = await deps.passkeys.created(call.credential, { party, challenges })
  if (made.ok) return made
  const { because } = made
  const event = eventOf(call, 'method.refused', { at, method: 'passkey', because })
  await deps.store.decideSubject({ tenant, subject }, () => ({ answer: null, effects: { events: [event] } }))
  return refuse({ because: 'passkey-refused' })
}

function asShown(found: Enrolment, code: string, now: Date): Enrolment | Refused {
  if (found.method !== 'totp') return wrong
  const used = fits({ method: 'totp', code }, [found], { now, isEligible: () => true })
  return used?.change === 'kept' ? used.enrolment : wrong
}

/** No passkey counts twice. Its maker is a good name for it, where its owner has none. */
function asMade(
  found: Enrolment,
  kept: KeptPasskey | undefined,
  { enrolments }: { enrolments: readonly Enrolment[] },
): Enrolment | Refused {
  const isThere = passkeysIn(enrolments).some(({ credential }) => credential === kept?.credential)
  if (found.method !== 'passkey' || kept === undefined || isThere) {
    return refuse({ because: 'passkey-refused' })
  }
  const name = found.name === '' ? (authenticatorName(kept.authenticator) ?? '') : found.name
  return { ...found, name, kept }
}

export type TestCall = OwnerCall & EnrolledAnswer

/** Tries something out, as a proof would, and spends it: a code works once, wherever it is typed. */
export function makeTest(deps: EnrolmentDeps) {
  const withTry = makeWithTry(deps)
  return async (call: TestCall): Promise<Confirmed> => {
    const { tenant, subject, id: of } = call.session
    const busy = await takeTurn(deps, call)
    if (busy !== null) return busy
    const run = async () => {
      const ready = await readyToCompare(deps, { tenant, subject, purpose: 'session', of }, call)
      if (ready === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
      return deps.store.decideSubject<Confirmed>({ tenant, subject, enrolments: true }, ({ enrolments }) => {
        const at = deps.now()
        const isEligible = ({ confirmedAt }: Enrolment) => confirmedAt !== null
        const used = fits(ready, enrolments, { now: at, isEligible })
        const { method } = call
        const tell = (outcome: string) => [eventOf(call, 'method.tested', { at, method, outcome })]
        if (used?.change !== 'kept') {
          const answer = method === 'passkey' ? refuse({ because: 'passkey-refused' }) : wrong
          return { answer, effects: { events: tell('wrong') } }
        }
        return {
          answer: { ok: true, enrolment: used.enrolment },
          effects: { events: tell('right'), enrolments: [used] },
        }
      })
    }
    return definitionOf(call.method).guessable ? withTry(call, run) : run()
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
