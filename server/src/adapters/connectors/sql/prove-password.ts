import type { DirectoryEntry, PasswordVerdict } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { ConnectorOutside } from '../define.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import type { SqlConfig } from './config.ts'
import type { People } from './people.ts'
import type { Session } from './pool.ts'
import type { Scheme } from './schemes.ts'
import type { Statements } from './statements.ts'
import { writtenTime } from './times.ts'
import type { Work } from './work.ts'

interface Deps {
  config: SqlConfig
  work: Work
  people: People
  statements: Statements
  scheme: Scheme
  outside: Pick<Outside, 'now' | 'randomBytes'> & Pick<ConnectorOutside, 'warn'>
}

/** What an attempt found, before it was counted. */
interface Found {
  entry: DirectoryEntry
  hash: string | null
  /** The lock that counting it has put there. */
  lock: string | null
}

/** `hash` is what the account is stored with after the proof; null when nothing was proven. */
export interface Proof {
  verdict: PasswordVerdict
  hash: string | null
}

/**
 * Proves a password. Where failures are counted, an attempt is paid for before it is looked at, and a right one is
 * refunded: however many arrive at once, no more than `lockoutTries` of them are answered.
 *
 * Whoever it is about, the same statements are sent and one hash is computed. For an account that is unknown, or
 * that has no password, the hash is a decoy of the format that is written; where `decoyKey` names a row, the
 * statements are about that one, so that the server writes as much as for anybody else.
 */
export function makeProvePassword(deps: Deps) {
  const { scheme, outside } = deps
  let decoy: Promise<string> | null = null
  const decoyHash = () =>
    (decoy ??= scheme.hash(Buffer.from(Buffer.from(outside.randomBytes(16)).toString('hex'))))

  return async (key: string, password: Buffer, signal: AbortSignal): Promise<Proof> => {
    const decoyReady = decoyHash()
    const found = await look(deps, key, signal)
    const stored = found?.hash ?? null
    const hash = stored?.trimEnd() ?? null
    const check = hash === null ? null : readStoredHash(hash)
    if (hash !== null && check === null) {
      outside.warn('a stored password has a format that is not read', { length: hash.length })
    }
    const matches = await (check ?? readStoredHash(await decoyReady))?.(password)
    const verdict = verdictOn(found?.entry ?? null, check !== null && matches === true)
    if (!verdict.ok || stored === null) return { verdict, hash: null }
    return { verdict, hash: await refund(deps, { key, stored, password, lock: found?.lock ?? null }, signal) }
  }
}

/** Disabled before locked before wrong; the password of a locked account is not even told right from wrong. */
function verdictOn(entry: DirectoryEntry | null, right: boolean): PasswordVerdict {
  if (entry === null || entry.federated) return { ok: false, because: 'wrong' }
  if (entry.disabled) return { ok: false, because: 'disabled' }
  if (entry.locked) return { ok: false, because: 'locked' }
  return right ? { ok: true, mustChange: entry.password.mustChange } : { ok: false, because: 'wrong' }
}

/** The row is read, and where failures are counted, the try is counted in the same transaction. */
async function look(deps: Deps, key: string, signal: AbortSignal): Promise<Found | null> {
  const { config, work, people, statements, outside } = deps
  const { recordFailure } = statements
  const { decoyKey } = config
  const isKnown =
    decoyKey === undefined || (await work.read(signal, (session) => people.read(key, session))) !== null
  const asked = isKnown ? key : decoyKey
  const readBoth = async (session: Session, { locked }: { locked: boolean }) => {
    const hash = await people.password(asked, session, { locked })
    const entry = await people.read(asked, session)
    return hash === undefined || entry === null || asked !== key ? null : { entry, hash, lock: null }
  }
  if (recordFailure === undefined) return work.read(signal, (session) => readBoth(session, { locked: false }))
  return work.write('a try', signal, async (session) => {
    const found = await readBoth(session, { locked: true })
    await session.run(recordFailure, { key: asked, ...countingValues(config, outside.now()) })
    const lock = await people.lock(asked, session)
    return found === null ? null : { ...found, lock }
  })
}

function countingValues(config: SqlConfig, now: Date) {
  const { locked, failedTries } = config.columns
  const isOfCount = locked !== undefined && locked.column === failedTries
  return {
    at: writtenTime(now),
    until: writtenTime(new Date(now.getTime() + config.lockoutSeconds * 1000)),
    tries: isOfCount ? (locked.atLeast ?? config.lockoutTries) : config.lockoutTries,
  }
}

/**
 * A right password clears the count, unless somebody else has locked the account meanwhile, and may move its hash to the format that is written, unless a new one
 * was set.
 */
async function refund(
  deps: Deps,
  of: { key: string; stored: string; password: Buffer; lock: string | null },
  signal: AbortSignal,
): Promise<string> {
  const { config, work, people, statements, scheme } = deps
  const { clearFailures, rehash } = statements
  const { key, stored, password, lock } = of
  const isRenewed =
    config.upgradeOnProof && rehash !== undefined && !scheme.isCurrent(stored) && scheme.takes(password)
  if (clearFailures === undefined && !isRenewed) return stored
  const hash = isRenewed ? await scheme.hash(password) : stored
  return work.write('a try', signal, async (session) => {
    if (clearFailures !== undefined) {
      // The row first: its lock stays as it is until the end.
      await people.password(key, session, { locked: true })
      const present = await people.lock(key, session)
      if (present === null || present === lock) {
        await session.run(clearFailures, { key, expectedHash: stored })
      }
    }
    if (!isRenewed) return stored
    const { met } = await session.run(rehash, { key, hash, expectedHash: stored })
    return met === 1 ? hash : stored
  })
}
