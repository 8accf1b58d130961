import { Fault, type FaultCode } from '../../../kernel/fault.ts'
import { withinDeadline } from '../deadline.ts'
import type { Dialect, Target, Trouble } from './dialect.ts'
import { isNoTurn, type Pool, type Session, StatementFailed } from './pool.ts'
import type { Statement } from './statements.ts'

/** Work for which the server has to be asked. */
export interface Work {
  /** What is read, statement by statement; whatever goes wrong, nothing happened. */
  read<Result>(signal: AbortSignal, work: (session: Session) => Promise<Result>): Promise<Result>
  /**
   * One transaction. It is committed with what `work` returns, or given up with what it refuses; the server may make
   * way for another transaction a few times before that is a fault. When nobody knows whether a try was counted,
   * nothing has happened that matters; for every other write it is said.
   */
  write<Done>(
    what: Written,
    signal: AbortSignal,
    work: (session: Session) => Promise<Done | GivenUp<Done>>,
  ): Promise<Done>
}

export type Written = 'a password' | 'a mark' | 'a try'

/** An answer for which nothing may be written. */
export class GivenUp<Answer> {
  readonly answer: Answer

  constructor(answer: Answer) {
    this.answer = answer
  }
}

const triesMax = 3

export function makeWork(deps: {
  pool: Pool
  dialect: Dialect
  target: Target
  /** Names that the configuration gives to tables and columns. */
  names: readonly string[]
}): Work {
  const { pool, dialect } = deps

  const attempt = async <Done>(
    what: Written,
    signal: AbortSignal,
    work: (session: Session) => Promise<Done | GivenUp<Done>>,
  ): Promise<Done> => {
    let maybeWritten = false
    const transaction = async (session: Session) => {
      await session.tell(`/* rekey */ ${dialect.begin}`)
      const done = await work(session)
      if (done instanceof GivenUp) {
        await session.tell('/* rekey */ rollback')
        return done.answer
      }
      signal.throwIfAborted()
      maybeWritten = what !== 'a try'
      await session.tell(commitOf(what))
      return done
    }
    try {
      return await withinDeadline(pool.use(signal, transaction), signal)
    } catch (error) {
      throw faultOf(error, { ...deps, maybeWritten })
    }
  }

  return {
    async read(signal, work) {
      try {
        return await withinDeadline(pool.use(signal, work), signal)
      } catch (error) {
        throw faultOf(error, { ...deps, maybeWritten: false })
      }
    },
    async write(what, signal, work) {
      for (let triesLeft = triesMax - 1; ; triesLeft--) {
        try {
          return await attempt(what, signal, work)
        } catch (error) {
          // The server says that it took everything back.
          if (triesLeft === 0 || !isConflict(error, dialect)) throw error
        }
      }
    },
  }
}

/** So that a server's log tells what ends there. */
export const commitOf = (what: Written): string => `commit /* rekey: ${what} */`

/** What the server said about the statement that failed; null when none did. */
export const troubleIn = (error: unknown, dialect: Dialect): Trouble | null =>
  error instanceof StatementFailed ? dialect.troubleOf(error.cause) : null

const isConflict = (error: unknown, dialect: Dialect) =>
  error instanceof Fault && troubleIn(error.cause, dialect) === 'conflict'

const codes: Record<Exclude<Trouble, 'lost'>, FaultCode> = {
  'signed-out': 'directory-misconfigured',
  'no-right': 'directory-rights-missing',
  'no-such': 'directory-misconfigured',
  conflict: 'directory-unreachable',
  busy: 'directory-unreachable',
  'no-such-value': 'directory-misconfigured',
  'does-not-fit': 'directory-misconfigured',
  'read-only': 'directory-misconfigured',
  other: 'directory-answer-unusable',
}

/**
 * What a failed call means. `maybeWritten`: the end of a transaction that writes had been sent. The server's own words
 * may quote rows, and stay in the cause; of them only names that are in the configuration are repeated.
 */
