import type { Invitation, InvitationState, InviteCall, Invited, Withdrawn } from '../core/recovery/index.ts'
import { stateOfInvitation } from '../core/recovery/index.ts'
import { isFault } from '../kernel/fault.ts'
import { type BadRow, rowsOf, rowWords, UsageError } from './csv-file.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import { makeProgress } from './progress.ts'

/** What the command line asks of invitations; opened beside the running service, or without it. */
export interface Invitations extends AsyncDisposable {
  tenants: readonly InvitingTenant[]
  invite(call: InviteCall, signal: AbortSignal): Promise<Invited>
  withdraw(invitation: { tenant: string; id: string }): Promise<Withdrawn>
  /** By id, those after the one given. */
  list(tenant: string, page: { after: string | null; limit: number }): Promise<readonly Invitation[]>
  now(): Date
}

export interface InvitingTenant {
  id: string
  services: readonly string[]
  /** BCP 47, preferred first. */
  languages: readonly string[]
}

export interface Said {
  invitations: Invitations
  /** Null when there is but one. */
  tenant: string | null
  json: boolean
  terminal: Terminal
}

function tenantOf({ invitations: { tenants }, tenant }: Said): InvitingTenant {
  const found = tenants.find(({ id }) => tenant === null || id === tenant)
  if (found !== undefined && (tenant !== null || tenants.length === 1)) return found
  const ids = tenants.map(({ id }) => id).join(', ')
  throw new UsageError(
    tenant === null ? `Say which tenant with --tenant: ${ids}.` : `There is no tenant ${tenant}: ${ids}.`,
  )
}

const columns = ['identifier', 'address', 'locale', 'service'] as const
type Column = (typeof columns)[number]
type Row = Partial<Record<Column, string>>

/** Why a line invited nobody. */
type NotInvited = Exclude<Invited, { ok: true }>['because']
type BadLine =
  | Exclude<NotInvited, 'invited-before' | 'already-activated'>
  | BadRow
  | 'identifier-missing'
  | 'locale-unreadable'
  | 'service-unknown'

const words: Record<BadLine, string> = {
  ...rowWords,
  'identifier-missing': 'the identifier is missing',
  'locale-unreadable': 'the locale is no BCP 47 tag, such as de or pt-BR',
  'service-unknown': 'no such service is configured',
  'account-unknown': 'no directory knows this account',
  'account-ambiguous': 'several accounts have this name; use one that only one of them has',
  'account-ineligible': 'this account can’t set a password by mail',
  'no-address': 'there is no address to write to, neither here nor in the directory',
  'address-unusable': 'the address is not one plain mailbox',
  'invitation-disowned':
    'its owner said that an invitation elsewhere was not asked for; leave the address out, or correct it in the directory',
  'address-not-theirs': 'the address is none of the account’s recovery addresses',
}

export interface ImportOptions {
  file: string
  dryRun: boolean
  again: boolean
}

/**
 * `rekey invitations import`: invites everybody in a CSV file. Each line is a transaction of its own, and who was
 * invited before is left alone, so a file that was cut off is read again from its beginning.
 */
export async function invitationsImport(
  { file, dryRun, again }: ImportOptions,
  said: Said & { text: AsyncIterable<string> },
): Promise<ExitCode> {
  const { invitations, json, terminal, text } = said
  const tenant = tenantOf(said)
  const progress = makeProgress(terminal)
  const done = { invited: 0, before: 0, activated: 0, bad: new Array<{ line: number; because: BadLine }>() }
  const tell = (line: number, because: BadLine) => {
    done.bad.push({ line, because })
    if (json) return
    progress.end()
    terminal.err(`Line ${line}: ${words[because]}.`)
  }
  try {
    for await (const { line, row } of rowsOf(text, { columns, required: ['identifier'] }, tell)) {
      const call = callOf(row, tenant)
      if (typeof call === 'string') tell(line, call)
      else count(await invite(invitations, { ...call, again, dryRun }, line), line)
      const seen = done.invited + done.before + done.activated + done.bad.length
      progress.show({ what: 'inviting', done: seen, of: null, note: `${seen} lines` })
    }
  } finally {
    progress.end()
  }
  const { invited, before, activated, bad } = done
  if (json) {
    const ok = bad.length === 0
    terminal.out(
      JSON.stringify({ ok, file, tenant: tenant.id, dryRun, invited, before, activated, bad }, null, 2),
    )
  } else {
    terminal.out(
      `${dryRun ? 'Would invite' : 'Invited'} ${invited}. Invited before: ${before}. ` +
        `Have a password already: ${activated}. Lines to mend: ${bad.length}.`,
    )
  }
  return bad.length === 0 ? exitCodes.ok : exitCodes.wrong

  function count(answer: Invited, line: number): void {
    if (answer.ok) done.invited += 1
    else if (answer.because === 'invited-before') done.before += 1
    else if (answer.because === 'already-activated') done.activated += 1
    else tell(line, answer.because)
  }
}

