import fc from 'fast-check'
import {
  type Answered,
  makeInvite,
  makeWithdraw,
  type RecoveryDeps,
  type Refused,
  type StartedKind,
} from '../../src/core/recovery/index.ts'
import type { RecoveryStore } from '../../src/core/recovery/ports.ts'
import { failuresOf } from '../../src/kernel/each-row.ts'
import { Fault, isFault } from '../../src/kernel/fault.ts'
import { anApp, enrolledLongAgo } from './enrolling.ts'
import { seededBytes } from './fake-outside.ts'
import { aCall, aHelpdesk } from './helpdesk-world.ts'
import type { WriteFate } from './memory-directory.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  type Mail,
  northwind,
} from './recovery-world.ts'
import { isWayIn, makeObserver } from './walk-observer.ts'

/**
 * One doing in a walk. Numbers pick from what there is, the newest first, and wrap round: every step is possible at
 * every time, and old secrets, links and codes are tried as often as fresh ones.
 */
export type Step =
  | { do: 'start'; who: number; browser: number; kind: StartedKind }
  /** Start, mail, click: most walks must get further than chance would. */
  | { do: 'prove'; who: number; browser: number; kind: StartedKind }
  | { do: 'jobs' }
  | { do: 'ask'; holding: number }
  /** Waits until another mail may be asked for, and gets it. */
  | { do: 'again'; holding: number }
  | { do: 'click'; mail: number }
  /** Into the flow that the mail is for, or any other. */
  | { do: 'type'; mail: number; holding: number | null }
  | { do: 'guess'; holding: number }
  | { do: 'write'; holding: number; weak: boolean }
  | { do: 'unlock'; holding: number; lost: boolean }
  | { do: 'invite'; who: number; again: boolean }
  | { do: 'withdraw'; mail: number }
  /** Whatever mail it is: only an invitation's link or code activates. */
  | { do: 'activate'; mail: number; by: 'link' | 'code' }
  /** Invites somebody, and the mail is used. */
  | { do: 'join'; who: number }
  | { do: 'disavow'; mail: number; by: 'link' | 'code' }
  /** An operator ends all sessions and flows of somebody. */
  | { do: 'end-all'; who: number }
  /** The same of everybody while a write is under way, which is refused then. */
  | { do: 'cut-off'; holding: number }
  | { do: 'wait'; seconds: number }
  | { do: 'fate'; fate: (typeof fates)[number]; probeFails: boolean }
  /** A write that hung gets its answer. */
  | { do: 'release' }
  /** The process that makes the so many-th statement from here dies, before or after its commit. */
  | { do: 'crash'; statements: number; committed: boolean }
  | { do: 'directory'; down: boolean }
  | { do: 'account'; who: number; disabled: boolean }
  /** Somebody types wrong passwords at the directory. */
  | { do: 'lock'; who: number }
  | { do: 'sweep' }
  /** Types what an app shows now: the one of somebody who has one, or of a stranger. */
  | { do: 'app'; holding: number; own: boolean }
  /** Comes back with mail and app. */
  | { do: 'prove-both'; browser: number; kind: StartedKind; appFirst: boolean }
  | { do: 'race'; steps: readonly Step[] }

const some = fc.nat(11)
const flag = fc.boolean()
const seldom = fc.nat(4).map((one) => one === 4)
const is = <Name extends string>(name: Name) => fc.constant(name)

const kind = fc.constantFrom<StartedKind[]>('recovery', 'recovery', 'recovery', 'unlock')

const write: fc.Arbitrary<Step> = fc.record({ do: is('write'), holding: fc.nat(3), weak: seldom })

const request: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: is('start'), who: some, browser: some, kind }) },
  { weight: 4, arbitrary: fc.record({ do: is('jobs') }) },
  { weight: 1, arbitrary: fc.record({ do: is('ask'), holding: some }) },
  { weight: 4, arbitrary: fc.record({ do: is('click'), mail: some }) },
  { weight: 4, arbitrary: fc.record({ do: is('type'), mail: some, holding: fc.option(some) }) },
  { weight: 1, arbitrary: fc.record({ do: is('guess'), holding: some }) },
  { weight: 8, arbitrary: write },
  { weight: 2, arbitrary: fc.record({ do: is('unlock'), holding: fc.nat(3), lost: seldom }) },
  { weight: 1, arbitrary: fc.record({ do: is('invite'), who: some, again: flag }) },
  { weight: 1, arbitrary: fc.record({ do: is('withdraw'), mail: some }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: is('activate'), mail: fc.nat(3), by: fc.constantFrom('link', 'code') }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('disavow'), mail: some, by: fc.constantFrom('link', 'code') }) },
  { weight: 1, arbitrary: fc.record({ do: is('end-all'), who: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: is('app'), holding: fc.nat(3), own: flag }) },
  { weight: 1, arbitrary: fc.record({ do: is('sweep') }) },
)

