import { Fault } from '../../../kernel/fault.ts'
import type { SqlConfig } from './config.ts'
import type { Dialect } from './dialect.ts'
import { wayOf, withoutYes, yesOf } from './marks.ts'
import { readNamed } from './named.ts'
import { type Right, rightsText } from './rights.ts'
import { compiled, constant, given, joined, sql, type Template, text, type ValueName } from './template.ts'

/** Rows that a look-up reads at most: a collation may find some that Rekey does not mean, beside the one it does. */
export const lookedAtMax = 20
export const pageRows = 500

const names = [
  'byUsername',
  'byMail',
  'byUpn',
  'read',
  'list',
  'password',
  'setPassword',
  'rehash',
  'recordFailure',
  'clearFailures',
  'unlock',
  'requireChange',
  'history',
  'remember',
  'forget',
] as const
export type StatementName = (typeof names)[number]

export interface Statement {
  /** For faults; those of the configuration have it there. */
  name: string
  text: string
  valuesOf: ReturnType<typeof compiled>['valuesOf']
  /** The rights that it needs, as SQL; empty for a statement of the configuration. */
  rights: string
}

/** Those that the configuration makes possible. */
export type Statements = Partial<Record<StatementName | 'lockedPassword', Statement>> &
  Record<'byUsername' | 'read' | 'list' | 'password' | 'lockedPassword' | 'setPassword', Statement>

/** Values that each may use, and must. */
const usable: Record<keyof SqlConfig['queries'], { known: ValueName[]; needed: ValueName[] }> = {
  byUsername: { known: ['value'], needed: ['value'] },
  byMail: { known: ['value'], needed: ['value'] },
  byUpn: { known: ['value'], needed: ['value'] },
  read: { known: ['key'], needed: ['key'] },
  list: { known: ['after'], needed: ['after'] },
  password: { known: ['key'], needed: ['key'] },
  setPassword: {
    known: ['key', 'hash', 'expectedHash', 'at', 'atSeconds', 'atMilliseconds'],
    needed: ['key', 'hash', 'expectedHash'],
  },
  rehash: { known: ['key', 'hash', 'expectedHash'], needed: ['key', 'hash', 'expectedHash'] },
  recordFailure: { known: ['key', 'at', 'until', 'tries'], needed: ['key'] },
  clearFailures: { known: ['key', 'expectedHash'], needed: ['key'] },
  unlock: { known: ['key'], needed: ['key'] },
  requireChange: { known: ['key', 'at'], needed: ['key'] },
}

interface Made {
  template: Template
  rights: readonly Right[]
}

/** Throws `directory-misconfigured` when one is missing that nothing works without. */
export function makeStatements(config: SqlConfig, dialect: Dialect): Statements {
  const made: Partial<Record<StatementName, Made>> = {
    ...(config.table === undefined ? {} : fromColumns({ ...config, table: config.table }, dialect)),
    ...fromHistory(config, dialect),
  }
  const isOwn = (name: StatementName): name is keyof SqlConfig['queries'] => Object.hasOwn(usable, name)
  const statement = (name: StatementName, { asLocked = false } = {}): Statement | undefined => {
    const own = isOwn(name) ? config.queries[name] : undefined
    const options = isOwn(name) ? { dialect: dialect.name, what: `queries.${name}`, ...usable[name] } : null
    const template = own === undefined || options === null ? made[name]?.template : readNamed(own, options)
    if (template === undefined) return undefined
    const locked = asLocked ? sql`${template} for update` : template
    return {
      name: asLocked ? 'lockedPassword' : name,
      // So that whoever runs the server sees in its logs what a statement is for.
      ...compiled(sql`/* rekey ${text(name)} */ ${locked}`, dialect),
      rights: own === undefined ? rightsText(made[name]?.rights ?? [], config.user, dialect) : '',
    }
  }
  const needed = (name: StatementName, options?: { asLocked: boolean }): Statement => {
    const found = statement(name, options)
    if (found !== undefined) return found
    throw new Fault('directory-misconfigured', { detail: `give table, or queries.${name}` })
  }
  const optional = Object.fromEntries(names.map((name) => [name, statement(name)]))
  return {
    ...optional,
    byUsername: needed('byUsername'),
    read: needed('read'),
    list: needed('list'),
    password: needed('password'),
    lockedPassword: needed('password', { asLocked: true }),
    setPassword: needed('setPassword'),
  }
}

