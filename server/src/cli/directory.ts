import type { DirectoryEntry } from '../core/accounts/index.ts'
import type { DirectoryAdvice } from '../core/operations/directory-advice.ts'
import type { DirectoryTest, DirectoryTestDeps, Finding, LeftAs } from '../core/operations/directory-test.ts'
import { Secret } from '../kernel/secret.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** What the command line takes of a configured directory. */
export interface OpenedDirectory extends AsyncDisposable {
  /** Null inside a closed network. */
  tenant: string | null
  name: string
  /** Title of its kind. */
  kind: string
  notEnforced: DirectoryAdvice['notEnforced']
  test(reporter: Pick<DirectoryTestDeps, 'begin' | 'tell'>): DirectoryTest
}

export interface DirectoryTestCommand {
  account: string
  /** Nobody is asked whether the password may be changed. */
  confirmed: boolean
  lock: boolean
  /** The last password is asked for and not drawn. */
  typed: boolean
  json: boolean
  terminal: Terminal
}

/** `rekey directory test` and `rekey agent test`: tries every ability on a test account, a line for each thing that is proven or is not. */
export async function directoryTest(
  opened: OpenedDirectory,
  command: DirectoryTestCommand,
): Promise<ExitCode> {
  const { json, terminal, account, lock } = command
  const refuse = (message: string): ExitCode => {
    if (json) terminal.out(JSON.stringify({ ok: false, error: { code: 'usage', message } }, null, 2))
    else terminal.err(message)
    return exitCodes.failed
  }
  const cantAsk = whyNotAsked(command)
  if (cantAsk !== null) return refuse(cantAsk)

  const findings: Finding[] = []
  const where = opened.tenant === null ? opened.name : `${opened.tenant}/${opened.name}`
  if (!json) terminal.out(`${where}, ${opened.kind}: the account "${account}"\n`)
  const test = opened.test(json ? silently(findings) : aloud(findings, terminal))
  const entry = await test.look(account)
  if (entry !== null && !(await isAllowed(entry, where, command))) {
    return refuse('Nothing was changed.')
  }
  const finalPassword = entry !== null && command.typed ? await typedPassword(terminal) : null
  if (entry !== null && command.typed && finalPassword === null) return refuse('Nothing was changed.')
  const left = entry === null ? null : await test.change(entry, { lock, finalPassword })
  terminal.draw?.('')

  const ok = findings.every(({ result }) => result !== 'fails')
  const { tenant, name: directory, notEnforced } = opened
  if (json) {
    terminal.out(JSON.stringify({ ok, tenant, directory, account, findings, notEnforced, left }, null, 2))
  } else sayEnd({ findings, notEnforced, left }, terminal)
  return ok ? exitCodes.ok : exitCodes.wrong
}

/** Where nobody can be asked, what would be asked has to be said beforehand. */
function whyNotAsked({ terminal, confirmed, typed, json }: DirectoryTestCommand): string | null {
  const canAsk = terminal.ask !== undefined && !json
  if (!confirmed && !canAsk) {
    return 'The password of the account is changed, several times. Say --yes if it is there for tests.'
  }
  return typed && !canAsk ? 'There is no terminal to type a password into.' : null
}

async function isAllowed(
  { username }: DirectoryEntry,
  where: string,
  { confirmed, terminal }: DirectoryTestCommand,
): Promise<boolean> {
  if (confirmed) return true
  terminal.draw?.('')
  const question =
    `\nThe password of "${username}" in ${where} will be changed several times; the present one is lost.\n` +
    'Type the user name to go on: '
  return (await terminal.ask?.(question, { hidden: false })) === username
}

async function typedPassword(terminal: Terminal): Promise<Secret | null> {
  const first = await terminal.ask?.('Password that it shall have at the end: ', { hidden: true })
  if (first === undefined || first === null || first === '') return null
  const again = await terminal.ask?.('The same again: ', { hidden: true })
  if (first === again) return new Secret(first)
  terminal.err('The two differ.')
  return null
}

const silently = (findings: Finding[]): Pick<DirectoryTestDeps, 'begin' | 'tell'> => ({
  begin: () => undefined,
  tell: (finding) => void findings.push(finding),
})

function aloud(findings: Finding[], terminal: Terminal): Pick<DirectoryTestDeps, 'begin' | 'tell'> {
  return {
    begin: (trial) => terminal.draw?.(`… ${trial}`),
    tell(finding) {
      findings.push(finding)
      terminal.draw?.('')
      for (const line of linesOf(finding)) terminal.out(line)
      terminal.draw?.(`… ${finding.trial}`)
    },
  }
}

const marks = { works: '✓', fails: '✗', open: '–' } as const
const column = 16

function linesOf({ trial, result, says, code, detail, need }: Finding): string[] {
  const more = (label: string, text: string) => `${' '.repeat(column + 2)}${label}${text}`
  return [
    `${marks[result]} ${trial.padEnd(column)}${says}${code === undefined ? '' : ` [${code}]`}`,
    ...(detail === undefined ? [] : [more('', detail)]),
    ...(need === undefined ? [] : [more('takes: ', need.takes), more('fix:   ', need.fix)]),
  ]
}

const passwords: Record<LeftAs['password'], string> = {
  unchanged: 'its password is the one it had',
  random: 'its password is a random one that nobody knows: set another one before somebody uses it',
  chosen: 'its password is the one that was typed',
  unclear: 'nobody knows which password it has: a write got no answer',
}

function sayEnd(
  {
    findings,
    notEnforced,
    left,
  }: { findings: readonly Finding[]; notEnforced: readonly string[]; left: LeftAs | null },
  { out, err }: Terminal,
): void {
  if (notEnforced.length > 0) out(`\nNot enforced, or not by the directory:\n${listed(notEnforced)}`)
  out(`\nThe account: ${left === null ? 'nothing was changed' : stateOf(left)}.`)
  const failed = findings.filter(({ result }) => result === 'fails').length
  const open = findings.filter(({ result }) => result === 'open').length
  const words = `${findings.length - failed - open} proven, ${failed} failed, ${open} not proven.`
  if (failed === 0) out(words)
  else err(words)
}

const listed = (lines: readonly string[]) => lines.map((line) => `  - ${line}`).join('\n')

function stateOf({ password, locked, mustChange }: LeftAs): string {
  const yesOrNo = (is: boolean | null, yes: string, no: string) =>
    is === null ? `nobody can say whether it is ${yes}` : is ? `it is ${yes}` : no
  return [
    passwords[password],
    yesOrNo(locked, 'locked', 'it is not locked'),
    yesOrNo(mustChange, 'marked "must change"', 'it is not marked "must change"'),
  ].join('; ')
}
