import { makeSlowDigests } from '../../src/adapters/argon2/slow-digests.ts'
import { makePasskeys } from '../../src/adapters/webauthn/passkeys.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { type EnrolmentDesk, makeEnrolment } from '../../src/core/enrolment/index.ts'
import { isDecoy } from '../../src/core/messages/index.ts'
import type { MessageOrder } from '../../src/core/messages/ports.ts'
import { type PasswordJudgement, passwordPolicyDefaults } from '../../src/core/passwords/index.ts'
import type { SlowDigests } from '../../src/core/passwords/ports.ts'
import {
  type AssurancePolicy,
  defaultAssurance,
  type Method,
  makePasskeyChallenges,
} from '../../src/core/proofs/index.ts'
import type { Client } from '../../src/core/recovery/flow.ts'
import {
  defaultRules,
  makeRecovery,
  makeTokens,
  type Recovery,
  type RecoveryDeps,
  type RecoveryRules,
  type RecoveryTenant,
  type StartedKind,
  type Tokens,
} from '../../src/core/recovery/index.ts'
import type { Job, Limiter } from '../../src/core/recovery/ports.ts'
import type { RiskAssessor } from '../../src/core/risk/ports.ts'
import {
  makeSessions,
  type PortalSession,
  type Sessions,
  type SignInMeans,
} from '../../src/core/sessions/index.ts'
import type { Identity } from '../../src/core/sessions/ports.ts'
import { isFault } from '../../src/kernel/fault.ts'
import { type KeyRing, makeKeyRing } from '../../src/kernel/keys.ts'
import type { Outside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aClock, type FakeClock, seededBytes } from './fake-outside.ts'
import { type MemoryAccount, type MemoryDirectory, makeMemoryDirectory } from './memory-directory.ts'
import { makeMemoryLimiter } from './memory-limiter.ts'
import { type MemoryStore, makeMemoryStore } from './memory-store.ts'
import { noRisk } from './no-risk.ts'

export const northwind = 'northwind'

/** A person of the directory `people`. The user name alone gives an ordinary account with one mailbox. */
export const anAccount = (username: string, over: Partial<MemoryAccount> = {}): MemoryAccount => ({
  key: `key-of-${username}`,
  username,
  displayName: username,
  mails: [`${username}@northwind.example`],
  upn: null,
  recoveryAddresses: [`${username}@home.example`],
  locale: null,
  disabled: false,
  locked: false,
  privileged: false,
  federated: false,
  secondFactor: false,
  contextWords: [username],
  place: null,
  groups: [],
  password: { changedAt: null, mustChange: false, expiresAt: null, failedTries: 0 },
  ...over,
})

export const aClient = (over: Partial<Client> = {}): Client => ({
  device: 'Firefox on Windows',
  place: null,
  network: '192.0.2.0/24',
  deviceDigest: null,
  ...over,
})

/** One token key, so that worlds of one test run understand each other's links. */
const testRing = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(7) })
export const testTokens: Tokens = makeTokens(testRing, new Uint8Array(32).fill(8))

/** The product's own, with less memory and one pass. */
export const testDigestsBy = (ring: KeyRing): SlowDigests =>
  makeSlowDigests(ring, { memoryCost: 8, timeCost: 1 })
export const testDigests = testDigestsBy(testRing)
export const testPasskeys = { ...makePasskeys(), ...makePasskeyChallenges(new Uint8Array(32).fill(4)) }

/** A mail as it arrives: the order, and the secrets that the delivery job derives for it. */
export interface Mail {
  order: MessageOrder
  link: string
  code: string
  disavowLink: string | null
  disavowCode: string | null
}

export function readMail(tokens: Tokens, order: MessageOrder): Mail {
  const { tenant, generation, keyId, disavowal } = order
  const of = { tenant, flow: order.flow ?? '', generation, keyId }
  const no = disavowal === null ? null : { tenant, id: disavowal, keyId }
  const invitation = order.invitation === undefined ? null : { tenant, id: order.invitation, keyId }
  return {
    order,
    link: invitation === null ? tokens.link(of) : tokens.invitationLink(invitation),
    code: invitation === null ? tokens.code(of) : tokens.invitationCode(invitation),
    disavowLink: no && tokens.disavowLink(no),
    disavowCode: no && tokens.disavowCode(no),
  }
}