function fromColumns(
  config: SqlConfig & { table: string },
  dialect: Dialect,
): Partial<Record<StatementName, Made>> {
  const { columns } = config
  const quoted = (name: string) => text(dialect.quote(name))
  const qualified = (name: string) => joined(name.split('.').map(quoted), '.')
  const table = qualified(config.table)
  const readFrom = config.view ?? config.table
  const read = columnsToRead(config)
  const select = sql`select ${joined(read.map(quoted), ', ')} from ${qualified(readFrom)}`
  const reads: Right[] = [{ may: 'select', columns: read, table: readFrom }]
  const rows = (template: Template): Made => ({ template: sql`${select} ${template}`, rights: reads })

  const isKey = sql`${quoted(columns.key)} = ${given('key')}`
  const isStill = sql`${isKey} and ${text(
    dialect.same(dialect.quote(columns.password), ''),
  )}${given('expectedHash')}`
  const fold = config.compare ?? (dialect.name === 'postgresql' ? 'lower' : 'plain')
  const named = (candidates: readonly string[]): Made | undefined => {
    if (candidates.length === 0) return undefined
    const each = candidates.map((name) =>
      fold === 'lower'
        ? sql`lower(${quoted(name)}) = lower(${given('value')})`
        : sql`${quoted(name)} = ${given('value')}`,
    )
    return rows(sql`where ${joined(each, ' or ')} limit ${text(String(lookedAtMax))}`)
  }
  const update = (sets: readonly (readonly [string, Template])[], where: Template): Made | undefined => {
    // Once each: the lock may be told from the count.
    const once = [...new Map(sets)]
    if (once.length === 0) return undefined
    const written = once.map(([name]) => name)
    const assigned = once.map(([name, value]) => sql`${quoted(name)} = ${value}`)
    return {
      template: sql`update ${table} set ${joined(assigned, ', ')} where ${where}`,
      rights: [
        {
          may: 'select',
          columns: [...new Set([columns.key, columns.password, ...written])],
          table: config.table,
        },
        { may: 'update', columns: written, table: config.table },
      ],
    }
  }

  const { failedTries, locked, mustChange, passwordChanged } = columns
  const lifted = [
    ...(locked === undefined ? [] : [[locked.column, withoutYes(locked, dialect)] as const]),
    ...(failedTries === undefined ? [] : [[failedTries, constant(0)] as const]),
  ]
  const hashed = [columns.password, given('hash')] as const
  const changed = { timestamp: 'at', seconds: 'atSeconds', milliseconds: 'atMilliseconds' } as const
  const made = {
    byUsername: named([columns.username]),
    byMail: named(columns.mails),
    byUpn: named(columns.upn === undefined ? [] : [columns.upn]),
    read: rows(sql`where ${isKey} limit 2`),
    list: rows(
      sql`where ${quoted(columns.key)} > ${given('after')} order by ${quoted(columns.key)} limit ${text(
        String(pageRows),
      )}`,
    ),
    password: {
      template: sql`select ${quoted(columns.key)}, ${quoted(columns.password)} from ${table} where ${isKey}`,
      rights: [{ may: 'select', columns: [columns.key, columns.password], table: config.table }],
    } satisfies Made,
    setPassword: update(
      [
        hashed,
        ...(passwordChanged === undefined
          ? []
          : [[passwordChanged.column, given(changed[passwordChanged.as])] as const]),
        ...(mustChange === undefined ? [] : [[mustChange.column, withoutYes(mustChange, dialect)] as const]),
        ...lifted,
      ],
      isStill,
    ),
    rehash: update([hashed], isStill),
    recordFailure:
      failedTries === undefined ? undefined : update(counted(config, dialect, failedTries), isKey),
    clearFailures: update(lifted, isStill),
    unlock: update(lifted, isKey),
    requireChange:
      mustChange === undefined ? undefined : update([[mustChange.column, yesOf(mustChange, dialect)]], isKey),
  }
  return Object.fromEntries(Object.entries(made).filter(([, each]) => each !== undefined))
}

