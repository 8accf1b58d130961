import type { Mutant } from './mutant.ts'

const core = 'server/src/core/recovery'
const lifeCycle = 'server/test/attack/life-cycle.test.ts'
const setPassword = 'server/src/core/recovery/set-password.test.ts'

/** Defects in how a password is judged, written and recorded. */
export const writingMutants: readonly Mutant[] = [
  {
    name: 'policy-skipped',
    breaks: 'The directory gets whatever was typed; no rule of Rekey is asked.',
    rows: [91, 147],
    changes: [
      {
        file: `${core}/replace-password.ts`,
        find: `  const judged = await judge(call.password, entry)
  if (!judged.ok) return refusePassword(deps, call, judged.because)`,
        replace: '  const judged = { ok: true as const, normalized: call.password, unanswered: [] }',
      },
    ],
    suite: { file: lifeCycle, title: '[91]' },
  },
  {
    name: 'refusal-burns-flow',
    breaks: 'A password that is refused ends the flow.',
    rows: [147],
    changes: [
      {
        file: `${core}/transition.ts`,
        find: `return event.last ? over(flow, 'too-many-refusals') : { ...flow, refusals: flow.refusals + 1 }`,
        replace: `return ended(flow, 'too-many-refusals')`,
      },
    ],
    suite: { file: lifeCycle, title: 'are no passwords either, and burn nothing' },
  },
  {
    name: 'password-truncated',
    breaks: 'Only the first 72 characters of a password count, when it is set and when it is proven.',
    rows: [118],
    changes: [
      {
        file: 'server/src/adapters/connectors/password-text.ts',
        find: `return text !== '' && text.isWellFormed() ? text : null`,
        replace: `return text !== '' && text.isWellFormed() ? text.slice(0, 72) : null`,
      },
    ],
    suite: { file: lifeCycle, title: '[118]' },
  },
  {
    name: 'bodies-without-end',
    breaks: 'A request may be as long as anybody likes.',
    rows: [91],
    changes: [
      {
        file: 'server/src/http/public-app.ts',
        find: 'const bodyBytesMax = 16 * 1_024',
        replace: 'const bodyBytesMax = 1_024 * 1_024 * 1_024',
      },
    ],
    suite: { file: lifeCycle, title: 'are refused before anybody hashes them' },
  },
  {
    name: 'lease-ignored',
    breaks: 'A second flow writes the account’s password while the first one still does.',
    rows: [],
    changes: [
      {
        file: `${core}/ledger.ts`,
        find: 'ledger.lease === null || ledger.lease.until <= now',
        replace: 'ledger.lease === null || ledger.lease.until !== now',
      },
    ],
    suite: { file: setPassword, title: 'goes to the directory for one account, whatever flows race' },
  },
  {
    name: 'write-repeated',
    breaks: 'A write whose answer is lost is sent again instead of being asked about.',
    rows: [],
    changes: [
      {
        file: `${core}/write-once.ts`,
        find: 'const verdict = await probe(',
        replace: 'const verdict = await write(',
      },
    ],
    suite: { file: setPassword, title: 'when the directory says' },
  },
  {
    name: 'unknown-told-as-unchanged',
    breaks: 'After a probe that says no, the person is told that nothing was written.',
    rows: [],
    changes: [
      {
        file: `${core}/write-once.ts`,
        find: `return verdict.ok ? { is: 'written' } : { is: 'unknown' }`,
        replace: `return verdict.ok ? { is: 'written' } : { is: 'not-written', because: 'directory-unreachable' }`,
      },
    ],
    suite: { file: setPassword, title: 'when the directory says' },
  },
  {
    name: 'write-not-recorded',
    breaks: 'A password is written and the audit log has no event of it.',
    rows: [148],
    changes: [
      {
        file: `${core}/write-outcome.ts`,
        find: `events: [flowEvent('password.written', { flow, at: now, client }, facts)],`,
        replace: 'events: [],',
      },
    ],
    suite: { file: lifeCycle, title: '[148]' },
  },
  {
    name: 'changed-row-overlooked',
    breaks: 'Verification of the audit log compares the tree and not the rows.',
    rows: [],
    changes: [
      {
        file: 'server/src/core/audit/verify.ts',
        find: 'if (against === null) return [...explain(compared.suspects), ...compared.tiles, ...columns, ...more]',
        replace: 'if (against === null) return [...compared.tiles, ...columns, ...more]',
      },
    ],
    suite: { file: 'server/src/core/audit/verify.test.ts', title: 'names the row that was changed' },
  },
  {
    name: 'passwords-kept-readable',
    breaks: 'The embedded directory notes the password itself beside its hash.',
    rows: [144, 145, 146],
    changes: [
      {
        file: 'server/src/adapters/connectors/local/set-password.ts',
        find: 'const { numUpdatedRows } = await write(request, hash)',
        replace: `const { numUpdatedRows } = await write(request, hash)
      await database
        .updateTable('local_account')
        .set({ context_words: [password.toString()] })
        .where('key', '=', key)
        .execute()`,
      },
    ],
    suite: {
      file: 'server/test/integration/canary.test.ts',
      title: 'puts none of the secrets of whole flows anywhere',
    },
  },
]
