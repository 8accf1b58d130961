import { fold, foldMail } from '../../../core/accounts/index.ts'
import type { DirectoryEntry, IdentifierQuery } from '../../../core/accounts/ports.ts'
import { type CsvRecord, readCsv } from '../../../kernel/csv.ts'
import { Fault } from '../../../kernel/fault.ts'

/** The people of one file, found by what they type. */
export interface Roster {
  all: readonly DirectoryEntry[]
  byKey(key: string): DirectoryEntry | null
  find(query: IdentifierQuery): readonly DirectoryEntry[]
}

const single = ['key', 'username', 'name', 'upn', 'locale'] as const
const several = ['mail', 'recovery', 'phone', 'group'] as const
type Column = (typeof single)[number] | (typeof several)[number]

const columns: readonly Column[] = [...single, ...several]
const isSingle = (column: Column) => single.some((name) => name === column)

/** A line that can't be taken; the whole file is not, so that nobody is missing without anybody knowing. */
const bad = (line: number, why: string) =>
  new Fault('directory-misconfigured', { detail: `the roster, line ${line}: ${why}` })

/** More people than that belong into a directory. */
const peopleMax = 100_000

/** @throws Fault `directory-misconfigured` that names the first line that is not right, and why */
export async function readRoster(text: AsyncIterable<string>): Promise<Roster> {
  let header: readonly Column[] | null = null
  const byKey = new Map<string, { entry: DirectoryEntry; line: number }>()
  const names = new Map<string, number>()
  for await (const record of readCsv(text)) {
    if (header === null) {
      header = headerOf(record)
      continue
    }
    const { line } = record
    const entry = entryOf(fieldsOf(record, header), line)
    const [sameKey, sameName] = [byKey.get(entry.key), names.get(fold(entry.username))]
    if (sameKey !== undefined) throw bad(line, `its key is that of line ${sameKey.line}`)
    if (sameName !== undefined) throw bad(line, `its username is that of line ${sameName}`)
    if (byKey.size >= peopleMax) throw bad(line, `there are more than ${peopleMax} people`)
    byKey.set(entry.key, { entry, line })
    names.set(fold(entry.username), line)
  }
  if (header === null) throw bad(1, 'it is empty; the first line names the columns')
  return rosterOf([...byKey.values()].map(({ entry }) => entry))
}

function headerOf(record: CsvRecord): readonly Column[] {
  const names = 'fields' in record ? record.fields.map((name) => name.trim().toLowerCase()) : []
  const header = names.map((name) => columns.find((column) => column === name))
  const strange = names.find((_, at) => header[at] === undefined)
  if (strange !== undefined) {
    throw bad(record.line, `there is no column "${strange.slice(0, 40)}"; there are ${columns.join(', ')}`)
  }
  const known = header.filter((column) => column !== undefined)
  const twice = known.find((column, at) => isSingle(column) && known.indexOf(column) < at)
  if (twice !== undefined) throw bad(record.line, `the column ${twice} appears twice`)
  for (const needed of ['key', 'username'] as const) {
    if (!known.includes(needed)) throw bad(record.line, `the column ${needed} is missing`)
  }
  return known
}

type Fields = Readonly<Record<Column, readonly string[]>>

function fieldsOf(record: CsvRecord, header: readonly Column[]): Fields {
  if ('problem' in record) {
    const words = {
      quotes: 'a quote is not closed, or stands in the middle of a field',
      'too-long': 'it is too long; is a quote not closed?',
    } as const
    throw bad(record.line, words[record.problem])
  }
  const { fields, line } = record
  if (fields.length !== header.length) {
    throw bad(line, `it has ${fields.length} fields and the first line has ${header.length}`)
  }
  const of = (column: Column) =>
    fields
      .filter((_, at) => header[at] === column)
      .map((field) => field.trim())
      .filter((field) => field !== '')
  return {
    ...{ key: of('key'), username: of('username'), name: of('name'), upn: of('upn'), locale: of('locale') },
    ...{ mail: of('mail'), recovery: of('recovery'), phone: of('phone'), group: of('group') },
  }
}

function entryOf(fields: Fields, line: number): DirectoryEntry {
  for (const column of columns) {
    // What no browser sends and no mail has: two texts that look alike would be two people.
    const isOdd = fields[column].some(
      (value) => !value.isWellFormed() || /[\u0000-\u001f\u007f-\u009f]/.test(value),
    )
    if (isOdd) throw bad(line, `the column ${column} has a character that can not be typed`)
  }
  const [key] = fields.key
  const [username] = fields.username
  const [name, upn = null, locale = null] = [fields.name[0], fields.upn[0], fields.locale[0]]
  if (key === undefined) throw bad(line, 'the key is missing')
  if (username === undefined) throw bad(line, 'the username is missing')
  for (const column of ['mail', 'recovery'] as const) {
    if (!fields[column].every((address) => /^[^@].*@.*[^@]$/s.test(address))) {
      throw bad(line, `the column ${column} has something that is no mail address`)
    }
  }
  if (locale !== null && !isLocale(locale))
    throw bad(line, 'the locale is no BCP 47 tag, such as de or pt-BR')
  return {
    ...{ key, username, upn, locale, mails: fields.mail, recoveryAddresses: fields.recovery },
    recoveryNumbers: fields.phone,
    displayName: name ?? username,
    federated: true,
    ...{ disabled: false, locked: false, privileged: false, secondFactor: false },
    contextWords: [...new Set([username, ...(name === undefined ? [] : [name])])],
    ...{ place: null, groups: fields.group },
    password: { changedAt: null, mustChange: false, expiresAt: null, failedTries: null },
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    // The only thing that it throws for is a tag that is none.
    return false
  }
}

function rosterOf(all: readonly DirectoryEntry[]): Roster {
  const byKey = new Map(all.map((entry) => [entry.key, entry]))
  const named = (namesIn: (entry: DirectoryEntry) => readonly string[]) => {
    const entries = new Map<string, DirectoryEntry[]>()
    for (const entry of all) {
      for (const name of new Set(namesIn(entry))) {
        entries.set(name, [...(entries.get(name) ?? []), entry])
      }
    }
    return entries
  }
  const byUsername = named(({ username }) => [fold(username)])
  const byMail = named(({ mails }) => mails.map(foldMail))
  const byUpn = named(({ upn }) => (upn === null ? [] : [fold(upn)]))
  return {
    all,
    byKey: (key) => byKey.get(key) ?? null,
    find({ by, value }) {
      const found =
        by === 'mail' ? byMail.get(foldMail(value)) : (by === 'upn' ? byUpn : byUsername).get(fold(value))
      // Enough to know that a name is shared.
      return (found ?? []).slice(0, 2)
    },
  }
}
