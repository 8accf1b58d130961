import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../test/support/memory-directory.ts'
import { anAccount } from '../test/support/recovery-world.ts'
import { checkConfig } from './config/check.ts'
import { aConfigFolder, type TestFolder } from './config/config.testing.ts'
import type { Directory } from './core/accounts/index.ts'
import type { JudgedEntry } from './core/recovery/index.ts'
import { Secret } from './kernel/secret.ts'
import { keptHistories, recoveryTenant } from './tenant-settings.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const words = 'contextWords: [northwind, traders]'
const current = 'violet tundra kettle'
const at = new Date('2026-03-02T09:00:00Z')
const change = { current: new Secret(current), changedAt: null, mustChange: false, at }

function configWith(rules: string, signIn = '{}') {
  const text = folder.text
    .replace(words, `${words}\n        ${rules}`)
    .replace('    name: Northwind\n', `    name: Northwind\n    signIn: ${signIn}\n`)
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
  const [tenant] = checked.ok ? checked.config.tenants : []
  if (tenant === undefined) throw new Error('the configuration is not right')
  return tenant
}

const tenantWith = (rules: string, directories: readonly Directory[] = [], signIn?: string) =>
  recoveryTenant(configWith(rules, signIn), {
    directories: directories.map((directory) => ({ directory, domains: [] })),
    breach: null,
  })

const noDirectoryRules = {
  lengthMin: null,
  history: null,
  minAgeSeconds: null,
  maxAgeSeconds: null,
  graceSignIns: null,
  classesMin: null,
}

const ada = (over: Partial<JudgedEntry> = {}): JudgedEntry => ({
  ...anAccount('ada'),
  directory: 'people',
  directoryRules: null,
  change: null,
  ...over,
})

describe('the people of a tenant', () => {
  it('sign in elsewhere where a provider is configured, and only those of its directory if it has one', () => {
    folder.write('secrets/oidc-client', 'bm90aGluZyB0aGF0IGFueWJvZHkga25vd3M\n')
    const oidc = (more: string) =>
      `{ oidc: { issuer: https://sign-in.northwind.example, clientId: rekey, label: Northwind, ${more}
           clientSecret: { file: secrets/oidc-client } } }`
    const elsewhere = (signIn?: string) =>
      ['people', 'guests'].map((name) => tenantWith('overrides: []', [], signIn).signsInElsewhere(name))

    expect(elsewhere()).toEqual([false, false])
    expect(elsewhere(oidc(''))).toEqual([true, true])
    expect(elsewhere(oidc('directory: people,'))).toEqual([true, false])
  })
})

