import type { Mutant } from './mutant.ts'

const core = 'server/src/core'
const attacks = 'server/test/attack/methods.test.ts'
const texts = 'server/test/attack/texts.test.ts'

/** Defects in what people set up to prove themselves with, and in what is asked of whoever has. */
export const methodMutants: readonly Mutant[] = [
  {
    name: 'enrolled-ignored',
    breaks: 'What is enrolled is not asked for in a recovery: the mailbox is enough.',
    rows: [109, 115],
    changes: [
      {
        file: `${core}/recovery/accept-proof.ts`,
        find: 'enrolled: ledger.enrolled,\n    disavowed',
        replace: 'enrolled: [],\n    disavowed',
      },
    ],
    suite: { file: attacks, title: '[109]' },
  },
  {
    name: 'password-is-enough',
    breaks: 'A session that awaits its second proof is open.',
    rows: [110],
    changes: [
      {
        file: `${core}/sessions/session.ts`,
        find: 'if (session.awaits === null) return { ok: true, session }',
        replace: 'if (session.awaits !== undefined) return { ok: true, session }',
      },
    ],
    suite: { file: attacks, title: '[110]' },
  },
  {
    name: 'second-step-uncounted',
    breaks: 'A wrong code after a right password costs nothing.',
    rows: [113],
    changes: [
      {
        file: `${core}/sessions/prove-session.ts`,
        find: 'if (answer.ok && tried !== null) await giveBack(deps, tried)',
        replace: 'if (tried !== null) await giveBack(deps, tried)',
      },
    ],
    suite: { file: attacks, title: '[113]' },
  },
  {
    name: 'totp-step-forgotten',
    breaks: 'A code of an app works for as long as its time lasts, however often.',
    rows: [105],
    changes: [
      {
        file: `${core}/proofs/totp/totp.ts`,
        find: 'return kept.lastStep !== null && step <= kept.lastStep ? null : { ...kept, lastStep: step }',
        replace: 'return { ...kept, lastStep: step }',
      },
    ],
    suite: { file: attacks, title: '[105]' },
  },
  {
    name: 'link-takes-all',
    breaks: 'Whoever spends a link gets what the starter has proven besides.',
    rows: [235],
    changes: [
      {
        file: `${core}/recovery/spend-link.ts`,
        find: 'const proofs = isHolder(deps, flow, call) ? flow.proofs : []',
        replace: 'const { proofs } = flow',
      },
    ],
    suite: { file: attacks, title: '[235]' },
  },
  {
    name: 'disavowed-factor-stays',
    breaks: 'What was set up since stays when its owner says "this was not me".',
    rows: [236],
    changes: [
      {
        file: `${core}/recovery/disavow.ts`,
        find: 'const removed = addedSince(seen)',
        replace: 'const removed = addedSince({ ...seen, enrolments: [] })',
      },
    ],
    suite: { file: attacks, title: '[236]' },
  },
  {
    name: 'seed-in-clear',
    breaks: 'Seeds and digests lie in the database as they are.',
    rows: [237],
    changes: [
      {
        file: 'server/src/adapters/stores/recovery/enrolments.ts',
        find: 'sealed: sealer.seal(aboutEnrolment(enrolment), JSON.stringify({ name, kept })),',
        replace: "sealed: `${JSON.stringify({ name, kept })}${sealer.seal('', '')}`,",
      },
      {
        file: 'server/src/adapters/stores/recovery/enrolments.ts',
        find: 'JSON.parse(sealer.open(aboutEnrolment(row), row.sealed), reviveDate)',
        replace:
          "JSON.parse(row.sealed.slice(0, row.sealed.lastIndexOf('}') + 1) + String(sealer).slice(999), reviveDate)",
      },
    ],
    suite: { file: attacks, title: '[237]' },
  },
  {
    name: 'enrolment-by-any-field',
    breaks: 'The request says whose it is that is set up, and nobody refuses.',
    rows: [17],
    changes: [
      {
        file: 'server/src/http/api/methods.ts',
        find: "const AddBody = closed({\n  method: Type.Enum([...enrolledMethods], { description: 'What to set up.' }),",
        replace:
          "const AddBody = Type.Object({\n  method: Type.Enum([...enrolledMethods], { description: 'What to set up.' }),",
      },
    ],
    suite: { file: attacks, title: '[17]' },
  },
  {
    name: 'anybodys-passkey',
    breaks: 'A passkey that was made for one enrolment counts for another.',
    rows: [114],
    changes: [
      {
        file: `${core}/enrolment/confirm.ts`,
        find: "{ tenant, purpose: 'enrolment', of: call.id }",
        replace: "{ tenant, purpose: 'enrolment', of: '' }",
      },
      {
        file: `${core}/enrolment/add.ts`,
        find: "{ tenant, purpose: 'enrolment', of: begun.id }",
        replace: "{ tenant, purpose: 'enrolment', of: '' }",
      },
    ],
    suite: { file: attacks, title: '[114]' },
  },
  {
    name: 'passkey-of-any-site',
    breaks: 'An address that begins with ours is taken for ours.',
    rows: [240],
    changes: [
      {
        file: `${core}/proofs/passkey/client-data.ts`,
        find: "if (said.origin !== expected.origin) return 'other-origin'",
        replace: "if (!said.origin.startsWith(expected.origin)) return 'other-origin'",
      },
      {
        file: 'server/src/adapters/webauthn/passkeys.ts',
        find: 'expectedOrigin: expected.party.origin,',
        replace:
          "expectedOrigin: JSON.parse(Buffer.from(answer.response.clientDataJSON, 'base64url').toString()).origin,",
      },
    ],
    suite: { file: attacks, title: '[240]' },
  },
  {
    name: 'passkey-for-any-flow',
    breaks: 'What a passkey signed for one flow is good for every other.',
    rows: [241],
    changes: [
      {
        file: `${core}/proofs/passkey/challenge.ts`,
        find: 'mac(challengeKey, tenant, purpose, of, String(window))',
        replace: 'mac(challengeKey, tenant, purpose, of.slice(0, 0), String(window))',
      },
    ],
    suite: { file: attacks, title: '[241]' },
  },
  {
    name: 'passkey-uncounted',
    breaks: 'The count of a passkey is not compared.',
    rows: [242],
    changes: [
      {
        file: `${core}/proofs/passkey/passkey.ts`,
        find: 'const goesBack = counts && use.counter <= kept.counter',
        replace: 'const goesBack = counts && use.counter < 0',
      },
    ],
    suite: { file: attacks, title: '[242]' },
  },
  {
    name: 'telephone-by-any-field',
    breaks: 'The request says which telephone it is about, and nobody refuses.',
    rows: [12],
    changes: [
      {
        file: 'server/src/http/api/recoveries.ts',
        find: 'const ChallengeBody = closed({',
        replace: 'const ChallengeBody = Type.Object({',
      },
    ],
    suite: { file: texts, title: '[12]' },
  },
  {
    name: 'texts-admitted-always',
    breaks: 'A flow orders texts to numbers that may get none.',
    rows: [89],
    changes: [
      {
        file: `${core}/recovery/admitted.ts`,
        find: "return texts.of({ tenant: tenant.id, channel: 'sms', numbers, locale, known })",
        replace:
          "await texts.of({ tenant: tenant.id, channel: 'sms', numbers, locale, known })\n  return { to: numbers, refused: [] }",
      },
    ],
    suite: { file: texts, title: '[89]' },
  },
]