const secondsALine = 60

async function invite(invitations: Invitations, call: InviteCall, line: number): Promise<Invited> {
  try {
    return await invitations.invite(call, AbortSignal.timeout(secondsALine * 1_000))
  } catch (error) {
    if (!isFault(error)) throw error
    throw new UsageError(
      `Line ${line} and those after it were not read: ${error.message}. Run the same file again; nobody is invited twice.`,
    )
  }
}

function callOf(row: Row, tenant: InvitingTenant): Omit<InviteCall, 'again' | 'dryRun'> | BadLine {
  const { identifier = '', address = '', locale = '', service = '' } = row
  if (identifier === '') return 'identifier-missing'
  if (service !== '' && !tenant.services.includes(service)) return 'service-unknown'
  if (locale !== '' && !isLocale(locale)) return 'locale-unreadable'
  return {
    tenant: tenant.id,
    identifier,
    address: address === '' ? null : address,
    // Whoever runs this has the whole configuration.
    mayNameAddress: true,
    locale: locale === '' ? null : locale,
    localeOtherwise: tenant.languages[0] ?? 'en',
    service: service === '' ? null : service,
    invitedBy: 'command line',
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

const page = 500

/** `rekey invitations list`: those that can still be used, or all of them. Addresses are masked. */
export async function invitationsList({ all }: { all: boolean }, said: Said): Promise<ExitCode> {
  const { invitations, json, terminal } = said
  const { id: tenant } = tenantOf(said)
  const { maskAddress } = await import('../core/accounts/index.ts')
  const listed: object[] = []
  for (let after: string | null = null; ; ) {
    const some: readonly Invitation[] = await invitations.list(tenant, { after, limit: page })
    for (const one of some) {
      const state: InvitationState = stateOfInvitation(one, invitations.now())
      if (!all && state !== 'open') continue
      const { id, username, account, createdAt, expiresAt, invitedBy } = one
      const sentTo = one.sentTo.map(maskAddress)
      const row = {
        id,
        state,
        username,
        directory: account.directory,
        sentTo,
        createdAt,
        expiresAt,
        invitedBy,
      }
      if (json) listed.push(row)
      else terminal.out([id, state.padEnd(9), expiresAt.toISOString(), username, sentTo.join(' ')].join('  '))
    }
    const last = some.at(-1)
    if (last === undefined || some.length < page) break
    after = last.id
  }
  if (json) terminal.out(JSON.stringify({ ok: true, tenant, invitations: listed }, null, 2))
  return exitCodes.ok
}

/** `rekey invitations withdraw`: makes one worthless, unless a password was set with it. */
export async function invitationsWithdraw(id: string, said: Said): Promise<ExitCode> {
  const { invitations, json, terminal } = said
  const { id: tenant } = tenantOf(said)
  const answer = await invitations.withdraw({ tenant, id })
  if (json) {
    terminal.out(JSON.stringify({ ...answer, id }, null, 2))
  } else if (answer.ok) {
    terminal.out(`${id} is withdrawn. Its account stays closed until it is invited again.`)
    if (answer.writeUnderWay) {
      terminal.err(
        'A first password was on its way to the directory, which nobody can call back. Look at the account.',
      )
    }
  } else {
    terminal.err(
      answer.because === 'invitation-unknown'
        ? `There is no invitation ${id}.`
        : `${id} is ${answer.state} already: there is nothing to withdraw.`,
    )
  }
  return answer.ok ? exitCodes.ok : exitCodes.wrong
}
