import type { Mutant } from './mutant.ts'

const browser = 'server/test/attack/browser-and-answers.test.ts'
const wire = 'server/test/attack/wire.test.ts'
const openLdap = 'server/test/attack/openldap.test.ts'
const canary = 'server/test/integration/canary.test.ts'

/** Defects at the edges: browsers, mail servers, directories, logs, chance. */
export const wireMutants: readonly Mutant[] = [
  {
    name: 'csrf-value-unchecked',
    breaks: 'A form needs no value that only our own page knows.',
    rows: [129],
    changes: [
      {
        file: 'server/src/http/portal/cookies.ts',
        find: `return cookie !== '' && constantTimeEqual(Buffer.from(cookie), Buffer.from(sent ?? ''))`,
        replace: `return cookie !== '' || sent !== ''`,
      },
    ],
    suite: { file: browser, title: '[129]' },
  },
  {
    name: 'fetch-metadata-ignored',
    breaks: 'A form counts as our own although the browser says that another site sent it.',
    rows: [129],
    changes: [
      {
        file: 'server/src/http/portal/cookies.ts',
        find: '  if (sentFromElsewhere(request)) return false\n',
        replace: '',
      },
    ],
    suite: { file: browser, title: '[129]' },
  },
  {
    name: 'cookie-from-siblings',
    breaks: 'The flow’s cookie has no prefix, so a sibling host can plant one.',
    rows: [130],
    changes: [
      {
        file: 'server/src/http/portal/cookies.ts',
        find: `flow: '__Host-rekey-flow',`,
        replace: `flow: 'rekey-flow',`,
      },
    ],
    suite: { file: browser, title: '[130]' },
  },
  {
    name: 'frames-allowed',
    breaks: 'Any page may show ours in a frame.',
    rows: [132],
    changes: [
      {
        file: 'server/src/http/hardening.ts',
        find: `  'frame-ancestors': "'none'",\n`,
        replace: '',
      },
    ],
    suite: { file: browser, title: '[131] [132]' },
  },
  {
    name: 'pages-cached',
    breaks: 'Browsers and proxies may keep pages and answers.',
    rows: [72, 73],
    changes: [
      {
        file: 'server/src/http/hardening.ts',
        find: `  'cache-control': 'no-store',
  ...(https`,
        replace: '  ...(https',
      },
      {
        file: 'server/src/http/hardening.ts',
        find: `    if (reply.statusCode >= 400) void reply.header('cache-control', 'no-store')\n`,
        replace: '',
      },
    ],
    suite: { file: browser, title: '[72]' },
  },
  {
    name: 'problem-repeats-input',
    breaks: 'The problem document of a bad request repeats the request.',
    rows: [120, 131],
    changes: [
      {
        file: 'server/src/http/public-app.ts',
        find: 'sendProblem(reply, code, detailsOf(error, code))',
        replace: 'sendProblem(reply, code, { errors: [{ detail: JSON.stringify(request.body) }] })',
      },
    ],
    suite: { file: wire, title: 'repeat no value that was sent' },
  },
  {
    name: 'lenient-parser',
    breaks: 'The listener reads requests that HTTP forbids, as some proxies do and others do not.',
    rows: [134],
    changes: [
      {
        file: 'server/src/http/public-app.ts',
        find: '    bodyLimit: bodyBytesMax,',
        replace: `    http: { insecureHTTPParser: true },
    bodyLimit: bodyBytesMax,`,
      },
    ],
    suite: { file: wire, title: 'are refused, and what follows is not read' },
  },
  {
    name: 'console-under-any-name',
    breaks: 'The console answers to every host name, so a stranger’s page can rebind one.',
    rows: [135],
    changes: [
      {
        file: 'server/src/http/console-api/app.ts',
        find: '  onlyHosts(app, deps.hostNames)\n',
        replace: '',
      },
    ],
    suite: { file: browser, title: 'the console does not answer to the name' },
  },
  {
    name: 'console-token-reusable',
    breaks: 'The address that lets one browser into the console lets in every browser.',
    rows: [36, 38],
    changes: [
      {
        file: 'server/src/http/console-api/entry.ts',
        find: '      left = null\n',
        replace: '',
      },
    ],
    suite: { file: browser, title: '[36]' },
  },
  {
    name: 'token-in-query',
    breaks: 'The mailed link carries its token in the query, which every server on the way writes down.',
    rows: [74],
    changes: [
      {
        file: 'server/src/core/recovery/message-secrets.ts',
        find: '${page}#${tokens.link(of)}',
        replace: '${page}?token=${tokens.link(of)}',
      },
    ],
    suite: { file: browser, title: 'the mailed link' },
  },
  {
    name: 'bodies-logged',
    breaks: 'The log has the body of every request.',
    rows: [123],
    changes: [
      {
        file: 'server/src/http/public-app.ts',
        find: `request.log.info({ ...answered, milliseconds:`,
        replace: `request.log.info({ ...answered, body: request.body, milliseconds:`,
      },
    ],
    suite: { file: canary, title: 'puts none of the secrets of whole flows anywhere' },
  },
  {
    name: 'secrets-kept-readable',
    breaks: 'A flow’s row has its secret itself instead of a keyed digest.',
    rows: [122],
    changes: [
      {
        file: 'server/src/core/recovery/tokens.ts',
        find: '`${key.id}:${hex(mac(key.flowSecret, secret))}`',
        replace: '`${key.id}:${secret}`',
      },
    ],
    suite: { file: canary, title: 'puts none of the secrets of whole flows anywhere' },
  },
  {
    name: 'math-random',
    breaks: 'Secrets are drawn with Math.random.',
    rows: [75],
    changes: [
      {
        file: 'server/src/kernel/outside.ts',
        find: 'randomBytes: (count) => randomBytes(count),',
        replace: 'randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.random() * 256),',
      },
    ],
    suite: {
      file: 'server/test/attack/chance.test.ts',
      title: 'have no state of V8’s generator behind them',
    },
  },
  {
    name: 'mail-server-unverified',
    breaks: 'Mails go to whoever answers in the mail server’s place.',
    rows: [143],
    changes: [
      {
        file: 'server/src/adapters/channels/smtp/open.ts',
        find: 'rejectUnauthorized: true,',
        replace: 'rejectUnauthorized: false,',
      },
    ],
    suite: { file: 'server/test/attack/mail-road.test.ts', title: '[143]' },
  },
  {
    name: 'starttls-optional',
    breaks: 'Without STARTTLS mails are sent in the clear.',
    rows: [143],
    changes: [
      {
        file: 'server/src/adapters/channels/smtp/open.ts',
        find: `requireTLS: config.tls === 'starttls',`,
        replace: 'requireTLS: false,',
      },
    ],
    suite: { file: 'server/test/attack/mail-road.test.ts', title: 'who takes STARTTLS away' },
  },
  {
    name: 'addresses-parsed',
    breaks: 'A stored address is handed to the mail library without being looked at.',
    rows: [58, 59],
    changes: [
      {
        file: 'server/src/adapters/channels/smtp/open.ts',
        find: `      if (!isPlainMailbox(envelope.to)) return { ok: false, permanent: true, because: 'address-unusable' }\n`,
        replace: '',
      },
    ],
    suite: { file: 'server/test/attack/mail-road.test.ts', title: '[59]' },
  },
  {
    name: 'ldap-filter-from-text',
    breaks: 'What was typed is put into an LDAP filter as text.',
    rows: [53],
    changes: [
      {
        file: 'server/src/adapters/connectors/ldap-wire/filters.ts',
        find: 'new EqualityFilter({ attribute, value })',
        replace: 'FilterParser.parseString(`(${attribute}=${value})`)',
      },
    ],
    suite: { file: openLdap, title: '[53]' },
  },
  {
    name: 'ldap-reference-followed',
    breaks: 'Where a directory says that there is more, somebody goes and looks.',
    rows: [234],
    changes: [
      {
        file: 'server/src/adapters/connectors/ldap-wire/reading.ts',
        find: 'answered(session, base, (client) => client.search(base, options))',
        replace: `answered(session, base, async (client) => {
    const found = await client.search(base, options)
    const { connect } = await import('node:net')
    for (const there of found.searchReferences) {
      const { port, hostname } = new URL(there)
      await new Promise((go) => connect(Number(port), hostname).on('connect', go).on('error', go))
    }
    return found
  })`,
      },
    ],
    suite: { file: 'server/test/attack/directory-in-foreign-hands.test.ts', title: '[234]' },
  },
  {
    name: 'ldap-answer-unbounded',
    breaks: 'An answer over LDAP is read to its end, however long it is.',
    rows: [232],
    changes: [
      {
        file: 'server/src/adapters/connectors/ldap-wire/connection.ts',
        find: 'if (received <= answerBytesMax || tooLong !== null) return',
        replace: 'if (received >= 0 || tooLong !== null) return',
      },
    ],
    suite: { file: 'server/test/attack/directory-in-foreign-hands.test.ts', title: '[232]' },
  },
  {
    name: 'sql-from-text',
    breaks: 'What was typed is put into a statement in SQL as text.',
    rows: [220],
    changes: [
      {
        file: 'server/src/adapters/connectors/sql/pool.ts',
        find: 'send(statement, () => connection.run(statement.text, statement.valuesOf(values))),',
        replace: `send(statement, () => {
            const text = statement
              .valuesOf(values)
              .reduce((whole: string, value, at) => whole.replace(dialect.placeholder(at + 1), \`'\${value}'\`), statement.text)
            return connection.run(text, [])
          }),`,
      },
    ],
    suite: { file: 'server/test/attack/sql.test.ts', title: 'is one literal value beside the statement' },
  },
  {
    name: 'empty-bind',
    breaks: 'An empty password is sent to the directory, where it is a sign-in without one.',
    rows: [52],
    changes: [
      {
        file: 'server/src/adapters/connectors/password-text.ts',
        find: `return text !== '' && text.isWellFormed() ? text : null`,
        replace: 'return text.isWellFormed() ? text : null',
      },
    ],
    suite: { file: openLdap, title: '[52]' },
  },
  {
    name: 'administrators-by-mail',
    breaks: 'Members of the administrators’ group come back by mail.',
    rows: [39, 40],
    changes: [
      {
        file: 'server/src/core/accounts/eligibility.ts',
        find: 'applies: (entry) => entry.privileged',
        replace: 'applies: () => false',
      },
    ],
    suite: { file: openLdap, title: '[40]' },
  },
  {
    name: 'directory-unverified',
    breaks: 'Any server that answers in the directory’s place is told passwords.',
    rows: [],
    changes: [
      {
        file: 'server/src/adapters/connectors/ldap-wire/socket.ts',
        find: 'rejectUnauthorized: true,',
        replace: 'rejectUnauthorized: false,',
      },
    ],
    suite: {
      file: 'server/test/contract/directory-ldap.test.ts',
      title: 'refuses a server of another authority, another name, or an authority it was not given',
    },
  },
  {
    name: 'factor-lost-by-reset',
    breaks: 'A reset takes the second factor out of the entry.',
    rows: [115],
    changes: [
      {
        file: 'server/src/adapters/connectors/ldap/password-write.ts',
        find: '  await client.exop(passwordModifyOid, unprintable(writer.buffer), policy)',
        replace: `  await client.exop(passwordModifyOid, unprintable(writer.buffer), policy)
  const none = new Attribute({ type: 'secondFactor', values: [] })
  await client.modify(request.dn, new Change({ operation: 'replace', modification: none }))`,
      },
    ],
    suite: { file: openLdap, title: '[115]' },
  },
  {
    name: 'password-escaped',
    breaks: 'A password is escaped for a place where it never goes, and is another one at the directory.',
    rows: [57],
    changes: [
      {
        file: 'server/src/adapters/connectors/password-text.ts',
        find: `return text !== '' && text.isWellFormed() ? text : null`,
        replace: `return text !== '' && text.isWellFormed() ? text.replaceAll(/[$\`"\\\\]/g, '\\\\$&') : null`,
      },
    ],
    suite: { file: openLdap, title: '[57]' },
  },
  {
    name: 'identifier-fetched',
    breaks: 'An identifier that is an address is fetched, to see whose it is.',
    rows: [140],
    changes: [
      {
        file: 'server/src/core/recovery/start.ts',
        find: '    const secret = newFlowSecret(deps)\n',
        replace: `    const secret = newFlowSecret(deps)
    if (call.identifier.startsWith('http')) await fetch(call.identifier).catch(() => null)
`,
      },
    ],
    suite: { file: wire, title: '[140]' },
  },
  {
    name: 'fields-by-query',
    breaks: 'Who asks for all fields of a flow gets them.',
    rows: [121],
    changes: [
      {
        file: 'server/src/http/api/recoveries.ts',
        find: `      return answer(deps, reply, tenant, 200, await recovery.read(holder))`,
        replace: `      const read = await recovery.read(holder)
      if (read.ok && (request.query as { select?: string }).select === '*') {
        return reply.type('application/json').serializer(JSON.stringify).send(read.flow)
      }
      return answer(deps, reply, tenant, 200, read)`,
      },
    ],
    suite: { file: wire, title: '[121]' },
  },
  {
    name: 'redirect-anywhere',
    breaks: 'The first page sends a browser wherever the address says.',
    rows: [69],
    changes: [
      {
        file: 'server/src/http/portal/routes.ts',
        find: `app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/recover', 303))`,
        replace: `app.get('/', { schema: { hide: true } }, (request, reply) =>
    reply.redirect((request.query as { next?: string }).next ?? '/recover', 303),
  )`,
      },
    ],
    suite: {
      file: 'server/test/attack/wrong-party.test.ts',
      title: 'never redirects anywhere but to its own pages',
    },
  },
  {
    name: 'console-everywhere',
    breaks: 'Unless told otherwise the console listens on every address of the machine.',
    rows: [136],
    changes: [
      {
        file: 'server/src/config/schema.ts',
        find: `        host: text('Address to listen on. Keep it on loopback or a management network.', {
          default: '127.0.0.1',`,
        replace: `        host: text('Address to listen on. Keep it on loopback or a management network.', {
          default: '0.0.0.0',`,
      },
    ],
    suite: { file: wire, title: 'is nothing when the configuration names no listener' },
  },
]
