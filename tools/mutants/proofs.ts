import type { Mutant } from './mutant.ts'

const lifeCycle = 'server/test/attack/life-cycle.test.ts'
const core = 'server/src/core/recovery'

/** Defects in what counts as a proof, how often, for whom and for how long. */
export const proofMutants: readonly Mutant[] = [
  {
    name: 'asking-again-proves',
    breaks: 'Asking for another mail counts as having proven oneself.',
    rows: [19, 25],
    changes: [
      {
        file: `${core}/transition.ts`,
        find: `    case 'asked-again':
      return {`,
        replace: `    case 'asked-again':
      if (flow.whose.is === 'account') {
        const { account, username } = flow.whose
        const proven = { state: 'proven', account, username, proofs: [], refusals: 0, attempts: 0 } as const
        return { ...baseOf(flow), ...proven }
      }
      return {`,
      },
    ],
    suite: { file: lifeCycle, title: 'asking for another mail, in every way there is, proves nothing' },
  },
  {
    name: 'any-code-proves',
    breaks: 'A code is not compared: whatever has eight digits is right.',
    rows: [78],
    changes: [
      {
        file: `${core}/prove.ts`,
        find: `  return matches && flow.whose.is === 'account' && issued`,
        replace: `  return (matches || typed.length === 8) && flow.whose.is === 'account' && issued`,
      },
    ],
    suite: { file: lifeCycle, title: 'two hundred codes at once, the right one among them' },
  },
  {
    name: 'link-tag-unchecked',
    breaks: 'A link needs a flow and a generation, and no tag made with the key.',
    rows: [55],
    changes: [
      {
        file: `${core}/tokens.ts`,
        find: 'return isTag(tag, linkMac(key, of)) ? { flow, generation: of.generation, keyId: key.id } : null',
        replace: 'return { flow, generation: of.generation, keyId: key.id }',
      },
    ],
    suite: {
      file: lifeCycle,
      title: 'a token that was changed, re-encoded or signed by nobody opens nothing',
    },
  },
  {
    name: 'code-of-any-flow',
    breaks: 'A code does not depend on its flow: mine opens yours.',
    rows: [27, 29],
    changes: [
      {
        file: `${core}/tokens.ts`,
        find: 'withKey(of.keyId, (key) => digits(mac(key.code, of.tenant, of.flow, String(of.generation)))),',
        replace: 'withKey(of.keyId, (key) => digits(mac(key.code, of.tenant, String(of.generation)))),',
      },
      {
        file: `${core}/tokens.ts`,
        find: `        digits(mac(key.code, of.tenant, of.flow, String(of.generation))),
      )`,
        replace: `        digits(mac(key.code, of.tenant, String(of.generation))),
      )`,
      },
    ],
    suite: { file: lifeCycle, title: 'the attacker’s own proof opens nothing but' },
  },
  {
    name: 'flow-secret-unchecked',
    breaks: 'Who knows the public id of a flow may look at it.',
    rows: [33],
    changes: [
      {
        file: `${core}/holder.ts`,
        find: 'if (stored === null || !deps.tokens.isSecret(stored.secretDigest, call.secret)) {',
        replace: 'if (stored === null) {',
      },
    ],
    suite: { file: lifeCycle, title: 'every secret opens its own door and no other' },
  },
  {
    name: 'link-kept-after-use',
    breaks: 'A spent link is looked at and not used up.',
    rows: [22, 95],
    changes: [
      {
        file: `${core}/spend-link.ts`,
        find: 'return { answer: decision.answer, flow: left, opened: decision.flow, effects: { events } }',
        replace: 'return { answer: decision.answer, opened: decision.flow, effects: { events } }',
      },
    ],
    suite: { file: lifeCycle, title: 'a link that was used opens nothing' },
  },
  {
    name: 'link-not-moved',
    breaks: 'A spent link proves the flow of whoever started it, besides the flow of who spent it.',
    rows: [130],
    changes: [
      {
        file: `${core}/spend-link.ts`,
        find: `const left = transition(flow, { type: 'moved-away' })`,
        replace: `const { secretDigest } = flow
      const left = transition(flow, { type: 'proved', proofs: [], wanted: null, secretDigest, at: now })`,
      },
    ],
    suite: { file: lifeCycle, title: '[130]' },
  },
  {
    name: 'decision-without-lock',
    breaks:
      'A decision reads and writes without keeping others out: two requests at once both see the first state.',
    rows: [94, 105],
    changes: [
      {
        file: 'server/src/adapters/stores/recovery/recovery-store.ts',
        find: '      if (target.inLine !== undefined) await waitInLine(trx, target.tenant, target.inLine)\n',
        replace: '',
      },
      {
        file: 'server/src/adapters/stores/recovery/recovery-store.ts',
        find: '          : await lockWithLinked(trx, target, subject)',
        replace: '          : { ledger: emptyLedger(target.tenant, subject), linked: [] }',
      },
      {
        file: 'server/src/adapters/stores/recovery/flows.ts',
        find: '.where(at(name)).forUpdate().executeTakeFirst()',
        replace: '.where(at(name)).executeTakeFirst()',
      },
    ],
    suite: {
      file: 'server/test/contract/recovery-store.test.ts',
      title: 'when thirty racers on two nodes count up one flow and one ledger',
    },
  },
  {
    name: 'tries-counted-outside',
    breaks:
      'The number of tries is read before the transaction that compares, so guesses at once are one guess.',
    rows: [80],
    changes: [
      {
        file: `${core}/prove.ts`,
        find: `    if (!methods.includes(method)) return refuse({ because: 'method-not-offered' })`,
        replace: `    if (!methods.includes(method)) return refuse({ because: 'method-not-offered' })
    const before = await deps.store.read(call.tenant, call.id)
    const tried = before?.state === 'awaiting-proof' ? before.codesTried : 0`,
      },
      {
        file: `${core}/prove.ts`,
        find: 'if (guessable && flow.codesTried >= rules.codeTriesPerFlow) {',
        replace: 'if (guessable && tried >= rules.codeTriesPerFlow) {',
      },
      {
        file: `${core}/prove.ts`,
        find: `const tried = transition({ ...flow, touchedAt: now }, { type: 'code-wrong' }) ?? flow`,
        replace: `const counted = transition({ ...flow, touchedAt: now }, { type: 'code-wrong' }) ?? flow`,
      },
      { file: `${core}/prove.ts`, find: 'flow: tried,', replace: 'flow: counted,' },
    ],
    suite: { file: lifeCycle, title: 'two hundred codes at once, the right one among them' },
  },
  {
    name: 'tries-per-flow-only',
    breaks: 'Wrong codes are counted for each flow and not for the account behind them.',
    rows: [82],
    changes: [
      {
        file: `${core}/ledger.ts`,
        find: 'recent(ledger, rules, now).length < rules.failedTriesPerAccount.max',
        replace: 'recent(ledger, rules, now).length < Infinity',
      },
    ],
    suite: {
      file: lifeCycle,
      title: 'spellings of the name, new flows and forwarded addresses share one budget',
    },
  },
  {
    name: 'new-mail-new-tries',
    breaks: 'Asking for another mail gives the tries back.',
    rows: [78],
    changes: [
      {
        file: `${core}/transition.ts`,
        find: `      return {
        ...flow,
        asked:`,
        replace: `      return {
        ...flow,
        codesTried: 0,
        asked:`,
      },
    ],
    suite: { file: lifeCycle, title: 'the right code after five wrong ones is refused' },
  },
  {
    name: 'link-never-expires',
    breaks: 'A link works however old it is.',
    rows: [96],
    changes: [
      {
        file: `${core}/spend-link.ts`,
        find: 'return generation === name.generation && keyId === name.keyId && expiresAt > now',
        replace: 'return generation === name.generation && keyId === name.keyId',
      },
    ],
    suite: { file: lifeCycle, title: 'link and code end when the configuration says' },
  },
  {
    name: 'older-link-works',
    breaks: 'The link of an older mail works beside that of the newest.',
    rows: [97],
    changes: [
      {
        file: `${core}/spend-link.ts`,
        find: 'return generation === name.generation && keyId === name.keyId && expiresAt > now',
        replace: 'return generation >= name.generation && keyId === name.keyId && expiresAt > now',
      },
    ],
    suite: { file: lifeCycle, title: 'an older mail of a flow is dead' },
  },
  {
    name: 'others-survive',
    breaks: 'A password that was set leaves the other flows and links of the account alive.',
    rows: [97, 99, 101],
    changes: [
      {
        file: `${core}/write-outcome.ts`,
        find: `    others: superseding(now),
`,
        replace: '',
      },
    ],
    suite: { file: lifeCycle, title: 'every other link, code and proven flow of the account is dead' },
  },
  {
    name: 'second-factor-ignored',
    breaks: 'An account with a second factor comes back by mail alone.',
    rows: [109],
    changes: [
      {
        file: 'server/src/core/accounts/eligibility.ts',
        find: 'applies: (entry) => entry.secondFactor',
        replace: 'applies: () => false',
      },
    ],
    suite: { file: lifeCycle, title: 'because it has a second factor is told so by mail' },
  },
  {
    name: 'disabled-comes-back',
    breaks: 'A disabled account is mailed a way back in.',
    rows: [150],
    changes: [
      {
        file: 'server/src/core/accounts/eligibility.ts',
        find: 'applies: (entry) => entry.disabled',
        replace: 'applies: () => false',
      },
    ],
    suite: { file: lifeCycle, title: 'because it is disabled is told so by mail' },
  },
  {
    name: 'looking-spends',
    breaks: 'The page spends a link whose token stands in its address, so whoever fetches it uses it up.',
    rows: [107],
    changes: [
      {
        file: 'server/src/http/portal/routes.ts',
        find: '  const { again } = visit.request.query as { again?: unknown }',
        replace: `  const { again, token } = visit.request.query as { again?: unknown; token?: unknown }
  if (typeof token === 'string') {
    const { tenant, client, page, held } = visit
    await deps.recovery.spendLink({ tenant: tenant.id, token, client, locale: page.locale, holding: held })
  }`,
      },
    ],
    suite: { file: lifeCycle, title: '[107]' },
  },
  {
    name: 'guesses-lock-out',
    breaks: 'After too many wrong codes, by anybody, the owner’s link does not work either.',
    rows: [93],
    changes: [
      {
        file: `${core}/spend-link.ts`,
        find: 'if (!linkIsCurrent(flow, name, now)) {',
        replace:
          'if (!linkIsCurrent(flow, name, now) || seen.ledger.failedTries.length >= rules.failedTriesPerAccount.max) {',
      },
    ],
    suite: {
      file: lifeCycle,
      title: 'spellings of the name, new flows and forwarded addresses share one budget',
    },
  },
  {
    name: 'one-budget-a-network',
    breaks: 'Wrong codes of other networks do not count against the account.',
    rows: [81],
    changes: [
      {
        file: `${core}/prove.ts`,
        find: 'ledger: guessable ? afterFailedTry(ledger, rules, now) : ledger,',
        replace:
          'ledger: flow.client.network === call.client.network ? afterFailedTry(ledger, rules, now) : ledger,',
      },
    ],
    suite: { file: lifeCycle, title: '[81]' },
  },
  {
    name: 'methods-counted-as-kinds',
    breaks: 'Link and code of one mail count as two proofs of different kinds.',
    rows: [111],
    changes: [
      {
        file: 'server/src/core/proofs/assurance.ts',
        find: '  ...new Set(proofs.flatMap(({ method }) => kindsOf(method))),',
        replace: '  ...new Set(proofs.flatMap(({ method }) => method as never)),',
      },
    ],
    suite: { file: 'server/src/core/proofs/assurance.test.ts', title: '[111]' },
  },
]