/**
 * One try more, and the lock with the last one. The lock comes first: MariaDB assigns from left to right, and what
 * comes later reads what was assigned before. The count ends at its limit, because its column may.
 */
function counted(
  { columns: { locked } }: SqlConfig,
  dialect: Dialect,
  failedTries: string,
): (readonly [string, Template])[] {
  const count = text(`coalesce(${dialect.quote(failedTries)}, 0)`)
  const once: readonly [string, Template] = [
    failedTries,
    sql`case when ${count} >= ${given('tries')} then ${count} else ${count} + 1 end`,
  ]
  if (locked === undefined || locked.column === failedTries) return [once]
  const column = text(dialect.quote(locked.column))
  const isLast = sql`${count} + 1 >= ${given('tries')}`
  // A lock that is there is not made longer: guessing on would keep its owner out for good.
  const way = wayOf(locked)
  const isNew =
    way === 'future'
      ? sql`${isLast} and (${column} is null or ${column} <= ${given('at')})`
      : way === 'set'
        ? sql`${isLast} and ${column} is null`
        : isLast
  return [[locked.column, sql`case when ${isNew} then ${yesOf(locked, dialect)} else ${column} end`], once]
}

function fromHistory({ history }: SqlConfig, dialect: Dialect): Partial<Record<StatementName, Made>> {
  if (history === undefined) return {}
  const quoted = (name: string) => text(dialect.quote(name))
  const table = joined(history.table.split('.').map(quoted), '.')
  const [key, password, at] = [quoted(history.key), quoted(history.password), quoted(history.at)]
  const all = [history.key, history.password, history.at]
  const latest = sql`from ${table} where ${key} = ${given('key')} order by ${at} desc limit ${text(
    String(history.keep - 1),
  )}`
  const select: Right = { may: 'select', columns: all, table: history.table }
  return {
    history: { template: sql`select ${password} ${latest}`, rights: [select] },
    remember: {
      template: sql`insert into ${table} (${key}, ${password}, ${at}) values (${given('key')}, ${given('hash')}, ${given('at')})`,
      rights: [{ may: 'insert', columns: all, table: history.table }],
    },
    // Former hashes that nobody compares with any more are only good for guessing.
    forget: {
      template: sql`delete from ${table} where ${key} = ${given('key')} and ${at} < (select min(${at}) from (select ${at} ${latest}) as latest)`,
      rights: [select, { may: 'delete', columns: [], table: history.table }],
    },
  }
}

/** Each once; never the password. */
export function columnsToRead(config: SqlConfig): string[] {
  const { columns, disabled, privileged, federated, secondFactor } = config
  const conditions = [
    ...disabled,
    ...(privileged === 'nobody' ? [] : privileged),
    ...federated,
    ...secondFactor,
  ]
  const single = [
    columns.key,
    columns.username,
    columns.upn,
    columns.locale,
    columns.passwordChanged?.column,
    columns.failedTries,
    columns.locked?.column,
    columns.mustChange?.column,
  ].filter((name) => name !== undefined)
  const lists = [
    columns.displayName,
    columns.mails,
    columns.recoveryAddresses,
    columns.recoveryNumbers,
    columns.contextWords,
    columns.groups,
  ]
  return [...new Set([...single, ...lists.flat(), ...conditions.map(({ column }) => column)])]
}
