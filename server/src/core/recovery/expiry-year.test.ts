import { expect, it } from 'vitest'
import { aClock, seededBytes } from '../../../test/support/fake-outside.ts'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  aClient,
  anAccount,
  aWorld,
  changePassword,
  initialPassword,
  northwind,
  signIn,
  testDigestsBy,
} from '../../../test/support/recovery-world.ts'
import { makeKeyRing } from '../../kernel/keys.ts'
import { Secret } from '../../kernel/secret.ts'
import { noRules, type PolicySet, passwordPolicyDefaults, policyFor } from '../passwords/index.ts'

const hour = 3_600
const day = 24 * hour
const history = 4
/** In one directory that remembers passwords itself, or in one of which Rekey does. */
const directories = ['staff', 'partners'] as const

/** Nobody's password ends but for these; of two that somebody is in the stricter holds. */
const ages = {
  quarterly: { maxDays: 90, remindDays: [14, 3, 1], graceDays: 7 },
  monthly: { maxDays: 30, remindDays: [7, 1], graceDays: 0 },
  yearly: { maxDays: 300, remindDays: [30], graceDays: 14 },
}
type Group = keyof typeof ages

const everyone = { directory: null, group: null, subtree: null }
const policies: PolicySet = {
  everybody: { ...passwordPolicyDefaults, age: noRules.age },
  overrides: Object.entries(ages).map(([group, { maxDays, remindDays, graceDays }]) => ({
    for: { ...everyone, group },
    rules: { ...noRules, age: { minSeconds: 0, maxSeconds: maxDays * day, remindDays, graceDays } },
  })),
}

/** What people do about it. The hours are after the round of that day. */
const habits = {
  /** At the first reminder. */
  careful: ['password-expires'],
  /** Only once it has expired, a few days later. */
  late: ['password-expired'],
  never: [],
  /** Every seven weeks, at the directory itself. */
  elsewhere: [],
} as const
type Habit = keyof typeof habits

interface Person {
  name: string
  directory: (typeof directories)[number]
  groups: readonly Group[]
  habit: Habit
  password: string
  /** Every password so far, the newest last, and when it was set. */
  passwords: string[]
  setAt: Date[]
  /** Those that Rekey has seen, the newest last: set at the portal, or proven there. */
  seen: readonly string[]
  /** Day of the year on which they will change it. */
  plans: number | null
}

const groupings: readonly (readonly Group[])[] = [
  ['quarterly'],
  ['monthly'],
  ['yearly'],
  [],
  ['yearly', 'monthly'],
]
const habitNames = ['careful', 'late', 'never', 'elsewhere'] as const

function population(start: Date): Person[] {
  const draw = seededBytes(7)
  return Array.from({ length: 300 }, (_, index) => {
    const name = `person${index}`
    const [first = 0, second = 0] = draw(2)
    const setAt = new Date(start.getTime() - ((first % 29) * day + second * 300) * 1_000)
    return {
      name,
      directory: directories[Math.floor(index / 20) % 2] ?? 'staff',
      groups: groupings[index % groupings.length] ?? [],
      habit: habitNames[index % habitNames.length] ?? 'never',
      password: initialPassword(name),
      passwords: [initialPassword(name)],
      setAt: [setAt],
      seen: [],
      plans: null,
    }
  })
}

/** By the rules as they are written down, from nothing but the moments at which passwords were set and rounds ran. */
function expected({ groups, setAt }: Person, rounds: readonly Date[]): string[] {
  const strictest = groups
    .map((group) => ages[group])
    .toSorted((one, other) => one.maxDays - other.maxDays)[0]
  if (strictest === undefined) return []
  const remindDays = [...new Set(groups.flatMap((group) => ages[group].remindDays))]
  const graceDays = Math.min(...groups.map((group) => ages[group].graceDays))
  const said = new Map<number, string>()
  for (const [index, set] of setAt.entries()) {
    const next = setAt[index + 1]
    const firstRound = (days: number) => {
      const moment = new Date(set.getTime() + days * day * 1_000)
      const round = rounds.findIndex((at) => at >= moment)
      const at = rounds[round]
      return at === undefined || (next !== undefined && at >= next) ? null : round
    }
    const end = firstRound(strictest.maxDays)
    for (const days of remindDays.toSorted((one, other) => other - one)) {
      // Before it was set.
      if (days >= strictest.maxDays) continue
      const round = firstRound(strictest.maxDays - days)
      if (round !== null && round !== end) said.set(round, `round ${round}: ${days} days left`)
    }
    if (end !== null) said.set(end, `round ${end}: expired`)
    const over = firstRound(strictest.maxDays + graceDays)
    if (over !== null)
      said.set(over, over === end ? `round ${over}: expired, marked` : `round ${over}: marked`)
  }
  return [...said].toSorted(([one], [other]) => one - other).map(([, what]) => what)
}

