import type { GroupStatus, ImportAppCall, ImportedApp } from '../core/enrolment/index.ts'
import { isFault } from '../kernel/fault.ts'
import { type BadRow, rowsOf, rowWords, UsageError } from './csv-file.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import { makeProgress } from './progress.ts'

/** What the command line asks of what people prove themselves with. */
export interface MethodsDesk extends AsyncDisposable {
  tenants: readonly { id: string; languages: readonly string[] }[]
  importApp(call: ImportAppCall, signal: AbortSignal): Promise<ImportedApp>
  status(
    call: { tenant: string; group: string | null; names: boolean },
    signal: AbortSignal,
    progress: (people: number) => void,
  ): Promise<GroupStatus>
}

export interface Said {
  desk: MethodsDesk
  /** Null when there is but one. */
  tenant: string | null
  json: boolean
  terminal: Terminal
}

function tenantOf({ desk: { tenants }, tenant }: Said): MethodsDesk['tenants'][number] {
  const found = tenants.find(({ id }) => tenant === null || id === tenant)
  if (found !== undefined && (tenant !== null || tenants.length === 1)) return found
  const ids = tenants.map(({ id }) => id).join(', ')
  throw new UsageError(
    tenant === null ? `Say which tenant with --tenant: ${ids}.` : `There is no tenant ${tenant}: ${ids}.`,
  )
}

const columns = ['identifier', 'seed', 'name', 'algorithm', 'digits', 'period'] as const
type Row = Partial<Record<(typeof columns)[number], string>>

type NotImported = Exclude<ImportedApp, { ok: true }>['because']
type BadLine = BadRow | Exclude<NotImported, 'imported-before'> | 'identifier-missing' | 'kind-unknown'

const words: Record<BadLine, string> = {
  ...rowWords,
  'identifier-missing': 'the identifier is missing',
  'kind-unknown': 'algorithm is SHA1, SHA256 or SHA512, digits 6 or 8, period 30 or 60; each may be empty',
  'seed-unreadable': 'the seed is no base 32 of at least 128 bits',
  'account-unknown': 'no directory knows this account',
  'account-ambiguous': 'several accounts have this name; use one that only one of them has',
  'too-many-enrolments': 'the account has as many as it may have',
  'method-not-offered': 'the tenant does not offer `totp`: see `policy.recovery.methods`',
}

const secondsALine = 60

/**
 * `rekey methods import`: takes over authenticator apps that people have elsewhere, from a CSV file. Each line is a transaction of
 * its own, and what was imported before is left alone, so a file that was cut off is read again from its beginning.
 */
export async function methodsImport(
  { file, dryRun }: { file: string; dryRun: boolean },
  said: Said & { text: AsyncIterable<string> },
): Promise<ExitCode> {
  const { desk, json, terminal, text } = said
  const tenant = tenantOf(said)
  const progress = makeProgress(terminal)
  const done = { imported: 0, before: 0, bad: new Array<{ line: number; because: BadLine }>() }
  const tell = (line: number, because: BadLine) => {
    done.bad.push({ line, because })
    if (json) return
    progress.end()
    terminal.err(`Line ${line}: ${words[because]}.`)
  }
  try {
    for await (const { line, row } of rowsOf(text, { columns, required: ['identifier', 'seed'] }, tell)) {
      const call = callOf(row)
      if (typeof call === 'string') {
        tell(line, call)
        continue
      }
      const localeOtherwise = tenant.languages[0] ?? 'en'
      const answer = await importLine(desk, { ...call, tenant: tenant.id, localeOtherwise, dryRun }, line)
      if (answer.ok) done.imported += 1
      else if (answer.because === 'imported-before') done.before += 1
      else tell(line, answer.because)
      const seen = done.imported + done.before + done.bad.length
      progress.show({ what: 'importing', done: seen, of: null, note: `${seen} lines` })
    }
  } finally {
    progress.end()
  }
  const { imported, before, bad } = done
  if (json) {
    const ok = bad.length === 0
    terminal.out(JSON.stringify({ ok, file, tenant: tenant.id, dryRun, imported, before, bad }, null, 2))
  } else {
    terminal.out(
      `${dryRun ? 'Would import' : 'Imported'} ${imported}. Imported before: ${before}. Lines to mend: ${bad.length}.`,
    )
    if (imported > 0 && !dryRun && file !== '-') terminal.err(`Destroy ${file} now: it holds the seeds.`)
  }
  return bad.length === 0 ? exitCodes.ok : exitCodes.wrong
}

async function importLine(desk: MethodsDesk, call: ImportAppCall, line: number): Promise<ImportedApp> {
  try {
    return await desk.importApp(call, AbortSignal.timeout(secondsALine * 1_000))
  } catch (error) {
    if (!isFault(error)) throw error
    throw new UsageError(
      `Line ${line} and those after it were not read: ${error.message}. Run the same file again; nothing is imported twice.`,
    )
  }
}

type Read = Omit<ImportAppCall, 'tenant' | 'localeOtherwise' | 'dryRun'>

const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const
const digitCounts = [6, 8] as const
const periods = [30, 60] as const

function callOf(row: Row): Read | BadLine {
  const { identifier = '', seed = '', name = '' } = row
  if (identifier === '') return 'identifier-missing'
  const named = (row.algorithm ?? '').toUpperCase().replaceAll('-', '')
  const algorithm = algorithms.find((one) => one === (named === '' ? 'SHA1' : named))
  const digits = digitCounts.find((one) => String(one) === (row.digits || '6'))
  const periodSeconds = periods.find((one) => String(one) === (row.period || '30'))
  if (algorithm === undefined || digits === undefined || periodSeconds === undefined) return 'kind-unknown'
  return { identifier, seed, name: name.slice(0, 64), algorithm, digits, periodSeconds }
}

/** `rekey methods status`: how many people have set something up, all of them or those of a group. */
export async function methodsStatus(
  { group, missing }: { group: string | null; missing: boolean },
  said: Said,
): Promise<ExitCode> {
  const { desk, json, terminal } = said
  const { id: tenant } = tenantOf(said)
  const progress = makeProgress(terminal)
  const call = { tenant, group, names: missing }
  const status = await desk.status(call, AbortSignal.timeout(3_600_000), (people) =>
    progress.show({ what: 'counting', done: people, of: null, note: `${people} people` }),
  )
  progress.end()
  if (json) {
    const { missing: names, ...counts } = status
    const listed = missing ? { missing: names } : {}
    terminal.out(JSON.stringify({ ok: true, tenant, ...counts, ...listed }, null, 2))
    return exitCodes.ok
  }
  const { people, withFactor, methods } = status
  const share = people === 0 ? '' : ` (${Math.floor((100 * withFactor) / people)} %)`
  terminal.out(`${group ?? 'Everybody'}: ${people} people, ${withFactor} with a second factor${share}.`)
  for (const [method, count] of Object.entries(methods).toSorted()) terminal.out(`  ${method}: ${count}`)
  for (const name of status.missing) terminal.out(name)
  return exitCodes.ok
}
