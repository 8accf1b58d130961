import type { Mutant } from './mutant.ts'

const lifeCycle = 'server/test/attack/life-cycle.test.ts'
const wrongParty = 'server/test/attack/wrong-party.test.ts'
const sameForAll = 'server/test/attack/same-for-all.test.ts'
const core = 'server/src/core'

/** Defects by which a stranger learns something, gets a mail, or gets more tries than anybody. */
export const strangerMutants: readonly Mutant[] = [
  {
    name: 'host-header-in-links',
    breaks: 'Links are built from the host of the latest request.',
    rows: [62, 63, 65],
    changes: [
      {
        file: 'server/src/compose.ts',
        find: 'publicUrl: (tenant) => known(voices, tenant).publicUrl,',
        replace: 'publicUrl: () => latest.url,',
      },
      {
        file: 'server/src/compose.ts',
        find: '  const secretsFor = makeMessageSecrets({',
        replace: `  const latest = { url: '' }
  const secretsFor = makeMessageSecrets({`,
      },
      {
        file: 'server/src/compose.ts',
        find: 'tenantOf: makeTenantOf(publicTenants),',
        replace: `tenantOf: (request) => {
        latest.url = \`https://\${request.headers.host ?? ''}\`
        return makeTenantOf(publicTenants)(request)
      },`,
      },
    ],
    suite: { file: wrongParty, title: 'by Host changes no byte of the mail' },
  },
  {
    name: 'forwarded-host-in-links',
    breaks: 'Links are built from X-Forwarded-Host when a request brings one.',
    rows: [63, 64],
    changes: [
      {
        file: 'server/src/compose.ts',
        find: 'publicUrl: (tenant) => known(voices, tenant).publicUrl,',
        replace: 'publicUrl: (tenant) => latest.url ?? known(voices, tenant).publicUrl,',
      },
      {
        file: 'server/src/compose.ts',
        find: '  const secretsFor = makeMessageSecrets({',
        replace: `  const latest: { url: string | null } = { url: null }
  const secretsFor = makeMessageSecrets({`,
      },
      {
        file: 'server/src/compose.ts',
        find: 'tenantOf: makeTenantOf(publicTenants),',
        replace: `tenantOf: (request) => {
        const host = request.headers['x-forwarded-host']
        latest.url = typeof host === 'string' ? \`https://\${host}\` : null
        return makeTenantOf(publicTenants)(request)
      },`,
      },
    ],
    suite: { file: wrongParty, title: 'by X-Forwarded-Host changes no byte of the mail' },
  },
  {
    name: 'request-text-in-mail',
    breaks: 'What a browser calls itself stands in the mail as it was sent.',
    rows: [60],
    changes: [
      {
        file: 'server/src/http/client.ts',
        find: `device: deviceFrom(request.headers['user-agent']),`,
        replace: `device: request.headers['user-agent'] ?? null,`,
      },
    ],
    suite: { file: wrongParty, title: 'by User-Agent changes no byte of the mail' },
  },
  {
    name: 'mail-to-typed-address',
    breaks: 'The mail goes to the address that was typed, not to the one that is stored.',
    rows: [2, 3],
    changes: [
      {
        file: `${core}/recovery/resolve.ts`,
        find: '      ...noticeOf(matched, found),',
        replace: `      ...noticeOf(matched, found),
      ...(flow.whose.is === 'unresolved' && flow.whose.identifier.includes('@')
        ? { to: [flow.whose.identifier] }
        : {}),`,
      },
    ],
    suite: { file: wrongParty, title: 'is the person, and the mail goes to the stored bytes' },
  },
  {
    name: 'mail-to-folded-address',
    breaks: 'The mail goes to the stored address in lower case, which may be another mailbox.',
    rows: [2, 3],
    changes: [
      {
        file: `${core}/recovery/notices.ts`,
        find: 'return [...byMailbox.values()]',
        replace: 'return [...byMailbox.keys()]',
      },
    ],
    suite: { file: wrongParty, title: 'is the person, and the mail goes to the stored bytes' },
  },
  {
    name: 'look-alikes-fold',
    breaks: 'Names are compared in a compatibility form, so that look-alikes are the same name.',
    rows: [2, 3, 4],
    changes: [
      {
        file: `${core}/accounts/identifier.ts`,
        find: `piece.normalize('NFC'))`,
        replace: `piece.normalize('NFKC'))`,
      },
    ],
    suite: { file: wrongParty, title: '[2] [3] [4] [10]' },
  },
  {
    name: 'first-of-two-accounts',
    breaks: 'A name that two accounts answer to is the first one’s.',
    rows: [10],
    changes: [
      {
        file: `${core}/accounts/resolve.ts`,
        find: `if (second !== undefined) {`,
        replace: `if (second !== undefined && second === only) {`,
      },
    ],
    suite: { file: wrongParty, title: 'makes it ambiguous, and gets nothing' },
  },
  {
    name: 'last-key-wins',
    breaks: 'Of a key that stands in a body twice the last value counts.',
    rows: [1],
    changes: [{ file: 'server/src/http/strict-json.ts', find: '  refuseDoubleKeys(text)\n', replace: '' }],
    suite: { file: wrongParty, title: 'as two keys is refused' },
  },
  {
    name: 'unknown-fields-dropped',
    breaks: 'Fields that nobody asked for are dropped without a word.',
    rows: [11, 41, 42, 70],
    changes: [
      {
        file: 'server/src/http/public-app.ts',
        find: 'removeAdditional: false,',
        replace: 'removeAdditional: true,',
      },
    ],
    suite: { file: 'server/test/attack/wire.test.ts', title: '[41]' },
  },
  {
    name: 'forwarded-for-from-anybody',
    breaks: 'Whoever sends X-Forwarded-For chooses the network that limits count.',
    rows: [84],
    changes: [
      {
        file: 'server/src/kernel/client-network.ts',
        find: '    if (!isTrusted(speaker, trusted)) return speaker\n',
        replace: '',
      },
    ],
    suite: { file: lifeCycle, title: '[84] limits of a network' },
  },
  {
    name: 'mails-without-limit',
    breaks: 'A mailbox gets a mail for every start.',
    rows: [88],
    changes: [
      {
        file: `${core}/recovery/mailbox-quota.ts`,
        find: 'if (isOpen) open.push(address)',
        replace: 'open.push(address)',
      },
    ],
    suite: { file: 'server/src/core/recovery/start.test.ts', title: '[88] the quota of a mailbox' },
  },
  {
    name: 'decoys-do-not-count',
    breaks: 'Wrong codes count in flows of accounts only: a flow of nobody has tries for ever.',
    rows: [125],
    changes: [
      {
        file: `${core}/recovery/transition.ts`,
        find: 'return { ...flow, codesTried: flow.codesTried + 1 }',
        replace: `return flow.whose.is === 'account' ? { ...flow, codesTried: flow.codesTried + 1 } : flow`,
      },
    ],
    suite: { file: sameForAll, title: '[125]' },
  },
  {
    name: 'limit-for-accounts-only',
    breaks: 'Only flows of accounts run out of mails to ask for.',
    rows: [125],
    changes: [
      {
        file: `${core}/recovery/ask.ts`,
        find: 'if (flow.asked.times >= rules.asksPerFlow)',
        replace: `if (flow.whose.is === 'account' && flow.asked.times >= rules.asksPerFlow)`,
      },
    ],
    suite: { file: sameForAll, title: '[125]' },
  },
  {
    name: 'nobody-found-out-at-once',
    breaks: 'A code is refused in other words when the flow is nobody’s.',
    rows: [125],
    changes: [
      {
        file: `${core}/recovery/prove.ts`,
        find: 'if (ready === null && flow.asked.worksUntil <= now) {',
        replace: `if (ready === null && (flow.whose.is === 'nobody' || flow.asked.worksUntil <= now)) {`,
      },
    ],
    suite: { file: sameForAll, title: '[125]' },
  },
  {
    name: 'request-asks-directory',
    breaks: 'A start waits until the directory has said who it is about.',
    rows: [126],
    changes: [
      {
        file: 'server/src/compose.ts',
        find: '  const recovery = makeRecovery(recoveryDeps)',
        replace: `  const offPath = makeRecovery(recoveryDeps)
  const recovery: typeof offPath = {
    ...offPath,
    start: async (call) => {
      const started = await offPath.start(call)
      if (started.ok) {
        const job = { tenant: call.tenant, flow: started.flow.id, ask: 1 }
        await offPath.resolve(job, AbortSignal.timeout(5_000)).catch(() => {
          throw new Error('nobody is there')
        })
      }
      return started
    },
  }`,
      },
    ],
    suite: { file: 'server/test/attack/openldap.test.ts', title: '[126]' },
  },
]
