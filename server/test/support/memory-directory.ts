import type {
  Directory,
  DirectoryEntry,
  DirectoryRefusal,
  IdentifierQuery,
} from '../../src/core/accounts/ports.ts'
import { Fault, type FaultCode } from '../../src/kernel/fault.ts'
import type { Secret } from '../../src/kernel/secret.ts'

/** What becomes of the next write. */
export type WriteFate =
  | { is: 'written' }
  | { is: 'refused'; because: DirectoryRefusal }
  /** Throws; nothing was written. */
  | { is: 'fault'; code: FaultCode }
  /** Throws `directory-outcome-unknown`; `applied` says what really happened. */
  | { is: 'unanswered'; applied: boolean }
  /** Does not return before `until` does, then goes on as `written`. */
  | { is: 'late'; until: Promise<void> }

export interface MemoryDirectory extends Directory {
  /** By key. Tests change them as an administrator of the directory would. */
  readonly people: Map<string, DirectoryEntry>
  /** Passwords as they are, by key. */
  readonly passwords: Map<string, string>
  /** Every write that arrived, whatever became of it. */
  readonly writes: { key: string; password: string }[]
  /** What was asked of it, in order. */
  readonly calls: ('find' | 'read' | 'setPassword' | 'verifyPassword')[]
  /** No call gets through while it is set. */
  down: boolean
  /** The next probe gets no answer. */
  probeFails: boolean
  /** For the next write only. */
  nextWrite: WriteFate
  /** Told about a write when it arrives, and what will become of it. */
  onWrite: (write: { key: string; password: string; fate: WriteFate }) => void
}

/** A directory in memory. It matches as loosely as LDAP servers and case-insensitive collations do. */
export function makeMemoryDirectory(
  name: string,
  people: readonly (DirectoryEntry & { password?: string })[],
): MemoryDirectory {
  const reach = (call: MemoryDirectory['calls'][number], signal: AbortSignal) => {
    directory.calls.push(call)
    if (directory.down || signal.aborted) throw new Fault('directory-unreachable')
  }
  const directory: MemoryDirectory = {
    name,
    abilities: { unlock: true, history: false, lockedIsVisible: true },
    people: new Map(people.map(({ password: _, ...entry }) => [entry.key, entry])),
    passwords: new Map(people.map(({ key, password = `initial password of ${key}` }) => [key, password])),
    writes: [],
    calls: [],
    down: false,
    probeFails: false,
    nextWrite: { is: 'written' },
    onWrite: () => {},
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
    async setPassword(key, password, signal) {
      await Promise.resolve()
      reach('setPassword', signal)
      const fate = directory.nextWrite
      directory.nextWrite = { is: 'written' }
      directory.writes.push({ key, password: password.reveal() })
      directory.onWrite({ key, password: password.reveal(), fate })
      return write(directory, { key, password, fate })
    },
    async verifyPassword(key, password, signal) {
      await Promise.resolve()
      reach('verifyPassword', signal)
      if (directory.probeFails) {
        directory.probeFails = false
        throw new Fault('directory-unreachable')
      }
      const entry = directory.people.get(key)
      const text = password.reveal()
      if (text === '' || entry === undefined || directory.passwords.get(key) !== text) {
        return { ok: false, because: 'wrong' }
      }
      if (entry.disabled) return { ok: false, because: 'disabled' }
      return entry.locked ? { ok: false, because: 'locked' } : { ok: true, mustChange: false }
    },
    async check(signal) {
      await Promise.resolve()
      if (directory.down || signal.aborted) throw new Fault('directory-unreachable')
    },
    close: () => Promise.resolve(),
  }
  return directory
}

async function write(
  directory: MemoryDirectory,
  { key, password, fate }: { key: string; password: Secret; fate: WriteFate },
): ReturnType<Directory['setPassword']> {
  const entry = directory.people.get(key)
  if (entry === undefined) return { ok: false, because: 'account-unavailable' }
  const apply = () => {
    directory.passwords.set(key, password.reveal())
    directory.people.set(key, { ...entry, locked: false })
  }
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