function faultOf(
  error: unknown,
  at: { dialect: Dialect; target: Target; names: readonly string[]; maybeWritten: boolean },
): Fault {
  if (error instanceof Fault) return error
  const { dialect, target, maybeWritten } = at
  const statement = error instanceof StatementFailed ? error.statement : null
  const cause = error instanceof StatementFailed ? error.cause : error
  const trouble = dialect.troubleOf(cause)
  const fault = (code: FaultCode, words: string) =>
    new Fault(code, { cause: error, detail: `${target.endpoint}: ${words}` })
  if (isNoTurn(error)) return fault('directory-unreachable', 'all connections are in use')
  if (trouble === 'lost') {
    const certificate = certificateProblem(cause, target)
    if (certificate !== null) return fault('directory-misconfigured', certificate)
    return fault(maybeWritten ? 'directory-outcome-unknown' : 'directory-unreachable', networkWords(cause))
  }
  const code = dialect.codeOf(cause)
  return fault(codes[trouble], `${wordsFor(trouble, { statement, cause, ...at })} (${code})`)
}

function wordsFor(
  trouble: Exclude<Trouble, 'lost'>,
  of: { statement: Statement | null; cause: unknown; target: Target; names: readonly string[] },
): string {
  const { statement, target } = of
  const what = statement === null ? 'a statement' : `the statement "${statement.name}"`
  const named = namedIn(of.cause, of.names)
  const about = named.length === 0 ? '' : `, about ${named.map((name) => `"${name}"`).join(', ')}`
  switch (trouble) {
    case 'signed-out':
      return `the server does not let "${target.config.user}" in: check user and password, and who may sign in from here`
    case 'no-right':
      return statement === null
        ? `"${target.config.user}" may not use the database "${target.config.database}"`
        : `${what} is not allowed${about}: ${statement.rights || 'give the rights that it needs'}`
    case 'no-such':
      return `${what} does not fit the database${about}: check database, table, columns and queries`
    case 'conflict':
      return `${what} was in the way of others, again and again`
    case 'busy':
      return `${what} was given up: a lock, a slow statement, or too many connections`
    case 'no-such-value':
      return `${what} compares what can't be compared${about}: check keyType`
    case 'does-not-fit':
      return `${what} writes what a column does not take${about}: check its type, its length and its constraints`
    case 'read-only':
      return 'the server takes no writes: name the one that does in host'
    case 'other':
      return `${what} failed; the server says why in its own log`
  }
}

/** Which of our names the server's words repeat, whatever language they are in. */
function namedIn(cause: unknown, names: readonly string[]): string[] {
  const said = cause instanceof Error ? cause.message : ''
  return names.filter((name) => new RegExp(`(?<![\\w$-])${escaped(name)}(?![\\w$-])`, 'i').test(said))
}

const escaped = (name: string) => name.replaceAll(/[$.-]/g, String.raw`\$&`)

function certificateProblem(error: unknown, { tls }: Target): string | null {
  const code = codeOf(error)
  if (tls === null || code === '')
    return isNoTls(error) ? 'the server speaks no TLS: switch it on there' : null
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate is not for "${tls.serverName}": use that host, or set serverName (${code})`
  }
  return /CERT|SIGNATURE|ISSUER|^ERR_SSL|^ERR_TLS|HANDSHAKE_(NO_)?SSL/.test(code)
    ? `the certificate is not trusted, or no TLS came about: set caFile to the authority that signed it (${code})`
    : null
}

/** What pg says when the server refuses to begin TLS; it has no code. */
const isNoTls = (error: unknown) =>
  error instanceof Error && error.message === 'The server does not support SSL connections'

function networkWords(error: unknown): string {
  const code = codeOf(error)
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens there: is the server running, is the port right? (${code})`
    case 'ENOENT':
      return `there is no such socket (${code})`
    case 'ENOTFOUND':
      return `the host name does not exist (${code})`
    default:
      return `no answer${code === '' ? '' : ` (${code})`}`
  }
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