/** Every check that a password gets here; the product's own policy is proven elsewhere and costs milliseconds. */
export function judgeByLength(password: Secret): PasswordJudgement {
  const { length } = password.reveal()
  return length >= 8
    ? { ok: true, normalized: password }
    : { ok: false, because: [{ code: 'password-too-short', min: 8, length }] }
}

export function aRecoveryTenant(
  directories: readonly Directory[],
  rules: Partial<RecoveryRules> = {},
  methods: readonly Method[] = ['email_link', 'email_code'],
  assurance: AssurancePolicy = defaultAssurance,
): RecoveryTenant {
  return {
    id: northwind,
    title: 'Northwind',
    locale: 'en',
    rules: { ...defaultRules, ...rules },
    methods,
    assurance: defaultAssurance,
    assuranceOf: () => assurance,
    party: { id: 'id.northwind.example', origin: 'https://id.northwind.example', name: 'Northwind' },
    ambiguous: 'refuse',
    links: [],
    titleOf: (name) => `the ${name}`,
    directoriesFor: () => directories.map((directory) => ({ directory, domains: [directory.name] })),
    directory: (name) => directories.find((directory) => directory.name === name) ?? null,
    judge: async (password) => {
      const judged = judgeByLength(password)
      return judged.ok ? { ...judged, unanswered: [] } : judged
    },
    judgeWhileTyping: judgeByLength,
    passwordRules: () => [],
    remembers: () => 0,
    examine: async () => ({ flaws: [], unanswered: [] }),
    ageOf: () => passwordPolicyDefaults.age,
    signsInElsewhere: () => false,
    passwordProvider: ({ federated }) => (federated ? 'contoso' : null),
  }
}

export interface WorldOptions {
  accounts?: readonly ReturnType<typeof anAccount>[]
  /** Other directories beside `people`. */
  directories?: readonly MemoryDirectory[]
  rules?: Partial<RecoveryRules>
  means?: SignInMeans
  methods?: readonly Method[]
  assurance?: AssurancePolicy
  clock?: FakeClock
  randomBytes?: Outside['randomBytes']
  /** Nothing is scored unless it is given. */
  risk?: RiskAssessor
  /** None are configured unless it is given. */
  texts?: RecoveryDeps['texts']
  /** Puts something between the core and its ports: how crashes and broken builds are played. */
  wrap?: (deps: RecoveryDeps) => RecoveryDeps
}

export interface World {
  recovery: Recovery
  sessions: Sessions
  enrolment: EnrolmentDesk
  deps: RecoveryDeps
  clock: FakeClock
  store: MemoryStore
  limiter: Limiter
  directory: MemoryDirectory
  tokens: Tokens
  rules: RecoveryRules
  /** Jobs that wait, oldest first. */
  jobs: Job[]
  /** Mails that arrived, oldest first. */
  mails: Mail[]
  /** The next enqueue, and with it its transaction, fails. */
  failNextEnqueue(): void
  /** Runs what waits. A job that fails for a fault of the outside stays for the next time. */
  runJobs(): Promise<void>
  /** Names of the audit events so far. */
  events(): readonly string[]
  /** A founder of the same company on the same rows: another node, or a person with chance of their own. */
  another(over: Partial<RecoveryDeps>): Recovery
}

