import { languages } from '../../src/core/messages/index.ts'
import type { TenantVoice } from '../../src/core/messages/ports.ts'
import { describePolicy, type Flaw, passwordPolicyDefaults } from '../../src/core/passwords/index.ts'
import { type DemandReason, enrolledMethods } from '../../src/core/proofs/index.ts'
import { outcomes, type TargetOutcome } from '../../src/core/recovery/index.ts'
import type { MustChange } from '../../src/core/sessions/index.ts'
import { acceptedPage } from '../../src/http/portal/views/accepted.tsx'
import { activatePage } from '../../src/http/portal/views/activate.tsx'
import { changePage } from '../../src/http/portal/views/change.tsx'
import { disavowedPage, disavowPage } from '../../src/http/portal/views/disavow.tsx'
import { donePage } from '../../src/http/portal/views/done.tsx'
import { endedPage } from '../../src/http/portal/views/ended.tsx'
import { partlyPage } from '../../src/http/portal/views/partly.tsx'
import { passwordPage } from '../../src/http/portal/views/password.tsx'
import { problemPage } from '../../src/http/portal/views/problem.tsx'
import type {
  DisavowNotice,
  EndedBecause,
  PageContext,
  PageProblem,
  PasswordProblem,
  ProveNotice,
  SignInNotice,
  StartProblem,
} from '../../src/http/portal/views/props.ts'
import { provePage } from '../../src/http/portal/views/prove.tsx'
import { secondProofPage } from '../../src/http/portal/views/second-proof.tsx'
import { signInPage } from '../../src/http/portal/views/sign-in.tsx'
import { startPage } from '../../src/http/portal/views/start.tsx'
import { unlockPage } from '../../src/http/portal/views/unlock.tsx'
import { workingPage } from '../../src/http/portal/views/working.tsx'
import { methodSamples } from './method-samples.ts'

/** A tenant as configuration would give it. */
export const aTenant = (over: Partial<TenantVoice> = {}): TenantVoice => ({
  name: 'Northwind',
  helpDesk: { text: '+44 20 7946 0123', url: 'tel:+442079460123' },
  publicUrl: 'https://account.northwind.example',
  brandColor: null,
  timeZone: 'UTC',
  languages: Object.keys(languages),
  passwordProviders: [
    { name: 'contoso', title: 'Contoso sign-in', page: 'https://login.contoso.example/reset?for=you' },
  ],
  ...over,
})

export const aPage = (over: Partial<PageContext> = {}): PageContext => ({
  tenant: aTenant(),
  locale: 'en',
  here: '/recover',
  csrf: 'csrf-value',
  demo: false,
  look: {
    stylesheet: '/assets/portal.css',
    script: '/assets/portal.js',
    workScript: '/assets/work.js',
    theme: null,
    logo: null,
  },
  ...over,
})

/** The texts that reach a page from outside the catalogue, so that tests can put anything there. */
export interface OutsideText {
  maskedIdentifier: string
  serviceName: string
  serviceTitle: string
  providerLabel: string
  requestId: string
}

const ordinary: OutsideText = {
  maskedIdentifier: 'a•••@n•••••••d.example',
  serviceName: 'mail',
  serviceTitle: 'Northwind Mail',
  providerLabel: 'Northwind sign-in',
  requestId: '01jd9z6m3k8q',
}

const asked = {
  purpose: 'start',
  wait: { token: `k1.${'a'.repeat(26)}.1.1763649120000.${'b'.repeat(32)}`, seconds: 10 },
  identifier: 'ada@northwind.example',
} as const

const validUntil = new Date('2025-11-20T14:32:00Z')

/** A union's members, all of them: a new one does not compile until it has a sample. */
const each = <T extends string>(members: Record<T, true>) => Object.keys(members) as T[]