const fates = [
  'lost',
  'applied',
  'late',
  'refused',
  'directory-unreachable',
  'directory-rights-missing',
  'directory-answer-unusable',
] as const

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: request },
  { weight: 12, arbitrary: write },
  { weight: 12, arbitrary: fc.record({ do: is('prove'), who: fc.nat(2), browser: some, kind }) },
  { weight: 2, arbitrary: fc.record({ do: is('join'), who: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ do: is('prove-both'), browser: some, kind, appFirst: flag }) },
  { weight: 4, arbitrary: fc.record({ do: is('lock'), who: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is('wait'),
      seconds: fc.constantFrom(1, 1, 18, 18, 30, 600, 1_800, 86_400),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('cut-off'), holding: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: is('fate'), fate: fc.constantFrom(...fates), probeFails: flag }) },
  { weight: 2, arbitrary: fc.record({ do: is('again'), holding: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: is('release') }) },
  { weight: 2, arbitrary: fc.record({ do: is('crash'), statements: fc.nat(3), committed: flag }) },
  { weight: 1, arbitrary: fc.record({ do: is('directory'), down: seldom }) },
  { weight: 1, arbitrary: fc.record({ do: is('account'), who: some, disabled: seldom }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: is('race'), steps: fc.array(request, { minLength: 2, maxLength: 4 }) }),
  },
)

export interface Walk {
  steps: readonly Step[]
  /** Decides ids, secrets and in which order racing requests get their turns. */
  seed: number
}

export const anyWalk: fc.Arbitrary<Walk> = fc.record({
  steps: fc.array(anyStep, { minLength: 6, maxLength: 30, size: 'max' }),
  seed: fc.nat(),
})

const people = ['ada', 'bob', 'nobody'] as const
const acceptSeconds = 300
const accounts = ['ada', 'bob'].map((name) =>
  anAccount(name, { recoveryAddresses: [`${name}@home.example`, `${name}@work.example`] }),
)

/** Something broken on purpose: a suite that does not find it is broken itself. */
export type Breakage = (deps: RecoveryDeps) => RecoveryDeps

/**
 * Walks, and says what the observer saw that must never happen. Generous quotas, so that walks are not stopped by
 * what other tests prove.
 */