/** The real core over rows in memory, with a clock that tests move. */
export function aWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? aClock()
  const outside: Outside = { now: () => clock.now(), randomBytes: options.randomBytes ?? seededBytes(1) }
  const directory = makeMemoryDirectory('people', options.accounts ?? [anAccount('ada')], outside)
  const jobs: Job[] = []
  let enqueueFails = false
  const store = makeMemoryStore({
    outside,
    enqueue: (more) => {
      if (enqueueFails) {
        enqueueFails = false
        throw new Error('the queue is full')
      }
      jobs.push(...more)
    },
  })
  const { rules, methods, assurance } = options
  const tenant = aRecoveryTenant([directory, ...(options.directories ?? [])], rules, methods, assurance)
  const limiter = makeMemoryLimiter(clock)
  const plain: RecoveryDeps = {
    ...outside,
    store,
    limiter,
    tokens: testTokens,
    digests: testDigests,
    risk: options.risk ?? noRisk,
    passkeys: testPasskeys,
    texts: options.texts ?? null,
    tenant: () => tenant,
  }
  const deps = options.wrap?.(plain) ?? plain
  const recovery = makeRecovery(deps)
  const desk = makeEnrolment(deps)
  const enrolment: EnrolmentDesk = {
    ...desk,
    // Each request reads its session anew; a test keeps one.
    async confirm(call) {
      const answer = await desk.confirm(call)
      Object.assign(call.session, await store.readSession(northwind, call.session.id))
      return answer
    },
  }
  const sessions = makeSessions({
    ...deps,
    means: () => options.means ?? { password: true, provider: null },
    sealer: makeSealer(testRing, 'sign-in', outside),
  })
  const mails: Mail[] = []
  return {
    recovery,
    sessions,
    enrolment,
    deps,
    clock,
    store,
    limiter,
    directory,
    tokens: testTokens,
    rules: tenant.rules,
    jobs,
    mails,
    failNextEnqueue: () => {
      enqueueFails = true
    },
    runJobs: () => runJobs({ recovery, jobs, mails, store }),
    events: () => store.rows.events.map(({ name }) => name),
    another: (over) => makeRecovery({ ...deps, ...over }),
  }
}

type JobPlace = {
  recovery: Pick<Recovery, 'resolve' | 'writeWaiting'>
  jobs: Job[]
  mails: Mail[]
  store: MemoryStore
}

/** Jobs order others, so rounds go on until one gets nothing done. A job that breaks stays in the queue. */
async function runJobs(place: JobPlace): Promise<void> {
  for (let isDone = true; isDone; ) {
    isDone = false
    for (let left = place.jobs.length; left > 0; left -= 1) {
      const [job] = place.jobs
      if (job === undefined) break
      if (await runs(place, job)) isDone = true
      else place.jobs.push(job)
      place.jobs.shift()
    }
  }
}

async function runs({ recovery, mails, store }: JobPlace, job: Job): Promise<boolean> {
  if (job.queue === 'deliver-message') {
    const order = store.rows.messages.find(({ id }) => id === job.payload.message)
    if (order !== undefined && !isDecoy(order)) mails.push(readMail(testTokens, order))
    return true
  }
  try {
    if (job.queue === 'write-waiting') await recovery.writeWaiting(job.payload)
    else await recovery.resolve(job.payload, AbortSignal.timeout(60_000))
    return true
  } catch (error) {
    if (isFault(error)) return false
    throw error
  }
}

/** Somebody at a browser: keeps the secret of the flow that they hold. */
export interface Holding {
  tenant: string
  id: string
  secret: string
}

export const aPassword = (text = 'correct horse battery staple'): Secret => new Secret(text)

/** Starts a flow and runs its job. */
export async function start(
  world: World,
  identifier: string,
  over: { client?: Client; locale?: string; service?: string; kind?: StartedKind } = {},
): Promise<Holding> {
  const { client = aClient(), locale = 'en', service = null, kind = 'recovery' } = over
  const call = { tenant: northwind, identifier, kind, service, locale, client }
  const answer = await world.recovery.start(call)
  if (!answer.ok) throw new Error(`start was refused: ${answer.because}`)
  await world.runJobs()
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret }
}

/** The newest mail, or the newest to an address. */
export function lastMail(world: World, to?: string): Mail {
  const mail = world.mails.findLast(({ order }) => to === undefined || order.to === to)
  if (mail === undefined) throw new Error(`no mail${to === undefined ? '' : ` to ${to}`}`)
  return mail
}

export const spend = (world: World, link: string, client = aClient()) =>
  world.recovery.spendLink({ tenant: northwind, token: link, client, locale: 'en' })