const startProblems = each<StartProblem>({
  'identifier-missing': true,
  'identifier-unreadable': true,
  'link-unusable': true,
  'flow-unknown': true,
})
const proveNotices = each<ProveNotice>({
  'wrong-code': true,
  'code-unreadable': true,
  'link-unusable': true,
  'sent-again': true,
  'asked-too-soon': true,
  'no-more-mails': true,
})
const endings = each<EndedBecause>({
  expired: true,
  superseded: true,
  disavowed: true,
  'outcome-unknown': true,
  'too-many-refusals': true,
  'account-unavailable': true,
  'ended-by-operator': true,
  'not-set-in-time': true,
  'refused-later': true,
})
const demandReasons = each<DemandReason>({
  policy: true,
  enrolled: true,
  disavowed: true,
  risk: true,
})
const disavowNotices = each<DisavowNotice>({
  'wrong-code': true,
  'code-unreadable': true,
  'link-unusable': true,
})
const signInNotices = each<SignInNotice>({
  missing: true,
  refused: true,
  'second-factor': true,
  'session-over': true,
  'signed-out': true,
  again: true,
  'not-finished': true,
  'no-account': true,
  'provider-unreachable': true,
})
const reasonsToChange = each<MustChange>({
  directory: true,
  expired: true,
  ordered: true,
  breached: true,
  weak: true,
})
const pageProblems = each<PageProblem>({
  'not-found': true,
  'request-unusable': true,
  'form-stale': true,
  'too-many-requests': true,
  'directory-unreachable': true,
  'directory-not-writable': true,
  unavailable: true,
  internal: true,
})

type Sampled = { [Code in PasswordProblem['code']]: Extract<PasswordProblem, { code: Code }>[] }

/** Every refusal in each of its shapes. */
const passwordProblems: Sampled = {
  'password-empty': [{ code: 'password-empty' }],
  'password-repeat-differs': [{ code: 'password-repeat-differs' }],
  'password-unreadable': [{ code: 'password-unreadable' }],
  'password-too-short': [{ code: 'password-too-short', min: 15, length: 11 }],
  'password-too-long': [{ code: 'password-too-long', max: 256 }],
  'password-classes-missing': [
    { code: 'password-classes-missing', required: 3, have: 2, missing: [] },
    { code: 'password-classes-missing', required: 3, have: 2, missing: ['uppercase', 'digit'] },
  ],
  'password-characters-not-allowed': (['ascii', 'latin-1'] as const).map((allowed) => ({
    code: 'password-characters-not-allowed',
    allowed,
  })),
  'password-common': [{ code: 'password-common' }],
  'password-contains-you': (['username', 'name', 'mail', 'organisation', 'product'] as const).map((word) => ({
    code: 'password-contains-you',
    word,
  })),
  'password-too-guessable': (
    [
      'keyboard-pattern',
      'repeated-pattern',
      'sequence',
      'date',
      'like-common-password',
      'common-words',
      'about-you',
      'too-simple',
    ] as const
  ).map((because) => ({ code: 'password-too-guessable', because })),
  'password-banned': [{ code: 'password-banned' }],
  'password-too-similar': [{ code: 'password-too-similar' }],
  'password-breached': [{ code: 'password-breached' }],
  'password-unchecked': [{ code: 'password-unchecked' }],
  'password-in-history': [{ code: 'password-in-history' }, { code: 'password-in-history', count: 12 }],
  'password-unchanged': [{ code: 'password-unchanged' }],
  'password-too-young': [{ code: 'password-too-young' }, { code: 'password-too-young', until: validUntil }],
  'password-too-short-for-directory': [{ code: 'password-too-short-for-directory' }],
  'password-too-weak-for-directory': [{ code: 'password-too-weak-for-directory' }],
  'password-change-not-allowed': [{ code: 'password-change-not-allowed' }],
  'password-too-long-for-directory': [{ code: 'password-too-long-for-directory' }],
}

type Pages = [name: string, html: string][]

