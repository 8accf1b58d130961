import type { Mutant } from './mutant.ts'

const oidc = 'server/src/adapters/sign-in/oidc.ts'
const signInAs = 'server/src/core/sessions/sign-in-as.ts'
const answers = 'server/test/attack/sign-in-at-provider.test.ts'
const tokens = 'server/test/attack/crooked-provider.test.ts'

/** Defects in what is believed of a provider, and of the browser that comes back from it. */
export const providerMutants: readonly Mutant[] = [
  {
    name: 'answer-for-any-browser',
    breaks: 'An answer of the provider is bound to no browser: no state, no nonce, no verifier.',
    rows: [200, 201],
    changes: [
      {
        file: signInAs,
        find: "if (kept === null || kept.state !== answer.get('state'))",
        replace: 'if (kept === null)',
      },
      { file: oidc, find: '        nonce: journey.nonce,\n', replace: '' },
      {
        file: oidc,
        find: `        code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
`,
        replace: '',
      },
      {
        file: oidc,
        find: 'async finish(answer, { state, nonce, verifier }) {',
        replace: 'async finish(answer) {',
      },
      {
        file: oidc,
        find: `          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
`,
        replace: '          expectedState: client.skipStateCheck,\n',
      },
    ],
    suite: { file: answers, title: '[200]' },
  },
  {
    name: 'answer-of-any-issuer',
    breaks: 'The issuer that an answer names is not looked at.',
    rows: [202],
    changes: [
      {
        file: oidc,
        find: '      came.search = answer.toString()\n',
        replace: "      came.search = answer.toString()\n      came.searchParams.set('iss', issuer)\n",
      },
    ],
    suite: { file: answers, title: '[202]' },
  },
  {
    name: 'answer-counts-again',
    breaks: 'That an answer counts once is left to the provider.',
    rows: [203],
    changes: [{ file: signInAs, find: 'if (!spent.ok)', replace: 'if (!spent.ok && kept.until === 0)' }],
    suite: { file: tokens, title: '[203]' },
  },
  {
    name: 'token-signature-unchecked',
    breaks: 'Whoever stands between us and the provider writes tokens of their own.',
    rows: [204],
    changes: [
      {
        file: oidc,
        find: 'for (const extend of [client.enableNonRepudiationChecks, ...execute])',
        replace: 'for (const extend of execute)',
      },
    ],
    suite: { file: tokens, title: '[204]' },
  },
  {
    name: 'address-unproven-counts',
    breaks: 'An address names an account although the provider says that nobody has proven it.',
    rows: [205],
    changes: [
      {
        file: oidc,
        find: "(claims['email_verified'] ?? true) !== true",
        replace: "claims['email_verified'] === 'no'",
      },
    ],
    suite: { file: tokens, title: '[205]' },
  },
  {
    name: 'old-sign-in-counts',
    breaks: 'A session that was left open at the provider signs whoever sits there in.',
    rows: [206],
    changes: [{ file: oidc, find: '          maxAge: maxAgeSeconds,\n', replace: '' }],
    suite: { file: tokens, title: '[206]' },
  },
]
