import type { Mutant } from './mutant.ts'

const core = 'server/src/core/recovery'
const attacks = 'server/test/attack/policy.test.ts'

/** Defects in who is told what of a password, how often, and where the rules hold. */
export const policyMutants: readonly Mutant[] = [
  {
    name: 'check-asks-the-lists',
    breaks: 'The check while somebody types knows what is answered on sending alone.',
    rows: [210],
    changes: [
      {
        file: `${core}/check-password.ts`,
        find: 'const { rules, judgeWhileTyping, passwordRules } = deps.tenant(call.tenant)',
        replace: 'const { rules, judge, passwordRules } = deps.tenant(call.tenant)',
      },
      {
        file: `${core}/check-password.ts`,
        find: 'judgeWhileTyping(call.password, account.entry)',
        replace: 'await judge(call.password, account.entry)',
      },
      {
        file: `${core}/check-password.ts`,
        find: 'reasons: judged.ok ? [] : judged.because,',
        replace: "reasons: judged.ok ? [] : judged.because.filter((one) => 'code' in one) as never,",
      },
    ],
    suite: { file: attacks, title: '[210]' },
  },
  {
    name: 'refusals-uncounted',
    breaks: 'A flow has as many refusals as somebody cares to send.',
    rows: [211],
    changes: [
      {
        file: `${core}/replace-password.ts`,
        find: 'const last = flow.refusals + 1 >= deps.tenant(call.tenant).rules.policyRefusalsPerFlow',
        replace: 'const last = flow.refusals < 0 && deps.tenant(call.tenant).rules.policyRefusalsPerFlow > 0',
      },
    ],
    suite: { file: attacks, title: '[211]' },
  },
  {
    name: 'checks-without-end',
    breaks: 'Nobody counts how often a flow asks about passwords.',
    rows: [212],
    changes: [
      {
        file: `${core}/check-password.ts`,
        find: 'rules.passwordChecksPerFlow)',
        replace: '{ ...rules.passwordChecksPerFlow, max: 1_000_000 })',
      },
    ],
    suite: { file: attacks, title: '[212]' },
  },
  {
    name: 'rules-of-the-page',
    breaks: 'What a page would have refused is written when it is sent all the same.',
    rows: [213],
    changes: [
      {
        file: `${core}/replace-password.ts`,
        find: 'const judged = await judge(call.password, entry)',
        replace:
          'const judged = { ...(await judge(call.password, entry)), ok: true, normalized: call.password, unanswered: [] }',
      },
      {
        file: `${core}/replace-password.ts`,
        find: '  if (!judged.ok) return refusePassword(deps, call, judged.because)\n',
        replace: '  if (call.id.length > 1_000) return refusePassword(deps, call, [])\n',
      },
    ],
    suite: { file: attacks, title: '[213]' },
  },
]
