import { whyNotByChange, whyNotByMail } from '../../../core/accounts/eligibility.ts'
import type {
  Directory,
  DirectoryEntry,
  DirectoryPasswordRules,
  DirectoryRefusal,
  PasswordWrite,
} from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Secret } from '../../../kernel/secret.ts'
import { makeCrowd } from '../crowd.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import type { SqlConfig } from './config.ts'
import type { Dialect } from './dialect.ts'
import { mariadb } from './dialects/mariadb.ts'
import { postgresql } from './dialects/postgresql.ts'
import { makeDryRun } from './dry-run.ts'
import { keyKinds } from './keys.ts'
import { makePeople } from './people.ts'
import { makePool, type Pool } from './pool.ts'
import { makeProvePassword } from './prove-password.ts'
import { schemeOf } from './schemes.ts'
import { makeSetPassword } from './set-password.ts'
import { columnsToRead, makeStatements, type Statement } from './statements.ts'
import { targetOf } from './target.ts'
import { writtenTime } from './times.ts'
import { GivenUp, makeWork } from './work.ts'

const dialects: Record<SqlConfig['dialect'], Dialect> = { postgresql, mariadb }

const unavailable = { ok: false, because: 'account-unavailable' } as const

/** Throws `directory-misconfigured` for what can be known without asking a server. */
export function openSql(config: SqlConfig, outside: ConnectorOutside): Directory {
  const dialect = dialects[config.dialect]
  const target = targetOf(config, dialect)
  const statements = makeStatements(config, dialect)
  const scheme = schemeOf(config.hash, outside)
  const pool = makePool({ ...config, dialect, target })
  const names = namesIn(config)
  const work = makeWork({ pool, dialect, target, names })
  const inCrowd = makeCrowd(config.connections)
  const crowdPool: Pool = { ...pool, use: (signal, ask) => inCrowd(signal, () => pool.use(signal, ask)) }
  const crowd = makeWork({ pool: crowdPool, dialect, target, names })
  const people = makePeople({ config, statements, outside })
  const { isPossible, nobody } = keyKinds[config.keyType]
  const parts = { config, work, people, statements, scheme, outside }
  const provePassword = makeProvePassword(parts)
  const proveAnybodys = makeProvePassword({ ...parts, work: crowd })
  const passwords = makeSetPassword(parts)
  const dryRun = makeDryRun({ ...parts, dialect, nobody })

  const read = async (key: string, signal: AbortSignal): Promise<DirectoryEntry | null> =>
    isPossible(key) ? work.read(signal, (session) => people.read(key, session)) : null

  /** What was there before; null when there is nobody to mark. */
  const mark = async (
    { key, statement, whyNot }: { key: string; statement: Statement; whyNot: typeof whyNotByMail },
    signal: AbortSignal,
  ): Promise<DirectoryEntry | null> => {
    if (!isPossible(key)) return null
    return work.write<DirectoryEntry | null>('a mark', signal, async (session) => {
      const present = await people.password(key, session, { locked: true })
      const entry = present === undefined ? null : await people.read(key, session)
      if (entry === null || whyNot(entry) !== null) return new GivenUp<DirectoryEntry | null>(null)
      const { met } = await session.run(statement, { key, at: writtenTime(outside.now()) })
      return met === 1 ? entry : new GivenUp<DirectoryEntry | null>(null)
    })
  }

  const unfit = (password: string): DirectoryRefusal | null =>
    scheme.takes(Buffer.from(password, 'utf8')) ? null : 'password-too-long-for-directory'

  const administer = async (
    write: typeof passwords.set,
    { key, password }: { key: string; password: Secret },
    signal: AbortSignal,
  ): Promise<PasswordWrite> => {
    const text = passwordText(password)
    if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
    const because = unfit(text)
    if (because !== null) return { ok: false, because }
    return isPossible(key) ? write(key, Buffer.from(text, 'utf8'), signal) : unavailable
  }

  return {
    name: outside.name,
    abilities: {
      unlock: statements.unlock !== undefined,
      history: config.history !== undefined,
      lockedIsVisible: config.columns.locked !== undefined,
      changeAsUser: false,
      mustChange: statements.requireChange !== undefined,
      verifies: true,
    },
    async find(query, signal) {
      // PostgreSQL's text has no NUL, and a lone surrogate would be sent as another character.
      if (!/^[^\0]+$/.test(query.value) || !query.value.isWellFormed()) return []
      return crowd.read(signal, (session) => people.find(query, session))
    },
    read,
    async *list(signal) {
      for (let after = nobody; ; ) {
        const from = after
        const page = await work.read(signal, (session) => people.page(from, session))
        const last = page.at(-1)
        if (last === undefined) return
        yield page
        after = last.key
      }
    },
    setPassword: (key, password, signal) => administer(passwords.set, { key, password }, signal),
    offboard: (key, password, signal) => administer(passwords.offboard, { key, password }, signal),
    async changePassword(key, { current, next }, signal) {
      const [was, text] = [passwordText(current), passwordText(next)]
      if (was === null) return { ok: false, because: 'current-password-wrong' }
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      const because = unfit(text)
      if (because !== null) return { ok: false, because }
      const entry = await read(key, signal)
      if (entry === null || whyNotByChange(entry) !== null) return unavailable
      const { verdict, hash } = await provePassword(key, Buffer.from(was, 'utf8'), signal)
      if (!verdict.ok || hash === null) return { ok: false, because: 'current-password-wrong' }
      return passwords.change({ key, password: Buffer.from(text, 'utf8'), proven: hash }, signal)
    },
    async unlock(key, signal) {
      if (statements.unlock === undefined) throw missing('unlock', 'columns.locked or columns.failedTries')
      const before = await mark({ key, statement: statements.unlock, whyNot: whyNotByMail }, signal)
      return before === null ? unavailable : { ok: true, wasLocked: before.locked }
    },
    async requireChange(key, signal) {
      if (statements.requireChange === undefined) throw missing('requireChange', 'columns.mustChange')
      const statement = statements.requireChange
      const before = await mark({ key, statement, whyNot: whyNotByChange }, signal)
      return before === null ? unavailable : { ok: true }
    },
    async passwordRules(key, signal) {
      return (await read(key, signal)) === null ? null : rulesOf(config, scheme.bytesMax)
    },
    async verifyPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'wrong' }
      const known = isPossible(key) ? key : nobody
      return (await proveAnybodys(known, Buffer.from(text, 'utf8'), signal)).verdict
    },
    check: dryRun,
    async close() {
      pool.close()
    },
  }
}

const missing = (query: string, columns: string) =>
  new Fault('directory-misconfigured', {
    detail: `the directory has nowhere to note it: give ${columns}, or queries.${query}`,
  })

/** Null where there is no rule. */
function rulesOf({ history }: SqlConfig, bytesMax: number | null): DirectoryPasswordRules | null {
  if (history === undefined && bytesMax === null) return null
  return {
    ...{ lengthMin: null, minAgeSeconds: null, maxAgeSeconds: null, graceSignIns: null, classesMin: null },
    history: history?.keep ?? null,
    ...(bytesMax === null ? {} : { lengthMaxBytes: bytesMax }),
  }
}

function namesIn(config: SqlConfig): string[] {
  const { table, view, history, columns, database } = config
  const tables = [table, view, history?.table].flatMap((name) => name?.split('.') ?? [])
  const others = [columns.password, history?.key, history?.password, history?.at, database]
  return [...new Set([...columnsToRead(config), ...tables, ...others])].filter((name) => name !== undefined)
}