/** Every page in every variant, by name. */
export function portalSamples(page: PageContext, text: OutsideText = ordinary): Map<string, string> {
  return new Map([
    ...startSamples(page, text),
    ...proveSamples(page),
    ...passwordSamples(page, text),
    ...endSamples(page, text),
    ...changeSamples(page, text),
    ...activateSamples({ ...page, here: '/activate' }, text),
    ...unlockSamples({ ...page, here: '/unlock' }, text),
    ...methodSamples(page),
    ...disavowSamples({ ...page, here: '/disavow' }),
    ...problemSamples(page, text),
  ])
}

function startSamples(page: PageContext, text: OutsideText): Pages {
  const service = { name: text.serviceName, title: text.serviceTitle }
  return [
    ['start', startPage({ page, service: null, problem: null, offersUnlock: true })],
    ['start-work', startPage({ page, service: null, problem: null, offersUnlock: true, asked })],
    ['start-service', startPage({ page, service, problem: null, offersUnlock: false })],
    ...startProblems.map(
      (problem) =>
        [`start-${problem}`, startPage({ page, service, problem, offersUnlock: true })] as Pages[0],
    ),
  ]
}

function proveSamples(page: PageContext): Pages {
  const mailIsDelayed = false
  return [
    [
      'prove',
      provePage({ page, validUntil, triesLeft: 5, notice: null, mailIsDelayed, others: enrolledMethods }),
    ],
    [
      'prove-mail-delayed',
      provePage({ page, validUntil, triesLeft: 5, notice: null, mailIsDelayed: true, others: [] }),
    ],
    [
      'prove-no-tries',
      provePage({ page, validUntil, triesLeft: 0, notice: 'wrong-code', mailIsDelayed, others: [] }),
    ],
    [
      'prove-one-try',
      provePage({ page, validUntil, triesLeft: 1, notice: 'wrong-code', mailIsDelayed, others: [] }),
    ],
    ...proveNotices.map(
      (notice) =>
        [
          `prove-${notice}`,
          provePage({ page, validUntil, triesLeft: 4, notice, mailIsDelayed, others: [] }),
        ] as Pages[0],
    ),
  ]
}

function passwordSamples(page: PageContext, { maskedIdentifier }: OutsideText): Pages {
  const age = { ...passwordPolicyDefaults.age, minSeconds: 86_400 }
  const strictest = { ...passwordPolicyDefaults, age, rememberedByDirectory: 12, bannedWords: ['northwind'] }
  const rules = describePolicy(strictest, { onlyFactor: true, breachIsChecked: true, isChange: true })
  const common = { page, maskedIdentifier, rules, endsSessions: true, offersUnlock: false }
  const legacy = (['ascii', 'latin-1'] as const).map((allowed) => {
    const policy = { ...strictest, classes: { required: 3, named: ['digit' as const], allowed } }
    const rules = describePolicy(policy, { onlyFactor: true, breachIsChecked: true, isChange: false })
    return [`password-${allowed}`, passwordPage({ ...common, rules, problems: [] })] as Pages[0]
  })
  const problems = Object.values(passwordProblems).flat()
  return [
    ['password', passwordPage({ ...common, problems: [] })],
    ...legacy,
    ['password-sessions-live', passwordPage({ ...common, problems: [], endsSessions: false })],
    ['password-locked', passwordPage({ ...common, problems: [], offersUnlock: true })],
    ...problems.map(
      (problem) => [nameOf(problem), passwordPage({ ...common, problems: [problem] })] as Pages[0],
    ),
  ]
}

const flaws = each<Flaw>({ breached: true, weak: true })

const nothingAsked = { mustChange: null, passwordEndsAt: null, flaw: null }

