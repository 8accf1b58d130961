import { type FaultCode, isFault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import {
  type DirectoryEntry,
  maskAddress,
  type RoutedDirectory,
  resolveIdentifier,
  whyNotByMail,
} from '../accounts/index.ts'
import type { DirectoryRefusal, IdentifierQuery } from '../accounts/ports.ts'
import type { DirectoryAdvice, Need, Trial } from './directory-advice.ts'
import { tryPasswords } from './directory-trials.ts'

/** What one trial has shown. */
export interface Finding {
  trial: Trial
  /** `open`: it was not proven, or is not there to be proven; nothing is broken. */
  result: 'works' | 'fails' | 'open'
  says: string
  /** Of a fault or a refusal. */
  code?: FaultCode | DirectoryRefusal | 'current-password-wrong' | 'unexpected'
  /** What the connector said, free of personal data. */
  detail?: string
  need?: Need
}

export interface DirectoryTestDeps {
  routed: RoutedDirectory
  /** Null where the connector has none. */
  advice: DirectoryAdvice | null
  /** A password that nobody learns. */
  drawPassword(): Secret
  /** Deadline of one call. */
  seconds: number
  /** Warnings of the connector since the last time it was asked. */
  heard(): readonly string[]
  begin(trial: Trial): void
  tell(finding: Finding): void
}

export interface DirectoryTestOptions {
  /** Makes it lock by wrong passwords before it is unlocked. */
  lock: boolean
  /** What the account shall have at the end; a random one when null. */
  finalPassword: Secret | null
}

/** How the account is left. Null where nobody could tell. */
export interface LeftAs {
  password: 'unchanged' | 'random' | 'chosen' | 'unclear'
  locked: boolean | null
  mustChange: boolean | null
}

export interface DirectoryTest {
  /** Looks and changes nothing. Null when there is nobody whose password may be changed; the findings say why. */
  look(name: string): Promise<DirectoryEntry | null>
  /** Changes the password of the account several times. Whoever calls it has asked before. */
  change(entry: DirectoryEntry, options: DirectoryTestOptions): Promise<LeftAs>
}

/**
 * Runs every ability against one account that is there for it. What a directory promises is in its port; here each promise
 * is asked for once, of the real server with the real rights, and what is missing is said in the words of the connector.
 */
export function makeDirectoryTest(deps: DirectoryTestDeps): DirectoryTest {
  const tools = makeTools(deps)
  return {
    async look(name) {
      if (!(await tryCheck(tools))) return null
      const found = await tryToFind(tools, name)
      if (found === null) return null
      const entry = await tryToRead(tools, found)
      await tryIdentifiers(tools, found)
      await tryRules(tools, found)
      return entry !== null && isEligible(tools, entry) ? entry : null
    },
    change: (entry, options) => tryPasswords(tools, entry, options),
  }
}

export type Asked<Answer> = { ok: true; answer: Answer } | { ok: false; code: FaultCode | null }

/** What every trial works with. */
export interface Tools extends Pick<DirectoryTestDeps, 'routed' | 'drawPassword' | 'begin'> {
  /** What the connector says that something takes. */
  needs(of: keyof DirectoryAdvice['needs']): Pick<Finding, 'need'>
  /** Asks under the deadline; a fault is told as a failure of the trial. */
  ask<Answer>(
    trial: Trial,
    what: string,
    question: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Asked<Answer>>
  works(trial: Trial, says: string): void
  open(trial: Trial, says: string, more?: Pick<Finding, 'need'>): void
  fails(trial: Trial, says: string, more?: Pick<Finding, 'code' | 'detail' | 'need'>): void
}

function makeTools(deps: DirectoryTestDeps): Tools {
  const { advice, seconds, tell } = deps
  const said = new Set<string>()
  const needs: Tools['needs'] = (of) => (advice === null ? {} : { need: advice.needs[of] })
  /** A connector warns when a right is missing that the operation got along without. */
  const tellWarnings = (trial: Trial) => {
    for (const warning of new Set(deps.heard())) {
      if (said.has(warning)) continue
      said.add(warning)
      // Of a look it is a question about the entry that could not be answered.
      const of = trial === 'find' || trial === 'read' ? 'check' : trial
      tell({ trial, result: 'fails', says: warning, ...needs(of) })
    }
  }
  return {
    ...deps,
    needs,
    async ask(trial, what, question) {
      try {
        const answer = await question(AbortSignal.timeout(seconds * 1_000))
        tellWarnings(trial)
        return { ok: true, answer }
      } catch (error) {
        const code = isFault(error) ? error.code : null
        // Any other error may quote anything. Its name says that it is a defect, and which.
        const detail = isFault(error) ? error.detail : error instanceof Error ? error.name : null
        tell({
          ...{ trial, result: 'fails', says: what, code: code ?? 'unexpected' },
          ...(detail === null ? {} : { detail }),
          ...(code !== null && isToBeMended(code) ? needs(trial) : {}),
        })
        tellWarnings(trial)
        return { ok: false, code }
      }
    },
    works: (trial, says) => tell({ trial, result: 'works', says }),
    open: (trial, says, more) => tell({ trial, result: 'open', says, ...more }),
    fails: (trial, says, more) => tell({ trial, result: 'fails', says, ...more }),
  }
}

/** Codes that a right or a setting mends, and not a server that answers. */
const isToBeMended = (code: FaultCode): boolean =>
  code !== 'directory-unreachable' && code !== 'directory-outcome-unknown'

async function tryCheck({ begin, ask, works, routed }: Tools): Promise<boolean> {
  begin('check')
  const asked = await ask('check', 'the service account can not work with the directory', (signal) =>
    routed.directory.check(signal),
  )
  if (asked.ok) works('check', 'the service account signs in and sees what the configuration names')
  // One right that is missing says nothing about the others.
  return asked.ok || asked.code !== 'directory-unreachable'
}

async function tryToFind(tools: Tools, name: string): Promise<DirectoryEntry | null> {
  const { begin, ask, fails, routed, needs } = tools
  begin('find')
  const asked = await ask('find', 'people can not be looked for', (signal) =>
    resolveIdentifier(name, { directories: [routed], links: [], ambiguous: 'refuse' }, signal),
  )
  if (!asked.ok) return null
  if (asked.answer.found) return asked.answer.entry
  const words = {
    none: 'nobody has this name here, or the service account does not see who has it',
    ambiguous: 'several entries have this name, so people who type it are told nothing',
    unreadable: 'this is no name that anybody could type',
  } as const
  const { because } = asked.answer
  fails('find', words[because], because === 'none' ? needs('find') : {})
  return null
}

/** As people type them, and as sign-in at a provider may name them. */
async function tryIdentifiers(tools: Tools, entry: DirectoryEntry): Promise<void> {
  const { ask, works, open, fails, routed, needs } = tools
  const kinds: readonly (readonly [IdentifierQuery['by'], string, readonly string[]])[] = [
    ['username', 'user name', [entry.username]],
    ['mail', 'mail address', entry.mails],
    ['upn', 'sign-in name (UPN)', entry.upn === null ? [] : [entry.upn]],
  ]
  for (const [by, words, values] of kinds) {
    if (values.length === 0) open('find', `by ${words}: the entry shows none`)
    for (const [index, value] of values.entries()) {
      const which = values.length === 1 ? words : `${words} ${index + 1} of ${values.length}`
      const asked = await ask('find', `by ${which}: people can not be looked for`, (signal) =>
        routed.directory.find({ by, value }, signal),
      )
      if (!asked.ok) continue
      const keys = asked.answer.map(({ key }) => key)
      if (keys.length === 1 && keys[0] === entry.key) works('find', `by ${which}: this entry, and no other`)
      else if (keys.length > 1) fails('find', `by ${which}: several entries have it, so it names nobody`)
      else fails('find', `by ${which}: not this entry`, needs('find'))
    }
  }
}

async function tryToRead(tools: Tools, found: DirectoryEntry): Promise<DirectoryEntry | null> {
  const { begin, ask, works, fails, routed, needs } = tools
  begin('read')
  const asked = await ask('read', 'the entry can not be read', (signal) =>
    routed.directory.read(found.key, signal),
  )
  if (!asked.ok) return null
  const entry = asked.answer
  if (entry === null) {
    fails('read', 'the entry was found and is not there when it is asked for by its key', needs('read'))
    return null
  }
  works('read', factsOf(entry))
  const { recoveryAddresses } = entry
  if (recoveryAddresses.length > 0) {
    works('read', `mails would go to ${recoveryAddresses.map(maskAddress).join(', ')}`)
  } else {
    const says = 'no recovery address is shown, so nobody like this account comes back by mail'
    fails('read', says, needs('recoveryAddresses'))
  }
  return entry
}

function factsOf({ groups, locale, password, contextWords, locked, secondFactor }: DirectoryEntry): string {
  const { changedAt, mustChange, expiresAt, failedTries } = password
  return [
    counted(groups.length, 'group'),
    counted(
      contextWords.length,
      'word that a password must not consist of',
      'words that a password must not consist of',
    ),
    locale === null ? 'no language' : `language ${locale}`,
    changedAt === null ? 'nobody tells when the password was set' : `password set ${changedAt.toISOString()}`,
    expiresAt === null ? 'no expiry told' : `expires ${expiresAt.toISOString()}`,
    failedTries === null
      ? 'nobody tells how many wrong passwords there were'
      : counted(failedTries, 'wrong password'),
    ...(mustChange ? ['must be changed'] : []),
    ...(locked ? ['locked'] : []),
    ...(secondFactor ? ['second factor'] : []),
  ].join('; ')
}

const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count === 0 ? 'no' : count} ${count === 1 ? one : several}`

async function tryRules(tools: Tools, entry: DirectoryEntry): Promise<void> {
  const { begin, ask, works, open, routed, needs } = tools
  begin('passwordRules')
  const asked = await ask('passwordRules', 'the rules for passwords can not be asked for', (signal) =>
    routed.directory.passwordRules(entry.key, signal),
  )
  if (!asked.ok) return
  const rules = asked.answer
  if (rules === null) {
    const says =
      'no rules are told: it has none, or they can not be read; what it enforces is not changed by that'
    open('passwordRules', says, needs('passwordRules'))
    return
  }
  const told = Object.entries(rules).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
  works('passwordRules', `people are told: ${told.length === 0 ? 'that there are none' : told.join(', ')}`)
}

/** Nobody's password is changed here who could not come back by mail. */
function isEligible({ fails }: Tools, entry: DirectoryEntry): boolean {
  const because = whyNotByMail(entry)
  if (because === null) return true
  const takes = 'an account that is neither disabled, federated, privileged nor asked for a second factor'
  const settings = { 'second-factor': 'secondFactor', privileged: 'privileged, and `deny` of an agent' }
  const setting = because === 'second-factor' || because === 'privileged' ? settings[because] : because
  const fix =
    'name a test account that is like most people. If this one is, look at the conditions of the configuration ' +
    `(${setting}): one that can not be answered counts as yes`
  fails('read', `this account counts as ${because}: its password is left alone, and nothing was changed`, {
    need: { takes, fix },
  })
  return false
}
