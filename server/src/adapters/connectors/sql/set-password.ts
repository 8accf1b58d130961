import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../../core/accounts/eligibility.ts'
import type { DirectoryEntry, PasswordChange, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { makeTurns } from '../../../kernel/turns.ts'
import { withinDeadline } from '../deadline.ts'
import { readStoredHash } from '../hashes/stored-hash.ts'
import type { SqlConfig } from './config.ts'
import type { People } from './people.ts'
import type { Session } from './pool.ts'
import type { Scheme } from './schemes.ts'
import type { Statements } from './statements.ts'
import { writtenTime } from './times.ts'
import { GivenUp, type Work } from './work.ts'

interface Deps {
  config: SqlConfig
  work: Work
  people: People
  statements: Statements
  scheme: Scheme
  outside: Pick<Outside, 'now'>
}

interface Request {
  key: string
  password: Buffer
  /** The hash that the present password was proven by; null when an administrator sets one. */
  proven: string | null
  by: keyof typeof mayNot
}

/** Who may not have a password written. With the present one proven a second factor is the caller's to see to. */
const mayNot = { mail: whyNotByMail, change: whyNotByChange, offboarding: whyNotByOffboarding } as const

/** Comparisons at a time in this process: half of the threads that Node has for such things. */
const takeTurn = makeTurns(2)

/** How often a password is set anew that somebody else has changed while it was hashed. */
const triesMax = 3

/**
 * Hashing takes its time, so it happens without a connection and without a lock. What was read before it is read once
 * more in the transaction that writes, and the statement that writes names the hash that it replaces: a person who
 * was disabled meanwhile gets nothing, and of two who write at once the second one notices.
 */
export function makeSetPassword(deps: Deps) {
  const { config, work, people, scheme } = deps

  const attempt = async (
    request: Request,
    signal: AbortSignal,
  ): Promise<PasswordChange | 'changed meanwhile'> => {
    const { key, password, proven, by } = request
    const whyNot = mayNot[by]
    const before = await work.read(signal, async (session) => {
      const entry = await people.read(key, session)
      const stored = await people.password(key, session, { locked: false })
      return { entry, stored, former: await formerOf(deps, key, session) }
    })
    if (before.stored === undefined || !mayBeWritten(before.entry, whyNot)) return unavailable
    if (proven !== null && before.stored !== proven) return 'changed meanwhile'
    const { stored } = before
    const earlier = config.history === undefined ? [] : [stored, ...before.former]
    if (await isAmong(password, earlier, signal)) return { ok: false, because: 'password-in-history' }
    const hash = await scheme.hash(password)
    return work.write<PasswordChange | 'changed meanwhile'>('a password', signal, async (session) => {
      // The lock first: what is read after it stays as it is until the end.
      const present = await people.password(key, session, { locked: true })
      if (present !== stored) return new GivenUp(present === undefined ? unavailable : 'changed meanwhile')
      const entry = await people.read(key, session)
      if (!mayBeWritten(entry, whyNot)) return new GivenUp(unavailable)
      // It was not when the present password was proven; a lock that a reset meets is lifted with it.
      if (by === 'change' && entry?.locked === true) return new GivenUp(unavailable)
      const isWritten = await write(deps, { key, hash, stored }, session)
      return isWritten ? { ok: true } : new GivenUp('changed meanwhile')
    })
  }

  const set = async (
    request: Omit<Request, 'proven'> & { by: 'mail' | 'offboarding' },
    signal: AbortSignal,
  ): Promise<PasswordWrite> => {
    for (let triesLeft = triesMax; triesLeft > 0; triesLeft--) {
      const written = await attempt({ ...request, proven: null }, signal)
      if (written === 'changed meanwhile' || isAboutCurrent(written)) continue
      return written
    }
    const detail = 'somebody else keeps changing the same password'
    throw new Fault('directory-unreachable', { detail })
  }

  return {
    set: (key: string, password: Buffer, signal: AbortSignal): Promise<PasswordWrite> =>
      set({ key, password, by: 'mail' }, signal),
    offboard: (key: string, password: Buffer, signal: AbortSignal): Promise<PasswordWrite> =>
      set({ key, password, by: 'offboarding' }, signal),
    /** `proven` is written over and nothing else: proof and write are one, without a lock for as long as hashes take. */
    async change(
      request: { key: string; password: Buffer; proven: string },
      signal: AbortSignal,
    ): Promise<PasswordChange> {
      const written = await attempt({ ...request, by: 'change' }, signal)
      return written === 'changed meanwhile' ? { ok: false, because: 'current-password-wrong' } : written
    },
  }
}

const unavailable = { ok: false, because: 'account-unavailable' } as const

const isAboutCurrent = (
  written: PasswordChange,
): written is { ok: false; because: 'current-password-wrong' } =>
  !written.ok && written.because === 'current-password-wrong'

const mayBeWritten = (entry: DirectoryEntry | null, whyNot: (typeof mayNot)[Request['by']]): boolean =>
  entry !== null && whyNot(entry) === null

async function formerOf({ config, statements }: Deps, key: string, session: Session): Promise<string[]> {
  const { history } = config
  if (history === undefined || statements.history === undefined) return []
  const { rows } = await session.run(statements.history, { key })
  return rows.map((row) => row[history.password]).filter((cell) => typeof cell === 'string')
}

/** False when the row is no longer what it was. */
async function write(
  { statements, people, outside }: Deps,
  of: { key: string; hash: string; stored: string | null },
  session: Session,
): Promise<boolean> {
  const { key, hash, stored } = of
  const now = outside.now()
  const at = writtenTime(now)
  const seconds = Math.floor(now.getTime() / 1000)
  const { met } = await session.run(statements.setPassword, {
    ...{ key, hash, expectedHash: stored, at },
    // As texts: a number of this size would be sent as a fraction.
    ...{ atSeconds: String(seconds), atMilliseconds: String(now.getTime()) },
  })
  if (met === 0) return false
  if (met !== 1) throw unusable(`a new password met ${met} rows: columns.key must be unique`)
  // A column that is too short and a trigger that knows better are noticed now, not when somebody signs in.
  const kept = await people.password(key, session, { locked: false })
  if (kept?.trimEnd() !== hash) {
    throw unusable(
      'what was written as a hash is read back as something else: look at the column and at triggers',
    )
  }
  if (statements.remember !== undefined && stored !== null) {
    await session.run(statements.remember, { key, hash: stored, at })
    if (statements.forget !== undefined) await session.run(statements.forget, { key })
  }
  return true
}

const unusable = (detail: string) => new Fault('directory-misconfigured', { detail })

/** In turn for all who set one, so that the many hashes of one person leave threads to those who sign in. */
async function isAmong(
  password: Buffer,
  hashes: readonly (string | null)[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const hash of new Set(hashes)) {
    const check = hash === null ? null : readStoredHash(hash.trimEnd())
    if (check !== null && (await inTurn(() => check(password), signal))) return true
  }
  return false
}

async function inTurn<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await withinDeadline(takeTurn(signal, work), signal)
  } catch (error) {
    if (!signal.aborted) throw error
    const detail = 'comparing with former passwords took longer than was waited for'
    throw new Fault('directory-unreachable', { cause: error, detail })
  }
}
