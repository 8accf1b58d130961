import type { Mutant } from './mutant.ts'

const core = 'server/src/core/recovery'
const attacks = 'server/test/attack/change.test.ts'

/** Defects in who may sign in and replace a password that is known. */
export const changeMutants: readonly Mutant[] = [
  {
    name: 'tries-looked-at-not-taken',
    breaks: 'A try is looked for, and counted by nobody.',
    rows: [180],
    changes: [
      {
        file: `${core}/tries.ts`,
        find: '      return { answer: { tenant, subject, at }, ledger: afterFailedTry(ledger, rules, at) }',
        replace:
          '      return { answer: { tenant, subject, at }, ledger: withoutTry(afterFailedTry(ledger, rules, at), at) }',
      },
    ],
    suite: { file: attacks, title: '[180]' },
  },
  {
    name: 'sign-in-tells-locked',
    breaks: 'Who names somebody whose account is locked is told so.',
    rows: [181],
    changes: [
      {
        file: 'server/src/core/sessions/sign-in.ts',
        find: "because === 'second-factor' ? 'second-factor-needed'",
        replace: "because === 'second-factor' || because === 'locked' ? 'second-factor-needed'",
      },
    ],
    suite: { file: attacks, title: '[181]' },
  },
  {
    name: 'action-token-stays',
    breaks: 'An action token that was spent can be spent again.',
    rows: [182],
    changes: [
      {
        file: `${core}/transition.ts`,
        find: 'change: { ...change, action: { ...change.action, spent: true } } }',
        replace: 'change: { ...change, action: { ...change.action, spent: false } } }',
      },
      {
        file: `${core}/transition.ts`,
        find: 'if (change.action?.spent !== true) return null',
        replace: 'if (change.action === null) return null',
      },
    ],
    suite: { file: attacks, title: '[182]' },
  },
  {
    name: 'current-password-unasked',
    breaks: 'Whoever is signed in changes the password without knowing it.',
    rows: [183],
    changes: [
      {
        file: `${core}/change-password.ts`,
        find: "const isRight = verdict.ok || verdict.because === 'expired'",
        replace: "const isRight = verdict.ok || verdict.because !== 'locked'",
      },
      {
        file: `${core}/change-password.ts`,
        find: 'directory.changePassword(account.key, { current, next, owed }, signal)',
        replace: 'directory.setPassword(account.key, next, signal)',
      },
    ],
    suite: { file: attacks, title: '[183]' },
  },
  {
    name: 'change-by-recovery',
    breaks: 'A change that was opened is as good as a recovery that was proven.',
    rows: [183],
    changes: [
      {
        file: `${core}/flow.ts`,
        find: `(kind: FlowKind): boolean => kind === 'recovery' || kind === 'activation'`,
        replace: `(kind: FlowKind): boolean => kind !== 'unlock'`,
      },
      {
        file: `${core}/transition.ts`,
        find: "if (flow.kind === 'unlock' || flow.proofs.length === 0) return null",
        replace: "if (flow.kind === 'unlock') return null",
      },
    ],
    suite: { file: attacks, title: '[183]' },
  },
  {
    name: 'session-outlives-reset',
    breaks: 'A session goes on under a password that it was not made with.',
    rows: [184],
    changes: [
      {
        file: `${core}/portal-session.ts`,
        find: '  session.tokenVersion === ledger.tokenVersion &&\n',
        replace: '  session.tokenVersion <= ledger.tokenVersion &&\n',
      },
    ],
    suite: { file: attacks, title: '[184]' },
  },
  {
    name: 'change-forms-unguarded',
    breaks: 'The forms of recovery alone are checked for where they come from.',
    rows: [185],
    changes: [
      {
        file: 'server/src/http/portal/cookies.ts',
        find: '  if (sentFromElsewhere(request)) return false',
        replace: `  if (/^\\/(change|sign)/.test(request.url)) return true
  if (sentFromElsewhere(request)) return false`,
      },
    ],
    suite: { file: attacks, title: '[185]' },
  },
  {
    name: 'action-for-any-flow',
    breaks: 'Any flow that is proven may be given the right to begin a change.',
    rows: [186],
    changes: [
      {
        file: `${core}/transition.ts`,
        find: '  const { change } = flow\n  if (change === undefined) return null',
        replace: "  const { change = { session: '', action: null } } = flow",
      },
    ],
    suite: { file: attacks, title: '[186]' },
  },
  {
    name: 'history-asked-freely',
    breaks: 'A password that was had before is refused, and the refusal counts for nothing.',
    rows: [207],
    changes: [
      {
        file: `${core}/replace-password.ts`,
        find: "    return refusePassword(deps, call, [{ code: 'password-in-history', count: keep }])",
        replace:
          "    return refuse({ because: 'password-refused', reasons: [{ code: 'password-in-history', count: keep }] })",
      },
    ],
    suite: { file: 'server/test/attack/history.test.ts', title: '[207]' },
  },
  {
    name: 'history-of-any-account',
    breaks: 'A remembered password that is moved to another account can be guessed at there.',
    rows: [207],
    changes: [
      {
        file: 'server/src/adapters/argon2/slow-digests.ts',
        find: 'mac(purposeOf(key), tenant, subject)',
        replace: 'mac(purposeOf(key), `${tenant}${subject}`.slice(0, 0))',
      },
    ],
    suite: { file: 'server/test/attack/history.test.ts', title: '[207]' },
  },
]
