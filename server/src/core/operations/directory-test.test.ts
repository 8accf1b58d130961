import { describe, expect, it } from 'vitest'
import {
  type MemoryAccount,
  type MemoryDirectory,
  makeMemoryDirectory,
} from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import type { DirectoryAdvice } from './directory-advice.ts'
import { type DirectoryTestOptions, type Finding, makeDirectoryTest } from './directory-test.ts'

const need = (of: string) => ({ takes: `what ${of} takes`, fix: `the fix of ${of}` })
const advice: DirectoryAdvice = {
  needs: {
    ...{ check: need('check'), find: need('find'), read: need('read'), history: need('history') },
    ...{ passwordRules: need('passwordRules'), setPassword: need('setPassword') },
    ...{ verifyPassword: need('verifyPassword'), changePassword: need('changePassword') },
    ...{ minimumAge: need('minimumAge'), recoveryAddresses: need('recoveryAddresses') },
    ...{ unlock: need('unlock'), requireChange: need('requireChange') },
  },
  notEnforced: [],
}

interface Settings {
  person?: Partial<MemoryAccount>
  history?: number
  heard?: () => readonly string[]
  prepare?: (directory: MemoryDirectory) => void
  options?: Partial<DirectoryTestOptions>
}

/** Looks, and changes when there is somebody who may be changed. */
async function tried({ person = {}, history = 3, heard = () => [], prepare, options = {} }: Settings = {}) {
  const directory = makeMemoryDirectory('people', [anAccount('tess', person)], { history, lockoutTries: 3 })
  const findings: Finding[] = []
  let drawn = 0
  const test = makeDirectoryTest({
    routed: { directory, domains: [] },
    advice,
    drawPassword: () => new Secret(`drawn ${(drawn += 1)}`),
    seconds: 5,
    heard,
    begin: () => undefined,
    tell: (finding) => void findings.push(finding),
  })
  const entry = await test.look('tess')
  prepare?.(directory)
  const all = { lock: false, finalPassword: null, ...options }
  const left = entry === null ? null : await test.change(entry, all)
  return { directory, findings, left, failed: findings.filter(({ result }) => result === 'fails') }
}

const saying = (findings: readonly Finding[], trial: string) =>
  findings.filter((one) => one.trial === trial).map(({ result, says }) => `${result}: ${says}`)

describe('a directory that works', () => {
  it('is proven to, ability by ability', async () => {
    const { findings, left, failed } = await tried({ options: { lock: true } })

    expect(failed).toEqual([])
    const trials = new Set(findings.filter(({ result }) => result === 'works').map(({ trial }) => trial))
    expect([...trials]).toEqual([
      ...['check', 'read', 'find', 'setPassword', 'verifyPassword', 'changePassword', 'history'],
      ...['unlock', 'requireChange'],
    ])
    expect(left).toEqual({ password: 'random', locked: false, mustChange: false })
  })

  it('has a password at the end that nobody has seen, or the one that was typed', async () => {
    const random = await tried()
    const finalPassword = new Secret('seven otters borrow umbrellas')
    const typed = await tried({ options: { finalPassword } })

    expect(random.directory.passwords.get('key-of-tess')).toMatch(/^drawn \d+$/)
    expect(JSON.stringify(random.findings)).not.toContain('drawn')
    expect(typed.directory.passwords.get('key-of-tess')).toBe('seven otters borrow umbrellas')
    expect(typed.left?.password).toBe('chosen')
  })

  it('may not tell how many wrong passwords it has counted, and is not said to count none', async () => {
    const password = { changedAt: null, mustChange: false, expiresAt: null, failedTries: null }
    const { findings } = await tried({ person: { password }, options: { lock: true } })

    expect(saying(findings, 'read').join()).toContain('; nobody tells how many wrong passwords there were')
    expect(saying(findings, 'read').join()).not.toContain('not counted')
    expect(saying(findings, 'unlock')).toContain('works: it locks after 3 wrong passwords')
  })

  it('tells neither addresses nor passwords', async () => {
    const { findings } = await tried()

    expect(saying(findings, 'read').join()).toContain('t•••@h•••.example')
    expect(JSON.stringify(findings)).not.toContain('tess@home')
  })
})

describe('an account that self-service keeps away from', () => {
  it.each(['disabled', 'federated', 'privileged', 'secondFactor'] as const)(
    'is looked at and left alone: %s',
    async (is) => {
      const { directory, failed, left } = await tried({ person: { [is]: true } })

      expect(left).toBeNull()
      expect(directory.writes).toEqual([])
      expect(new Set(directory.calls)).toEqual(new Set(['find', 'read', 'passwordRules']))
      expect(failed[0]?.says).toContain('nothing was changed')
    },
  )

  it('is not there: the name is nobody’s', async () => {
    const { directory, failed } = await tried({ person: { username: 'other', mails: [] } })

    expect(directory.calls).toEqual(['find'])
    expect(failed).toMatchObject([{ trial: 'find', need: need('find') }])
  })
})

