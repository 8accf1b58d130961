import { newId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import {
  type CreationOptions,
  creationOptions,
  type EnrolledMethod,
  type Enrolment,
  type EnrolmentChange,
  type KeptSeed,
  keyUriOf,
  newCodes,
  newSeed,
  passkeysIn,
  shownCode,
} from '../proofs/index.ts'
import { after, newSalt, type RecoveryRules, type Refused, refuse } from '../recovery/index.ts'
import {
  changed,
  type EnrolmentDeps,
  eventOf,
  type OwnerCall,
  readOwner,
  refuseUnlessFresh,
  takeTurn,
  tellOwner,
} from './deps.ts'

export interface AddCall extends OwnerCall {
  method: EnrolledMethod
  /** What its owner wants to call it; empty: what it is called anyway. */
  name: string
  /** Of whoever asks; the directory's word goes before. */
  locale: string
}

/** What is told only this once. */
export type Shown =
  | { method: 'totp'; seed: string; uri: string }
  | { method: 'recovery_code'; codes: readonly string[] }
  /** For `navigator.credentials.create()`. */
  | { method: 'passkey'; passkey: CreationOptions }

export type Added = { ok: true; enrolment: Enrolment; shown: Shown } | Refused

/** A day, whatever the configuration says. */
const privilegedCoolDownSeconds = 86_400

/** From when something new may bring its owner back. */
export const usableFrom = (at: Date, rules: RecoveryRules, { privileged }: { privileged: boolean }): Date =>
  after(at, Math.max(rules.coolDownSeconds, privileged ? privilegedCoolDownSeconds : 0))

/**
 * Begins to set something up. An authenticator app proves nothing before a code of it was typed, and a passkey nothing
 * before a browser has made it; a sheet of codes counts at once, and the one before it is worthless from then on.
 */
export const makeAdd =
  (deps: EnrolmentDeps) =>
  async (call: AddCall): Promise<Added> => {
    const { tenant } = call.session
    const { methods } = deps.tenant(tenant)
    if (!methods.includes(call.method)) return refuse({ because: 'method-not-offered' })
    const stale = refuseUnlessFresh(deps, call)
    if (stale !== null) return stale
    const busy = await takeTurn(deps, call)
    if (busy !== null) return busy
    switch (call.method) {
      case 'totp':
        return begin(deps, call, { method: 'totp', kept: newSeed(deps.randomBytes) })
      case 'passkey':
        return begin(deps, call, { method: 'passkey', kept: null })
      case 'recovery_code':
        return addSheet(deps, call)
    }
  }

/** What is set up in two steps: it takes its place, and counts once it is confirmed. */
function begin(
  deps: EnrolmentDeps,
  call: AddCall,
  what: { method: 'totp'; kept: KeptSeed } | { method: 'passkey'; kept: null },
): Promise<Added> {
  const { tenant, subject, tokenVersion } = call.session
  const { rules } = deps.tenant(tenant)
  return deps.store.decideSubject<Added>({ tenant, subject, enrolments: true }, ({ ledger, enrolments }) => {
    if (ledger.tokenVersion !== tokenVersion) return { answer: refuse({ because: 'session-unknown' }) }
    const at = deps.now()
    // One that was begun and left takes no place.
    const left = enrolments.filter((one) => one.method === call.method && one.confirmedAt === null)
    if (enrolments.length - left.length >= rules.enrolmentsMax) {
      return { answer: refuse({ because: 'too-many-enrolments' }) }
    }
    const enrolment: Enrolment = {
      ...{ tenant, subject, id: newId(deps), name: call.name, ...what },
      ...{ createdAt: at, confirmedAt: null, usableFrom: at, lastUsedAt: null },
    }
    const shown = shownOf(deps, call, { begun: enrolment, enrolments })
    if (shown === null) return { answer: refuse({ because: 'method-not-offered' }) }
    const changes: EnrolmentChange[] = [...left.map(asRemoved), { change: 'kept', enrolment }]
    return {
      answer: { ok: true, enrolment, shown },
      effects: { events: [], enrolments: changes },
    }
  })
}

/** What its owner needs to finish what was begun; null when there is nothing to finish, or no longer a way. */
export function shownOf(
  deps: EnrolmentDeps,
  { session }: OwnerCall,
  { begun, enrolments }: { begun: Enrolment; enrolments: readonly Enrolment[] },
): Shown | null {
  const { tenant, subject, username } = session
  const { title, party } = deps.tenant(tenant)
  if (begun.method === 'totp') {
    const { seed } = begun.kept
    return { method: 'totp', seed, uri: keyUriOf(begun.kept, { issuer: title, account: username }) }
  }
  if (begun.method !== 'passkey' || party === null) return null
  const passkey = creationOptions({
    party,
    challenge: deps.passkeys.current({ tenant, purpose: 'enrolment', of: begun.id }, deps.now()),
    userHandle: deps.passkeys.userHandle(tenant, subject),
    account: { name: username, displayName: username },
    known: passkeysIn(enrolments),
  })
  return { method: 'passkey', passkey }
}

async function addSheet(deps: EnrolmentDeps, call: AddCall): Promise<Added> {
  const { tenant, subject, tokenVersion } = call.session
  const { rules } = deps.tenant(tenant)
  const owner = await readOwner(deps, call)
  if (!owner.ok) return owner
  const { entry } = owner
  const codes = newCodes(deps.randomBytes)
  const digests = await digestsOf(deps, call, codes)
  if (digests === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
  return deps.store.decideSubject<Added>({ tenant, subject, enrolments: true }, (seen) => {
    if (seen.ledger.tokenVersion !== tokenVersion) return { answer: refuse({ because: 'session-unknown' }) }
    const at = deps.now()
    const enrolment: Enrolment = {
      ...{ tenant, subject, id: newId(deps), method: 'recovery_code', name: call.name, kept: digests },
      ...{ createdAt: at, confirmedAt: at, usableFrom: usableFrom(at, rules, entry), lastUsedAt: null },
    }
    const older = seen.enrolments.filter(({ method }) => method === 'recovery_code')
    const { ledger, enrolments } = changed(seen, [...older.map(asRemoved), { change: 'kept', enrolment }])
    const notice = tellOwner(deps, call, {
      kind: 'method-added',
      method: call.method,
      entry,
      at,
      locale: call.locale,
    })
    return {
      answer: { ok: true, enrolment, shown: { method: 'recovery_code', codes: codes.map(shownCode) } },
      ledger,
      effects: {
        ...notice,
        enrolments,
        events: [eventOf(call, 'method.added', { at, method: call.method })],
      },
    }
  })
}

/** Null when too many others are being made or compared. */
async function digestsOf(deps: EnrolmentDeps, { session }: AddCall, codes: readonly string[]) {
  const { tenant, subject } = session
  const by = newSalt(deps)
  const signal = AbortSignal.timeout(deps.tenant(tenant).rules.writeDeadlineSeconds * 1_000)
  try {
    const made = codes.map(async (code) => ({
      digest: (await deps.digests.of(new Secret(code), { tenant, subject, ...by }, signal)) ?? '',
      spentAt: null,
    }))
    return { ...by, codes: await Promise.all(made) }
  } catch (error) {
    if (error instanceof NoTurnCame) return null
    throw error
  }
}

const asRemoved = ({ tenant, subject, id }: Enrolment): EnrolmentChange => ({
  change: 'removed',
  ...{ tenant, subject, id },
})
