import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../src/core/accounts/index.ts'
import type {
  Directory,
  DirectoryEntry,
  DirectoryPasswordRules,
  DirectoryRefusal,
  IdentifierQuery,
  PasswordFacts,
  PasswordVerdict,
  PasswordWrite,
} from '../../src/core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../src/kernel/fault.ts'
import type { Secret } from '../../src/kernel/secret.ts'

/** Somebody to put in; a first password is made up unless one is given. */
export type MemoryAccount = DirectoryEntry & { initialPassword?: string }

/** What becomes of the next write of a password, set or changed. */
export type WriteFate =
  | { is: 'written' }
  | { is: 'refused'; because: DirectoryRefusal }
  /** Throws; nothing was written. */
  | { is: 'fault'; code: FaultCode }
  /** Throws `directory-outcome-unknown`; `applied` says what really happened. */
  | { is: 'unanswered'; applied: boolean }
  /** Does not return before `until` does, then goes on as `written`, or is refused. */
  | { is: 'late'; until: Promise<void>; refused?: DirectoryRefusal }

export interface MemoryDirectory extends Directory {
  /** By key. Tests change them as an administrator of the directory would. */
  readonly people: Map<string, DirectoryEntry>
  /** Passwords as they are, by key. */
  readonly passwords: Map<string, string>
  /** Every write that arrived, whatever became of it. */
  readonly writes: { key: string; password: string }[]
  /** What was asked of it, in order. */
  readonly calls: Exclude<keyof Directory, 'name' | 'abilities' | 'check' | 'close'>[]
  /** No call gets through while it is set. */
  down: boolean
  /** The next probe gets no answer. */
  probeFails: boolean
  /** What it tells of its rules, whatever it holds people to. */
  rules: DirectoryPasswordRules | null
  /** For the next write only. */
  nextWrite: WriteFate
  /** Told about a write when it arrives, and what will become of it. */
  onWrite: (write: { key: string; password: string; fate: WriteFate }) => void
  /** Told when somebody asks for a lock to be lifted. */
  onUnlock: (unlock: { key: string }) => void
  /** The next lock is lifted, and the answer is lost. */
  unlockIsLost: boolean
}

export interface MemoryDirectoryOptions {
  /** Passwords that it remembers and refuses, the present one included; 0: it takes any. */
  history?: number
  /** Wrong passwords after which it locks. */
  lockoutTries?: number
  /** For the time of changes; a fixed one without it. */
  now?: () => Date
}

/**
 * A directory in memory. It matches as loosely as LDAP servers and case-insensitive collations do, and passes the
 * contract suite of connectors.
 */