function changeSamples(page: PageContext, text: OutsideText): Pages {
  const signIn = { ...page, here: '/sign-in' } as const
  const change = { ...page, here: '/change' } as const
  const service = { name: text.serviceName, title: text.serviceTitle }
  const rules = describePolicy(passwordPolicyDefaults, {
    onlyFactor: true,
    breachIsChecked: false,
    isChange: true,
  })
  const { maskedIdentifier } = text
  const password = { page: signIn, takesPassword: true, provider: null, isForChange: true }
  const both = { ...password, service, provider: text.providerLabel }
  const common = {
    page: change,
    maskedIdentifier,
    rules,
    problems: [],
    notice: null,
    offersMethods: true,
    ...nothingAsked,
  }
  return [
    ['sign-in', signInPage({ ...password, service, notice: null })],
    ...signInNotices.map(
      (notice) => [`sign-in-${notice}`, signInPage({ ...password, service: null, notice })] as Pages[0],
    ),
    ['sign-in-for-more', signInPage({ ...password, service: null, notice: 'again', isForChange: false })],
    [
      'sign-in-work',
      signInPage({
        ...password,
        service: null,
        notice: null,
        isForChange: true,
        asked: { ...asked, purpose: 'sign-in' },
      }),
    ],
    ['sign-in-both', signInPage({ ...both, notice: null })],
    ['sign-in-both-second-factor', signInPage({ ...both, notice: 'second-factor' })],
    ['sign-in-provider', signInPage({ ...both, takesPassword: false, notice: null })],
    ['sign-in-provider-again', signInPage({ ...both, takesPassword: false, notice: 'not-finished' })],
    ['change', changePage(common)],
    ['change-expires', changePage({ ...common, passwordEndsAt: validUntil })],
    ['change-expired-until', changePage({ ...common, mustChange: 'expired', passwordEndsAt: validUntil })],
    ...flaws.map((flaw) => [`change-found-${flaw}`, changePage({ ...common, flaw })] as Pages[0]),
    ['change-wrong', changePage({ ...common, notice: 'current-password-wrong' })],
    ['change-too-late', changePage({ ...common, notice: 'action-token-unusable' })],
    ['change-done', donePage({ page: change, outcome: 'password-set', signIn: null, endsSessions: false })],
    [
      'change-done-signed-in',
      donePage({
        page: change,
        outcome: 'password-set',
        signIn: null,
        endsSessions: false,
        offersSignOut: true,
      }),
    ],
    ['change-refused', changePage({ ...common, problems: [{ code: 'password-unchanged' }] })],
    ...reasonsToChange.map(
      (mustChange) => [`change-${mustChange}`, changePage({ ...common, mustChange })] as Pages[0],
    ),
  ]
}

function nameOf(problem: PasswordProblem): string {
  if (problem.code === 'password-contains-you') return `${problem.code}-${problem.word}`
  if (problem.code === 'password-too-young') return `${problem.code}${'until' in problem ? '-until' : ''}`
  if (problem.code === 'password-in-history') return `${problem.code}${'count' in problem ? '-count' : ''}`
  if (problem.code === 'password-characters-not-allowed') return `${problem.code}-${problem.allowed}`
  if (problem.code === 'password-classes-missing') return `${problem.code}-${problem.missing.length}-named`
  return problem.code === 'password-too-guessable' ? `${problem.code}-${problem.because}` : problem.code
}

function endSamples(page: PageContext, { serviceTitle, maskedIdentifier }: OutsideText): Pages {
  const signIn = { title: serviceTitle, url: 'https://mail.northwind.example/' }
  return [
    ['working', workingPage({ page, refreshSeconds: 2 })],
    ...partlySamples(page, { title: serviceTitle, maskedIdentifier }),
    ['accepted', acceptedPage({ page, worksBy: validUntil, refreshSeconds: 20 })],
    ...outcomes.flatMap((outcome): Pages => {
      const name = outcome === 'password-set' ? 'done' : `done-${outcome}`
      return [
        [name, donePage({ page, outcome, signIn, endsSessions: true, offersMethods: true })],
        [`${name}-no-service`, donePage({ page, outcome, signIn: null, endsSessions: false })],
      ]
    }),
    ...demandReasons.map(
      (because) => [`second-proof-${because}`, secondProofPage({ page, because: [because] })] as Pages[0],
    ),
    ...endings.map((because) => [`ended-${because}`, endedPage({ page, because })] as Pages[0]),
  ]
}