it('a year of three hundred people under several policies: each thing is said once, on its day, to whom it concerns, and no password is had again too soon', async () => {
  const clock = aClock('2026-01-01T06:00:00.000Z')
  const people = population(clock.now())
  const byName = new Map(people.map((person) => [person.name, person]))
  const [staff, partners] = directories.map((directory) =>
    makeMemoryDirectory(
      directory,
      people
        .filter((person) => person.directory === directory)
        .map(({ name, groups, setAt: [changedAt = null] }) =>
          anAccount(name, {
            groups,
            password: { changedAt, mustChange: false, expiresAt: null, failedTries: 0 },
          }),
        ),
      { history: directory === 'staff' ? history : 0, now: clock.now },
    ),
  )
  if (staff === undefined || partners === undefined) throw new Error('two directories were made')
  const keys = [1, 2].map((fill) => ({ id: `k${fill}`, bytes: new Uint8Array(32).fill(fill) }))
  const rings = keys.map((key, at) => makeKeyRing(key, keys.slice(0, at)))
  // Another key from the middle of the year on.
  const digestsBy = rings.map(testDigestsBy)
  let isTurned = false
  const digests = () => {
    const [before, since] = digestsBy
    if (before === undefined || since === undefined) throw new Error('two rings were made')
    return isTurned ? since : before
  }
  const world = aWorld({
    clock,
    accounts: [],
    directories: [staff, partners],
    wrap: (deps) => ({
      ...deps,
      digests: {
        get keyId() {
          return digests().keyId
        },
        of: (...call) => digests().of(...call),
      },
      tenant: (id) => ({
        ...deps.tenant(id),
        ageOf: (entry) => policyFor(policies, entry).age,
        remembers: ({ directory }) => (directory === 'partners' ? history : 0),
      }),
    }),
  })
  const { rows } = world.store
  const said = new Map<string, string[]>(people.map(({ name }) => [name, []]))
  const rounds: Date[] = []

  const nameOf = new Map<string, string>()
  for (const { name, directory } of people) {
    const account = { directory, key: `key-of-${name}` }
    nameOf.set(await world.store.subjectOf(northwind, account), name)
  }
  const round = async () => {
    await world.recovery.tellOfExpiry({ tenant: northwind }, AbortSignal.timeout(60_000))
    for (const { name, subject, facts } of rows.events.splice(0)) {
      const log = said.get(nameOf.get(subject ?? '') ?? '') ?? []
      const at = `round ${rounds.length - 1}: `
      if (name === 'password.expiry-reminded') log.push(`${at}${String(facts['days'])} days left`)
      if (name === 'password.expired') {
        const mailed = rows.messages.some(
          (order) => order.subject === subject && order.kind === 'password-expired',
        )
        const marked = facts['mark'] === 'set'
        log.push(at + [...(mailed ? ['expired'] : []), ...(marked ? ['marked'] : [])].join(', '))
      }
    }
    rows.flows.clear()
    const mailed = rows.messages.splice(0)
    for (const { kind, subject } of mailed.filter((order) => order.kind.startsWith('password-expire'))) {
      const person = byName.get(nameOf.get(subject) ?? '')
      if (person !== undefined && habits[person.habit].some((what) => what === kind)) {
        person.plans = rounds.length + (person.habit === 'late' ? 3 : 0)
      }
    }
    return mailed.filter((order) => order.kind !== 'password-changed').length
  }

  const took = (person: Person, password: string) => {
    person.password = password
    person.passwords.push(password)
    person.setAt.push(clock.now())
  }
  /** People go back to their oldest password if they are let. */
  const wishesOf = ({ directory, passwords, password, seen }: Person) => {
    const [oldest = ''] = passwords
    const remembered = directory === 'staff' ? passwords.slice(-history) : [...seen, password]
    const isRemembered = remembered.includes(oldest)
    return { oldest, isRemembered, fresh: `another password ${passwords.length}` }
  }
  const saw = (person: Person, next: string) => {
    const { password, seen } = person
    const before = seen.at(-1) === password ? seen : [...seen.filter((one) => one !== password), password]
    person.seen = [...before, next].slice(-history)
  }
  const changeAtPortal = async (person: Person) => {
    const client = aClient({ network: person.name })
    const signed = await signIn(world, person.name, { password: person.password, client })
    if (!signed.ok) throw new Error(`${person.name} was refused: ${signed.because}`)
    const { session, secret: sessionSecret } = signed
    // In whose reminders they change, or in whose grace or after it.
    expect(session.mustChange).toBe(person.habit === 'late' ? 'expired' : null)
    const opened = await world.recovery.openChange({ session, client, locale: 'en' })
    if (!opened.ok) throw new Error(`${person.name} may not change: ${opened.because}`)
    const { flow, secret } = opened
    const holding = { tenant: northwind, id: flow.id, secret, session, sessionSecret }
    const { oldest, isRemembered, fresh } = wishesOf(person)
    const change = (password: string) =>
      changePassword(world, holding, { current: person.password, password, client })
    const back = await change(oldest)
    if (isRemembered) {
      expect(back).toEqual({
        ok: false,
        because: 'password-refused',
        reasons: [
          { code: 'password-in-history', ...(person.directory === 'staff' ? {} : { count: history }) },
        ],
      })
      expect(await change(fresh)).toMatchObject({ ok: true })
    } else {
      expect(back).toMatchObject({ ok: true })
    }
    saw(person, isRemembered ? fresh : oldest)
    took(person, isRemembered ? fresh : oldest)
  }
  const changeElsewhere = async (person: Person) => {
    const { fresh } = wishesOf(person)
    const passwords = { current: new Secret(person.password), next: new Secret(fresh) }
    const directory = person.directory === 'staff' ? staff : partners
    const key = `key-of-${person.name}`
    const changed = await directory.changePassword(key, passwords, AbortSignal.timeout(1_000))
    expect(changed).toEqual({ ok: true })
    took(person, fresh)
  }

  for (let today = 0; today < 365; today += 1) {
    if (today === 180) isTurned = true
    // Nothing ran on two days in a row.
    if (today !== 120 && today !== 121) {
      rounds.push(clock.now())
      await round()
      // Another node, or the same after a crash.
      if (today % 5 === 0) expect(await round()).toBe(0)
    }
    clock.advance(4 * hour)
    for (const person of people) {
      const plansNow = person.plans !== null && person.plans <= rounds.length
      if (person.habit === 'elsewhere' && today % 49 === 20) await changeElsewhere(person)
      // Twice within the year, past Rekey, whatever else they do.
      if (person.habit === 'careful' && (today === 77 || today === 230)) await changeElsewhere(person)
      if (plansNow) {
        await changeAtPortal(person)
        person.plans = null
      }
    }
    clock.advance(20 * hour)
  }

  for (const person of people) {
    expect([person.name, said.get(person.name)]).toEqual([person.name, expected(person, rounds)])
  }
  const saidBy = (habit: Habit, groups: number) =>
    people
      .filter((person) => person.habit === habit && person.groups.length === groups)
      .flatMap(({ name }) => said.get(name) ?? [])
  expect(
    people.filter(({ groups }) => groups.length === 0).flatMap(({ name }) => said.get(name) ?? []),
  ).toEqual([])
  expect(saidBy('careful', 1).filter((what) => !what.endsWith('days left'))).toEqual([])
  expect(saidBy('late', 1).filter((what) => what.endsWith('expired')).length).toBeGreaterThan(50)
  expect(saidBy('never', 1).filter((what) => what.includes('marked')).length).toBe(45)
  expect(Math.max(...people.map(({ passwords }) => passwords.length))).toBeGreaterThan(history + 3)
  for (const { name, directory, seen } of people) {
    const subject = await world.store.subjectOf(northwind, { directory, key: `key-of-${name}` })
    const remembered = await world.store.readRemembered(northwind, subject)
    expect([name, remembered.length]).toEqual([name, directory === 'staff' ? 0 : seen.length])
  }
  const wentBack = people.filter(
    ({ directory, passwords: [oldest = '', ...later] }) => directory === 'partners' && later.includes(oldest),
  )
  expect(wentBack.length).toBeGreaterThan(10)
}, 120_000)