export function makeMemoryDirectory(
  name: string,
  people: readonly MemoryAccount[],
  {
    history = 0,
    lockoutTries = Number.POSITIVE_INFINITY,
    now = () => new Date('2026-01-01T00:00:00Z'),
  }: MemoryDirectoryOptions = {},
): MemoryDirectory {
  const remembered = new Map<string, string[]>()
  const reach = (call: MemoryDirectory['calls'][number], signal: AbortSignal) => {
    directory.calls.push(call)
    if (directory.down || signal.aborted) throw new Fault('directory-unreachable')
  }
  const apply = (entry: DirectoryEntry, password: string) => {
    const past = [directory.passwords.get(entry.key) ?? '', ...(remembered.get(entry.key) ?? [])]
    remembered.set(entry.key, past.slice(0, Math.max(0, history - 1)))
    directory.passwords.set(entry.key, password)
    mark(entry, { changedAt: now(), mustChange: false, failedTries: 0 }, false)
  }
  const mark = (entry: DirectoryEntry, facts: Partial<PasswordFacts>, locked = entry.locked) =>
    void directory.people.set(entry.key, { ...entry, locked, password: { ...entry.password, ...facts } })
  const mayComeBack = (key: string, whyNot: typeof whyNotByMail = whyNotByMail) => {
    const entry = directory.people.get(key)
    return entry === undefined || whyNot(entry) !== null ? null : entry
  }
  const write = async (
    key: string,
    password: string,
    whyNot: typeof whyNotByMail = whyNotByMail,
  ): Promise<PasswordWrite> => {
    const fate = directory.nextWrite
    directory.nextWrite = { is: 'written' }
    directory.writes.push({ key, password })
    directory.onWrite({ key, password, fate })
    const entry = mayComeBack(key, whyNot)
    if (entry === null) return { ok: false, because: 'account-unavailable' }
    if (isRemembered(key, password)) return { ok: false, because: 'password-in-history' }
    return meet(fate, () => apply(entry, password))
  }
  const prove = (key: string, password: string): PasswordVerdict => {
    const entry = directory.people.get(key)
    if (entry === undefined) return { ok: false, because: 'wrong' }
    if (entry.disabled) return { ok: false, because: 'disabled' }
    if (entry.locked) return { ok: false, because: 'locked' }
    if (directory.passwords.get(key) === password) {
      mark(entry, { failedTries: 0 })
      return { ok: true, mustChange: entry.password.mustChange }
    }
    const tries = (entry.password.failedTries ?? 0) + 1
    mark(entry, { failedTries: tries }, tries >= lockoutTries)
    return { ok: false, because: 'wrong' }
  }
  const isRemembered = (key: string, password: string) =>
    history > 0 && [directory.passwords.get(key), ...(remembered.get(key) ?? [])].includes(password)

  const directory: MemoryDirectory = {
    name,
    abilities: {
      unlock: true,
      history: history > 0,
      lockedIsVisible: true,
      changeAsUser: true,
      mustChange: true,
      verifies: true,
    },
    people: new Map(people.map(({ initialPassword: _, ...entry }) => [entry.key, entry])),
    passwords: new Map(
      people.map(({ key, initialPassword = `initial password of ${key}` }) => [key, initialPassword]),
    ),
    writes: [],
    calls: [],
    down: false,
    probeFails: false,
    rules: null,
    nextWrite: { is: 'written' },
    onWrite: () => {},
    onUnlock: () => {},
    unlockIsLost: false,
    async find(query, signal) {
      await Promise.resolve()
      reach('find', signal)
      return [...directory.people.values()].filter((entry) => matches(entry, query)).slice(0, 2)
    },
    async read(key, signal) {
      await Promise.resolve()
      reach('read', signal)
      return directory.people.get(key) ?? null
    },
    async *list(signal) {
      const keys = [...directory.people.keys()]
      for (let at = 0; at < keys.length; at += 100) {
        await Promise.resolve()
        reach('list', signal)
        yield keys.slice(at, at + 100).flatMap((key) => directory.people.get(key) ?? [])
      }
    },
    async setPassword(key, secret, signal) {
      await Promise.resolve()
      const password = secret.reveal()
      if (password === '') return { ok: false, because: 'password-too-short-for-directory' }
      reach('setPassword', signal)
      return write(key, password)
    },
    async offboard(key, secret, signal) {
      await Promise.resolve()
      if (!isPassword(secret)) return { ok: false, because: 'password-too-short-for-directory' }
      reach('offboard', signal)
      return write(key, secret.reveal(), whyNotByOffboarding)
    },
    async changePassword(key, { current, next }, signal) {
      await Promise.resolve()
      if (!isPassword(current)) return { ok: false, because: 'current-password-wrong' }
      if (!isPassword(next)) return { ok: false, because: 'password-too-short-for-directory' }
      reach('changePassword', signal)
      if (mayComeBack(key, whyNotByChange) === null) return { ok: false, because: 'account-unavailable' }
      return prove(key, current.reveal()).ok
        ? write(key, next.reveal(), whyNotByChange)
        : { ok: false, because: 'current-password-wrong' }
    },
    async unlock(key, signal) {
      await Promise.resolve()
      reach('unlock', signal)
      directory.onUnlock({ key })
      const entry = mayComeBack(key)
      if (entry === null) return { ok: false, because: 'account-unavailable' }
      mark(entry, { failedTries: 0 }, false)
      const isLost = directory.unlockIsLost
      directory.unlockIsLost = false
      if (isLost) throw new Fault('directory-outcome-unknown')
      return { ok: true, wasLocked: entry.locked }
    },
    async requireChange(key, signal) {
      await Promise.resolve()
      reach('requireChange', signal)
      const entry = mayComeBack(key, whyNotByChange)
      if (entry === null) return { ok: false, because: 'account-unavailable' }
      mark(entry, { mustChange: true })
      return { ok: true }
    },
    async passwordRules(key, signal) {
      await Promise.resolve()
      reach('passwordRules', signal)
      return directory.people.has(key) ? directory.rules : null
    },
    async verifyPassword(key, secret, signal) {
      await Promise.resolve()
      if (!isPassword(secret)) return { ok: false, because: 'wrong' }
      reach('verifyPassword', signal)
      if (directory.probeFails) {
        directory.probeFails = false
        throw new Fault('directory-unreachable')
      }
      return prove(key, secret.reveal())
    },
    async check(signal) {
      await Promise.resolve()
      if (directory.down || signal.aborted) throw new Fault('directory-unreachable')
    },
    close: () => Promise.resolve(),
  }
  return directory
}

function isPassword(secret: Secret): boolean {
  const text = secret.reveal()
  return text !== '' && text.isWellFormed()
}

async function meet(fate: WriteFate, apply: () => void): Promise<PasswordWrite> {
  switch (fate.is) {
    case 'written':
      apply()
      return { ok: true }
    case 'refused':
      return { ok: false, because: fate.because }
    case 'fault':
      throw new Fault(fate.code)
    case 'unanswered':
      if (fate.applied) apply()
      throw new Fault('directory-outcome-unknown')
    case 'late':
      await fate.until
      if (fate.refused !== undefined) return { ok: false, because: fate.refused }
      apply()
      return { ok: true }
  }
}

function matches(entry: DirectoryEntry, { by, value }: IdentifierQuery): boolean {
  const names = { username: [entry.username], upn: [entry.upn ?? ''], mail: entry.mails }[by]
  return names.some((name) => name !== '' && loosely(name) === loosely(value))
}

/** Compatibility folding, case-insensitive, invisible characters dropped: near to RFC 4518 section 2. */
const loosely = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