/** Every way in which an application may have got a password or not. */
function partlySamples(page: PageContext, of: { title: string; maskedIdentifier: string }): Pages {
  const { title, maskedIdentifier } = of
  const outcomes: TargetOutcome[] = [
    { is: 'written' },
    { is: 'waiting' },
    { is: 'unreachable' },
    { is: 'unknown' },
    { is: 'refused', because: 'password-in-history' },
    { is: 'refused', because: 'account-unavailable' },
    { is: 'refused', because: 'directory-not-writable' },
  ]
  const targets = outcomes.map((outcome, at) => ({ title: `${title} ${String(at)}`, outcome }))
  const common = { page, maskedIdentifier, targets, problems: [], isAnother: false, triedAgain: null }
  const away = { unreached: [title], retryAfterSeconds: 60 }
  const done = { page, outcome: 'password-set', signIn: null, endsSessions: false } as const
  return [
    ['partly', partlyPage(common)],
    ['partly-tried-again', partlyPage({ ...common, triedAgain: away })],
    ['partly-another', partlyPage({ ...common, isAnother: true })],
    ['partly-over', partlyPage({ ...common, targets: targets.filter((_, at) => at === 0 || at === 4) })],
    ['partly-refused', partlyPage({ ...common, problems: [{ code: 'password-breached' }] })],
    ['done-partly', donePage({ ...done, targets })],
    ['done-everywhere', donePage({ ...done, targets: targets.slice(0, 1) })],
  ]
}

function activateSamples(page: PageContext, { maskedIdentifier }: OutsideText): Pages {
  const rules = describePolicy(passwordPolicyDefaults, {
    onlyFactor: true,
    breachIsChecked: true,
    isChange: false,
  })
  const password = { page, maskedIdentifier, rules, problems: [], endsSessions: false, offersUnlock: false }
  return [
    ...([null, 'wrong-code', 'link-unusable'] as const).map(
      (notice) => [`activate-${notice}`, activatePage({ page, notice })] as Pages[0],
    ),
    ['activate-password', passwordPage(password)],
    ['activate-ended', endedPage({ page, because: 'expired' })],
    ['activate-done', donePage({ page, outcome: 'password-set', signIn: null, endsSessions: false })],
  ]
}

function unlockSamples(page: PageContext, { maskedIdentifier }: OutsideText): Pages {
  return [
    ['unlock-start', startPage({ page, service: null, problem: null, offersUnlock: true })],
    [
      'unlock-prove',
      provePage({ page, validUntil, triesLeft: 5, notice: null, mailIsDelayed: false, others: [] }),
    ],
    ['unlock', unlockPage({ page, maskedIdentifier, isNotOffered: false })],
    ['unlock-not-offered', unlockPage({ page, maskedIdentifier, isNotOffered: true })],
    ['unlock-ended', endedPage({ page, because: 'expired' })],
  ]
}

function disavowSamples(page: PageContext): Pages {
  return [
    ['disavow', disavowPage({ page, notice: null })],
    ...disavowNotices.map((notice) => [`disavow-${notice}`, disavowPage({ page, notice })] as Pages[0]),
    ['disavowed', disavowedPage({ page, passwordWasChanged: false })],
    ['disavowed-late', disavowedPage({ page, passwordWasChanged: true })],
  ]
}

function problemSamples(page: PageContext, { requestId }: OutsideText): Pages {
  const retries: Partial<Record<PageProblem, number>> = {
    'too-many-requests': 840,
    'directory-unreachable': 60,
  }
  return pageProblems.map((problem) => [
    `problem-${problem}`,
    problemPage({ page, problem, retryAfterSeconds: retries[problem] ?? null, requestId }),
  ])
}