/** Start, mail, click: a flow that may write. */
export async function prove(
  world: World,
  identifier: string,
  client = aClient(),
  kind: StartedKind = 'recovery',
): Promise<Holding> {
  await start(world, identifier, { client, kind })
  const answer = await spend(world, lastMail(world).link, client)
  if (!answer.ok) throw new Error(`the link was refused: ${answer.because}`)
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret }
}

export const setPassword = (
  world: World,
  holding: Holding,
  password = aPassword(),
  client: Client = aClient(),
) => world.recovery.setPassword({ ...holding, password, client })

/** What somebody types to sign in with the password that the directory was made with. */
export const initialPassword = (username: string): string => `initial password of key-of-${username}`

export const signIn = (
  world: World,
  identifier: string,
  { password = initialPassword(identifier), client = aClient() }: { password?: string; client?: Client } = {},
) =>
  world.sessions.signIn({
    tenant: northwind,
    identifier,
    password: new Secret(password),
    service: null,
    client,
  })

/** The company's own sign-in, which says the same of everybody who comes back. */
export const aProvider = (
  identity: Identity,
  over: Partial<NonNullable<SignInMeans['provider']>> = {},
): SignInMeans => ({
  password: true,
  provider: {
    names: 'account',
    directory: null,
    at: {
      begin: async () => ({
        url: 'https://sign-in.northwind.example/authorize',
        journey: { state: 'the state', nonce: 'the nonce', verifier: 'the verifier' },
      }),
      finish: async () => identity,
      origins: () => ['https://sign-in.northwind.example'],
      check: async () => undefined,
    },
    ...over,
  },
})

/** Goes to the provider and comes back; what a browser kept and what it came back with may be others than they should. */
export async function signInAs(
  world: World,
  over: { kept?: string | null; answer?: string; service?: string; client?: Client } = {},
): Promise<Awaited<ReturnType<Sessions['signInAs']>>> {
  const { client = aClient(), service = null } = over
  const departed = await world.sessions.depart({ tenant: northwind, service, client })
  if (!departed.ok) throw new Error(`nobody could go: ${departed.because}`)
  const { kept = departed.kept, answer = 'state=the+state&code=the+code' } = over
  return world.sessions.signInAs({ tenant: northwind, kept, answer: new URLSearchParams(answer), client })
}

/** Somebody who has signed in and opened a change. */
export interface Changing extends Holding {
  session: PortalSession
  /** Of the session. */
  sessionSecret: string
}

export async function openChange(world: World, username: string, client = aClient()): Promise<Changing> {
  const signed = await signIn(world, username, { client })
  return openChangeFor(world, signed, client)
}

export async function openChangeFor(
  world: World,
  signed: Awaited<ReturnType<Sessions['signIn']>>,
  client = aClient(),
): Promise<Changing> {
  if (!signed.ok) throw new Error(`the sign-in was refused: ${signed.because}`)
  const { session, secret: sessionSecret } = signed
  const opened = await world.recovery.openChange({ session, client, locale: 'en' })
  if (!opened.ok) throw new Error(`no change was opened: ${opened.because}`)
  const { flow, secret } = opened
  return { tenant: northwind, id: flow.id, secret, session, sessionSecret }
}

export async function actionToken(world: World, { tenant, id, secret }: Holding): Promise<string> {
  const issued = await world.recovery.issueAction({ tenant, id, secret })
  if (!issued.ok) throw new Error(`no action token: ${issued.because}`)
  return issued.token
}

export async function changePassword(
  world: World,
  holding: Changing,
  over: { current?: string; password?: string; token?: string; keepsSession?: boolean; client?: Client } = {},
) {
  const { tenant, id, secret, session } = holding
  return world.recovery.changePassword({
    tenant,
    id,
    secret,
    current: new Secret(over.current ?? initialPassword(session.username)),
    password: new Secret(over.password ?? 'correct horse battery staple'),
    actionToken: over.token ?? (await actionToken(world, holding)),
    keepsSession: over.keepsSession ?? false,
    client: over.client ?? aClient(),
  })
}