describe('linked accounts of a tenant', () => {
  const follower = (over: Partial<JudgedEntry>) =>
    ada({ following: [ada({ directory: 'app', contextWords: ['quokka'], ...over })] })

  it('have the strictest rules of all of them, their names and directories included', async () => {
    const tenant = tenantWith('overrides: [{ for: { group: staff }, minLength: 30 }]')
    const judge = async (entry: JudgedEntry, password = 'seven otters borrow it') => {
      const judged = await tenant.judge(new Secret(password), entry)
      return judged.ok ? [] : judged.because.map(({ code }) => code)
    }
    const short = { ...noDirectoryRules, lengthMaxBytes: 20 }
    const rules = tenant.passwordRules(
      follower({ directoryRules: { ...noDirectoryRules, history: 5 } }),
      'recovery',
    )

    expect(await judge(follower({}))).toEqual([])
    expect(await judge(follower({ groups: ['staff'] }))).toEqual(['password-too-short'])
    expect(await judge(follower({ directoryRules: short }))).toEqual(['password-too-long'])
    expect(await judge(follower({}), 'quokka quokka quokka')).toContain('password-contains-you')
    expect(rules).toContainEqual({ rule: 'not-in-history', count: 5 })
  })

  it('are changed as soon as the leading one may be: the others are not written by the person', async () => {
    const tenant = tenantWith('overrides: []')
    const young = { ...noDirectoryRules, minAgeSeconds: 86_400 }
    const entry = { ...follower({ directoryRules: young }), change: { ...change, changedAt: at } }

    expect(await tenant.judge(new Secret('seven otters borrow it'), entry)).toMatchObject({ ok: true })
  })

  it('are those that the configuration names, under the names that people know', () => {
    const text = folder.text.replace(
      '    services:',
      `      - { name: app, kind: local, title: Warehouse }
    routing: { linked: [{ leads: people, follow: [{ directory: app, by: upn, as: mail }] }] }
    services:`,
    )
    const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
    const [config] = checked.ok ? checked.config.tenants : []
    if (config === undefined) throw new Error('the configuration is not right')
    const directories = ['people', 'app'].map((name) => makeMemoryDirectory(name, []))
    const tenant = recoveryTenant(config, {
      directories: directories.map((directory) => ({ directory, domains: [] })),
      breach: null,
    })

    const [leads, directory] = directories
    expect(tenant.links).toEqual([{ leads, follow: [{ directory, by: 'upn', as: 'mail' }] }])
    expect(['people', 'app'].map(tenant.titleOf)).toEqual(['people', 'Warehouse'])
    // Time for the leading account and, after it, for the others.
    expect(tenant.rules.followSeconds).toBe(
      tenant.rules.writeDeadlineSeconds + tenant.rules.probeDeadlineSeconds,
    )
  })
})