describe('what is missing', () => {
  it('is said with the code and the words of the connector, and the rest is tried all the same', async () => {
    const { findings, left, failed } = await tried({
      prepare: (directory) => {
        directory.setPassword = () => directory.unlock('nobody', AbortSignal.abort())
      },
    })

    expect(failed[0]).toMatchObject({ trial: 'setPassword', code: 'directory-unreachable' })
    expect(failed[0]?.need).toBeUndefined()
    expect(saying(findings, 'changePassword')).toEqual([expect.stringMatching(/^open: not tried/)])
    expect(saying(findings, 'verifyPassword')).toContain('works: a wrong password does not (wrong)')
    expect(saying(findings, 'unlock')[0]).toMatch(/^works/)
    expect(left?.password).toBe('unchanged')
  })

  it('is said where a right is', async () => {
    const { failed } = await tried({
      prepare: (directory) => {
        directory.nextWrite = { is: 'fault', code: 'directory-rights-missing' }
      },
    })

    expect(failed[0]).toMatchObject({ code: 'directory-rights-missing', need: need('setPassword') })
  })

  it('is said once where the connector only warns', async () => {
    const { failed } = await tried({ heard: () => ['the count is kept', 'the count is kept'] })

    expect(failed.map(({ says }) => says)).toEqual(['the count is kept'])
  })

  it('is a recovery address', async () => {
    const { failed } = await tried({ person: { recoveryAddresses: [] } })

    expect(failed).toMatchObject([{ trial: 'read', need: need('recoveryAddresses') }])
  })
})

describe('a write without an answer', () => {
  it.each([true, false])('is told by one sign-in, and not sent again (applied: %s)', async (applied) => {
    const { directory, findings } = await tried({
      prepare: (prepared) => {
        prepared.nextWrite = { is: 'unanswered', applied }
      },
    })

    const [first] = directory.writes
    const same = directory.writes.filter(({ password }) => password === first?.password)
    expect(saying(findings, 'setPassword')[0]).toBe('fails: a reset by the service account fails')
    expect(same).toHaveLength(1)
    expect(saying(findings, 'verifyPassword')[0]).toMatch(applied ? /^works: the new/ : /^open: not tried/)
  })

  it('leaves a password that nobody knows where a late write may still land', async () => {
    const { left } = await tried({
      prepare: (prepared) => {
        prepared.setPassword = () => Promise.reject(new Fault('directory-outcome-unknown'))
      },
    })

    expect(left?.password).toBe('unclear')
  })

  it('leaves a password that nobody knows where that can not be asked either', async () => {
    const { left, directory } = await tried({
      prepare: (prepared) => {
        prepared.nextWrite = { is: 'unanswered', applied: true }
        prepared.probeFails = true
        prepared.onWrite = () => {
          prepared.onWrite = () => {
            throw new Error('the test does not get so far')
          }
        }
      },
    })

    expect(directory.writes.length).toBeGreaterThan(0)
    expect(left?.password).toBe('unclear')
  })
})

describe('a directory that proves no passwords', () => {
  it('fails in nothing that it does not promise, and is tried at everything else', async () => {
    const { findings, failed, left } = await tried({
      options: { lock: true },
      prepare: (directory) => {
        const cant = () => Promise.reject(new Fault('directory-misconfigured'))
        const abilities = { ...directory.abilities, verifies: false }
        Object.assign(directory, { abilities, verifyPassword: cant, changePassword: cant })
      },
    })

    expect(failed).toEqual([])
    expect(saying(findings, 'verifyPassword')).toEqual([expect.stringMatching(/^open: .*can not be asked/)])
    expect(saying(findings, 'changePassword')).toEqual([expect.stringMatching(/^open: .*can not be asked/)])
    expect(findings.find(({ trial }) => trial === 'verifyPassword')?.need).toEqual(need('verifyPassword'))
    expect(saying(findings, 'history')).toEqual([expect.stringMatching(/^works: a reset/)])
    expect(saying(findings, 'unlock').join()).toMatch(/open: .*can not be made.*,works: /)
    expect(saying(findings, 'requireChange').at(-1)).toBe('works: a new password takes the mark off')
    expect(left).toEqual({ password: 'random', locked: false, mustChange: false })
  })
})

describe('rules that hold', () => {
  it('are no failure: a minimum age, and that it is waived for who was asked to change', async () => {
    let changes = 0
    const { findings, failed } = await tried({
      prepare: (directory) => {
        const { changePassword } = directory
        directory.changePassword = (key, passwords, signal) => {
          changes += 1
          if (passwords.owed !== true) return Promise.resolve({ ok: false, because: 'password-too-young' })
          return changePassword(key, passwords, signal)
        }
      },
    })

    expect(failed).toEqual([])
    expect(saying(findings, 'changePassword').join()).toContain('minimum age is waived')
    expect(changes).toBe(3)
  })

  it('are no failure: a minimum age that resets have to keep', async () => {
    const { failed, left, findings } = await tried({
      prepare: (directory) => {
        directory.setPassword = () => Promise.resolve({ ok: false, because: 'password-too-young' })
      },
    })

    expect(failed).toEqual([])
    expect(saying(findings, 'setPassword')[0]).toContain('minimum age holds for resets')
    expect(left?.password).toBe('unchanged')
  })

  it('and those that are promised and do not', async () => {
    const { failed } = await tried({
      history: 0,
      prepare: (directory) =>
        Object.assign(directory, { abilities: { ...directory.abilities, history: true } }),
    })

    expect(failed).toMatchObject([{ trial: 'history', need: need('history') }])
  })
})