export async function walk({ steps, seed }: Walk, breakage: Breakage = (deps) => deps): Promise<Walked> {
  const chance = seededBytes(seed)
  const weather = makeWeather(() => (chance(1)[0] ?? 0) % 4)
  const world = aWorld({
    accounts,
    methods: ['email_link', 'email_code', 'totp'],
    randomBytes: chance,
    rules: {
      ...{ mailbox: [{ max: 1_000, windowSeconds: 60 }], asksPerFlow: 50, policyRefusalsPerFlow: 3 },
      // In every other walk passwords wait for a directory that is away.
      acceptSeconds: seed % 2 === 0 ? 0 : acceptSeconds,
    },
    wrap: (deps) => breakage({ ...deps, store: inWeather(deps.store, weather) }),
  })
  // In every third walk one of them has an app.
  const app = seed % 3 === 0 ? await enrolledLongAgo(world, 'bob') : null
  const strangersApp = anApp('stranger', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
  const observer = makeObserver(world, app === null ? [] : ['key-of-bob'])
  const { recovery, directory } = world
  const inviteBy = makeInvite(world.deps)
  const withdraw = makeWithdraw(world.deps)
  const { endSessions } = aHelpdesk(world)
  const holdings: Holding[] = []
  const hanging: { release(): void; over: Promise<void> }[] = []
  /** Told when a password hangs in the directory: nobody waits for that answer. */
  const stalls = new Map<string, () => void>()
  const disavowals = new Set<string | null>()
  let passwords = 0
  let nextLate = latch()

  directory.onWrite = (write) => {
    observer.arrived(write)
    if (write.fate.is === 'late') stalls.get(write.password)?.()
  }
  directory.onUnlock = observer.unlockArrived
  const runJobs = () => {
    // Nobody would release what hangs in a job.
    const isWriting = world.jobs.some(({ queue }) => queue === 'write-waiting')
    if (isWriting && directory.nextWrite.is === 'late') directory.nextWrite = { is: 'written' }
    return world.runJobs()
  }
  const keep = (answer: Answered | Refused) => {
    if (answer.ok && answer.secret !== undefined) {
      holdings.push({ tenant: northwind, id: answer.flow.id, secret: answer.secret })
    }
  }
  const start = async ({ who, browser, kind }: { who: number; browser: number; kind: StartedKind }) =>
    keep(
      await recovery.start({
        tenant: northwind,
        identifier: people[who % people.length] ?? 'nobody',
        kind,
        service: null,
        locale: 'en',
        client: aClient({ network: `net-${holdings.length}`, deviceDigest: `browser-${browser % 2}` }),
      }),
    )
  const click = async ({ link }: Mail) => {
    const client = aClient({ network: `net-${holdings.length}` })
    const answer = await recovery.spendLink({ tenant: northwind, token: link, client, locale: 'en' })
    observer.clicked(link, answer)
    keep(answer)
  }
  const typeApp = async (holding: Holding, own: boolean) => {
    const from = own && app !== null ? app : strangersApp
    const client = aClient({ network: `net-${holdings.length}` })
    const code = from.code(world.clock.now())
    const answer = await recovery.prove({ ...holding, method: 'totp', code, client })
    const step = Math.floor(world.clock.now().getTime() / 30_000)
    observer.typedApp({ flow: holding.id, key: from === app ? 'key-of-bob' : null, step }, answer)
    keep(answer)
  }
  const proveBoth = async (step: Step & { do: 'prove-both' }) => {
    const [mailsBefore, heldBefore] = [world.mails.length, holdings.length]
    await start({ ...step, who: people.indexOf('bob') })
    await runJobs()
    const fresh = world.mails.slice(mailsBefore).findLast(({ order }) => isWayIn(order))
    const holding = holdings.at(-1)
    if (fresh === undefined || holding === undefined || holdings.length === heldBefore) return
    // A code of another time step than the last.
    world.clock.advance(30)
    if (step.appFirst) {
      await typeApp(holding, true)
      const next = holdings.at(-1)
      return next === undefined ? undefined : type(next, fresh.code)
    }
    await click(fresh)
    const clicked = holdings.at(-1)
    return clicked === undefined ? undefined : typeApp(clicked, true)
  }
  const type = async (holding: Holding, code: string) => {
    const client = aClient({ network: `net-${holdings.length}` })
    const answer = await recovery.prove({ ...holding, method: 'email_code', code, client })
    observer.typed({ flow: holding.id, code }, answer)
    keep(answer)
  }
  const write = async (holding: Holding, weak: boolean) => {
    passwords += 1
    const password = weak ? `w${passwords}` : `password ${passwords}`
    observer.offers(password, holding.id)
    const late = nextLate
    const stalled = new Promise<'stalled'>((resolve) => stalls.set(password, () => resolve('stalled')))
    const over = recovery
      .setPassword({ ...holding, password: aPassword(password), client: aClient() })
      .then((answer) => observer.answered(password, answer), forgive)
    if ((await Promise.race([over, stalled])) === 'stalled') hanging.push({ release: late.open, over })
  }
  const unlock = async (holding: Holding) => {
    observer.asksToUnlock(holding.id)
    const answer = await recovery.unlock({ ...holding, client: aClient() })
    observer.unlockAnswered(answer)
  }
  const invite = async (who: number, again: boolean) => {
    const call = { tenant: northwind, identifier: people[who % people.length] ?? 'nobody', address: null }
    const more = {
      locale: null,
      localeOtherwise: 'en',
      service: null,
      invitedBy: 'a walk',
      dryRun: false,
      mayNameAddress: true,
    }
    await inviteBy({ ...call, ...more, again }, AbortSignal.timeout(60_000)).catch((error: unknown) => {
      // An operator is told so, and tries again.
      if (!isFault(error, 'directory-unreachable')) throw error
    })
  }
  const activate = async (mail: Mail, by: 'link' | 'code') => {
    const client = aClient({ network: `net-${holdings.length}` })
    const token = by === 'link' ? mail.link : mail.code
    const answer = await recovery.activate({ tenant: northwind, token, client, locale: 'en' })
    observer.activated(mail, answer)
    keep(answer)
  }
  const disavow = async (mail: Mail, by: 'link' | 'code') => {
    const token = by === 'link' ? mail.disavowLink : mail.disavowCode
    if (token === null) return
    const client = aClient({ network: `net-${holdings.length}` })
    // One that got no answer may have been used as well, and saying it twice does nothing more.
    const isFirst = !disavowals.has(mail.order.disavowal)
    disavowals.add(mail.order.disavowal)
    const answer = await recovery.disavow({ tenant: northwind, token, client })
    if (answer.ok && isFirst) observer.disavowed(mail, answer.written)
  }

  const endAll = async (username: string) => {
    const key = `key-of-${username}`
    const subject = await world.deps.store.subjectOf(northwind, { directory: 'people', key })
    if ((await endSessions(aCall(), subject)).ok) observer.endedAll(key)
  }

  const take = async (step: Step): Promise<void> => {
    const holding = 'holding' in step && step.holding !== null ? pick(holdings, step.holding) : undefined
    const mail = 'mail' in step ? pick(world.mails, step.mail) : undefined
    switch (step.do) {
      case 'start':
        return start(step)
      case 'prove': {
        const before = world.mails.length
        await start(step)
        await runJobs()
        const fresh = world.mails.slice(before).findLast(({ order }) => isWayIn(order))
        return fresh === undefined ? undefined : click(fresh)
      }
      case 'jobs':
        return runJobs()
      case 'ask':
        if (holding !== undefined) keep(await recovery.ask(holding))
        return
      case 'again':
        world.clock.advance(30)
        if (holding !== undefined) keep(await recovery.ask(holding))
        return runJobs()
      case 'click':
        return mail === undefined ? undefined : click(mail)
      case 'type': {
        const into = holding ?? holdings.findLast(({ id }) => id === mail?.order.flow)
        return mail === undefined || into === undefined ? undefined : type(into, mail.code)
      }
      case 'guess':
        return holding === undefined ? undefined : type(holding, '00000000')
      case 'app':
        return holding === undefined ? undefined : typeApp(holding, step.own)
      case 'prove-both':
        return proveBoth(step)
      case 'write':
        return holding === undefined ? undefined : write(holding, step.weak)
      case 'invite':
        return invite(step.who, step.again)
      case 'withdraw': {
        const id = mail?.order.invitation
        if (id === undefined) return
        const answer = await withdraw({ tenant: northwind, id })
        if (answer.ok) observer.withdrawn(id)
        return
      }
      case 'end-all':
        return endAll(people[step.who % 2] ?? '')
      case 'cut-off': {
        if (holding === undefined) return
        nextLate = latch()
        directory.nextWrite = { is: 'late', until: nextLate.opened, refused: 'password-in-history' }
        const hung = hanging.length
        await write(holding, false)
        for (const { username } of accounts) await endAll(username)
        const [cutOff] = hanging.splice(hung)
        cutOff?.release()
        return cutOff?.over
      }
      case 'activate':
        return mail === undefined ? undefined : activate(mail, step.by)
      case 'join': {
        const before = world.mails.length
        await invite(step.who, true)
        await runJobs()
        const fresh = world.mails.slice(before).findLast(({ order }) => order.kind === 'invitation')
        return fresh === undefined ? undefined : activate(fresh, 'link')
      }
      case 'unlock':
        directory.unlockIsLost = step.lost
        return holding === undefined ? undefined : unlock(holding)
      case 'lock': {
        const key = `key-of-${people[step.who % 2] ?? ''}`
        const entry = directory.people.get(key)
        if (entry !== undefined) directory.people.set(key, { ...entry, locked: true })
        return
      }
      case 'disavow':
        return mail === undefined ? undefined : disavow(mail, step.by)
      case 'wait':
        world.clock.advance(step.seconds)
        return
      case 'fate':
        nextLate = latch()
        directory.nextWrite = fateOf(step.fate, nextLate.opened)
        directory.probeFails = step.probeFails
        return
      case 'release': {
        const [first] = hanging.splice(0, 1)
        first?.release()
        return first?.over
      }
      case 'crash':
        weather.strikes({ statements: step.statements, committed: step.committed })
        return
      case 'directory':
        directory.down = step.down
        return
      case 'account': {
        const key = `key-of-${people[step.who % 2] ?? ''}`
        const entry = directory.people.get(key)
        if (entry !== undefined) directory.people.set(key, { ...entry, disabled: step.disabled })
        return
      }
      case 'sweep':
        await recovery.sweep()
        return
      case 'race':
        await Promise.all(step.steps.map((one) => take(one).catch(forgive)))
        return
    }
  }

  for (const step of steps) {
    await take(step).catch(forgive)
    observer.stepIsOver()
    if (observer.violations.length > 0) break
  }
  weather.clears()
  world.clock.advance(60)
  await recovery.sweep()
  world.clock.advance(acceptSeconds)
  await recovery.sweep()
  observer.stepIsOver()
  observer.looksBack()
  return { violations: observer.violations, events: world.events() }
}

export interface Walked {
  violations: readonly string[]
  /** Names of the audit events, in order: how far it got. */
  events: readonly string[]
}

const pick = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items.length === 0 ? undefined : items.at(-1 - (number % items.length))

function latch() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

function fateOf(fate: (typeof fates)[number], until: Promise<void>): WriteFate {
  switch (fate) {
    case 'lost':
    case 'applied':
      return { is: 'unanswered', applied: fate === 'applied' }
    case 'late':
      return { is: 'late', until }
    case 'refused':
      return { is: 'refused', because: 'password-in-history' }
    default:
      return { is: 'fault', code: fate }
  }
}

/** What a dead process leaves behind is the state of the store; whoever asked it gets no answer. */
function forgive(error: unknown): void {
  // A sweeper says for which row it died.
  const causes = failuresOf(error).map((one) => (one instanceof Error ? (one.cause ?? one) : one))
  if (!causes.every((cause) => isFault(cause, 'database-unavailable'))) throw error
}

interface Strike {
  statements: number
  committed: boolean
}

/** Turns are given up at chance before each statement, and now and then a process dies at one. */
function makeWeather(turns: () => number) {
  let strike: Strike | null = null
  return {
    strikes: (next: Strike) => {
      strike = { ...next }
    },
    clears: () => {
      strike = null
    },
    async over<Result>(work: () => Promise<Result>): Promise<Result> {
      for (let left = turns(); left > 0; left -= 1) await Promise.resolve()
      if (strike === null) return work()
      const { committed } = strike
      strike.statements -= 1
      if (strike.statements >= 0) return work()
      strike = null
      if (committed) await work()
      throw new Fault('database-unavailable')
    },
  }
}

type Weather = ReturnType<typeof makeWeather>

const inWeather = (store: RecoveryStore, { over }: Weather): RecoveryStore => ({
  begin: (flow, effects) => over(() => store.begin(flow, effects)),
  record: (events) => over(() => store.record(events)),
  read: (tenant, id) => over(() => store.read(tenant, id)),
  readLedger: (tenant, subject) => over(() => store.readLedger(tenant, subject)),
  subjectOf: (tenant, account) => over(() => store.subjectOf(tenant, account)),
  decide: (target, decider) => over(() => store.decide(target, decider)),
  decideSubject: (target, decider) => over(() => store.decideSubject(target, decider)),
  readEnrolments: (tenant, subject) => over(() => store.readEnrolments(tenant, subject)),
  decideDisavowal: (target, decider) => over(() => store.decideDisavowal(target, decider)),
  readSession: (tenant, id) => over(() => store.readSession(tenant, id)),
  decideInvitations: (target, decider) => over(() => store.decideInvitations(target, decider)),
  readInvitation: (tenant, by) => over(() => store.readInvitation(tenant, by)),
  lastInvitation: (tenant, subject) => over(() => store.lastInvitation(tenant, subject)),
  listInvitations: (tenant, page) => over(() => store.listInvitations(tenant, page)),
  isKnownDevice: (tenant, subject, device) => over(() => store.isKnownDevice(tenant, subject, device)),
  readRemembered: (tenant, subject) => over(() => store.readRemembered(tenant, subject)),
  cutHistories: (kept) => over(() => store.cutHistories(kept)),
  overrunWrites: (now, page) => over(() => store.overrunWrites(now, page)),
  readWaiting: (tenant, flow) => over(() => store.readWaiting(tenant, flow)),
  overdueWaits: (now, page) => over(() => store.overdueWaits(now, page)),
  readSeen: (tenant, subject) => over(() => store.readSeen(tenant, subject)),
  forget: (before) => over(() => store.forget(before)),
})