describe('the passwords of a tenant', () => {
  it('are judged by what the configuration says of the account, on sending and while typing', async () => {
    const tenant = tenantWith('overrides: [{ for: { service: intranet, group: staff }, minLength: 30 }]')
    const password = new Secret('seven otters borrow it')
    const refused = { ok: false, because: [{ code: 'password-too-short', min: 30, length: 22 }] }
    const staff = ada({ groups: ['Staff'] })

    expect(await tenant.judge(password, ada())).toMatchObject({ ok: true })
    expect(await tenant.judge(password, staff)).toEqual(refused)
    expect(tenant.judgeWhileTyping(password, staff)).toEqual(refused)
    expect(tenant.passwordRules(staff, 'recovery')[0]).toEqual({ rule: 'length', min: 30, max: 256 })
    expect(await tenant.judge(password, { ...staff, directory: 'guests' })).toMatchObject({ ok: true })
  })

  it('are compared with the current one in a change, and only there and on sending', async () => {
    const tenant = tenantWith('overrides: []')
    const password = new Secret(`${current} 9`)

    expect(await tenant.judge(password, ada({ change }))).toEqual({
      ok: false,
      because: [{ code: 'password-too-similar' }],
    })
    expect(await tenant.judge(password, ada())).toMatchObject({ ok: true })
    expect(tenant.judgeWhileTyping(password, ada({ change }))).toMatchObject({ ok: true })
    expect(tenant.passwordRules(ada(), 'change')).toContainEqual({ rule: 'not-similar' })
    expect(tenant.passwordRules(ada(), 'recovery')).not.toContainEqual({ rule: 'not-similar' })
    expect(await tenantWith('similarToOld: accept').judge(password, ada({ change }))).toMatchObject({
      ok: true,
    })
  })

  it('are not changed again so soon where that is a rule; a recovery waits for nothing', async () => {
    const tenant = tenantWith('overrides: [{ for: { directory: people }, minAgeHours: 24 }]')
    const password = new Secret('seven otters borrow umbrellas')
    const changedAt = new Date('2026-03-02T08:00:00Z')
    const until = new Date('2026-03-03T08:00:00Z')
    const soon = ada({ change: { ...change, changedAt } })

    expect(await tenant.judge(password, soon)).toEqual({
      ok: false,
      because: [{ code: 'password-too-young', until }],
    })
    expect(await tenant.judge(password, ada())).toMatchObject({ ok: true })
    expect(tenant.passwordRules(soon, 'change')).toContainEqual({ rule: 'not-too-soon', hours: 24 })
    expect(tenant.passwordRules(soon, 'recovery')).not.toContainEqual({ rule: 'not-too-soon', hours: 24 })
  })

  it('are never judged by less than the directory asks for, and all of it is shown', async () => {
    const tenant = tenantWith('overrides: []')
    const directoryRules = {
      ...{ ...noDirectoryRules, lengthMin: 25, history: 12 },
      ...{ minAgeSeconds: 86_400, graceSignIns: 3, classesMin: 3 },
    }
    const entry = ada({ directoryRules })

    expect(await tenant.judge(new Secret('seven otters borrow it'), entry)).toEqual({
      ok: false,
      because: [
        { code: 'password-too-short', min: 25, length: 22 },
        { code: 'password-classes-missing', required: 3, have: 2, missing: [] },
      ],
    })
    expect(await tenant.judge(new Secret('Seven otters borrow umbrellas'), entry)).toMatchObject({ ok: true })
    const rules = tenant.passwordRules(entry, 'change')
    expect(rules).toEqual(
      expect.arrayContaining([
        { rule: 'length', min: 25, max: 256 },
        { rule: 'classes', required: 3, named: [] },
        { rule: 'not-in-history', count: 12 },
        { rule: 'not-too-soon', hours: 24 },
      ]),
    )
    expect(tenant.passwordRules(ada(), 'change').map(({ rule }) => rule)).not.toContain('not-in-history')
  })

  it('are remembered here only where the directory does not refuse as many by itself', () => {
    const rules = { ...noDirectoryRules, history: 5 }
    const [keeps, passesOver] = [5, 0].map((history) =>
      tenantWith('overrides: [{ for: { group: staff }, history: 8 }]\n        history: 5', [
        makeMemoryDirectory('people', [], { history }),
      ]),
    )
    const staff = ada({ groups: ['staff'], directoryRules: rules })

    expect([ada(), ada({ directoryRules: rules }), staff].map((entry) => keeps?.remembers(entry))).toEqual([
      5, 0, 8,
    ])
    expect(passesOver?.remembers(ada({ directoryRules: rules }))).toBe(5)
    expect(tenantWith('overrides: []').remembers(ada())).toBe(0)
    const shown = keeps?.passwordRules(staff, 'recovery')
    expect(shown).toContainEqual({ rule: 'not-in-history', count: 8 })
    expect(
      tenantWith('overrides: []')
        .passwordRules(ada(), 'recovery')
        .map(({ rule }) => rule),
    ).not.toContain('not-in-history')
  })

  it('are remembered of a directory as far as any rule could ask for it', () => {
    const kept = (rules: string) =>
      keptHistories(configWith(rules)).map(({ directory, keep }) => [directory, keep])

    expect(kept('overrides: []')).toEqual([])
    expect(kept('history: 3')).toEqual([['people', 3]])
    expect(kept('overrides: [{ for: { group: staff }, history: 8 }]')).toEqual([['people', 8]])
    expect(
      kept(
        'overrides: [{ for: { service: intranet }, history: 8 }, { for: { directory: people }, history: 9 }]',
      ),
    ).toEqual([['people', 9]])
  })

  it('are looked at after they were set as far as the configuration says of the account', async () => {
    const tenant = tenantWith(
      'overrides: [{ for: { group: staff }, recheckAtSignIn: require-change, maxAgeDays: 90, graceDays: 3 }]',
    )
    const staff = ada({ groups: ['staff'] })

    expect(await tenant.examine(new Secret('Password1!'), staff)).toMatchObject({
      flaws: [{ is: 'weak', mustChange: true }],
    })
    expect(await tenant.examine(new Secret('Password1!'), ada())).toEqual({ flaws: [], unanswered: [] })
    expect(tenant.ageOf(staff)).toMatchObject({ maxSeconds: 90 * 86_400, graceDays: 3 })
    expect(tenant.ageOf(ada()).maxSeconds).toBeNull()
  })
})
