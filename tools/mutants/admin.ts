import type { Mutant } from './mutant.ts'

const gate = 'server/src/http/console-api/admin/gate.ts'
const approve = 'server/src/core/helpdesk/approve-offboarding.ts'
const attacks = 'server/test/attack/admin.test.ts'

/** Defects in who may do what to somebody else's account. */
export const adminMutants: readonly Mutant[] = [
  {
    name: 'permissions-unasked',
    breaks: 'Any key may do what any other may.',
    rows: [192],
    changes: [
      {
        file: gate,
        find: 'if (!anyOf.some((permission) => callerMay(caller, permission))) {',
        replace: 'if (!anyOf.some((permission) => callerMay(caller, permission) || caller.may.length > 0)) {',
      },
    ],
    suite: { file: attacks, title: '[192]' },
  },
  {
    name: 'key-opens-every-tenant',
    breaks: 'The tenants of a key are not looked at.',
    rows: [191],
    changes: [
      {
        file: gate,
        find: 'deps.tenants.has(tenant) && knowsTenant(caller, tenant)',
        replace: 'deps.tenants.has(tenant) && knowsTenant({ tenants: null }, tenant)',
      },
    ],
    suite: { file: attacks, title: '[191]' },
  },
  {
    name: 'own-approval-counts',
    breaks: 'Whoever asked for an offboarding says yes to it.',
    rows: [193],
    changes: [
      {
        file: approve,
        find: '  [askedBy, username, entry?.username,',
        replace: '  [askedBy.slice(0, 0), username, entry?.username,',
      },
    ],
    suite: { file: attacks, title: '[193]' },
  },
  {
    name: 'digest-of-anything',
    breaks: 'A yes counts whatever it was to.',
    rows: [194],
    changes: [
      {
        file: approve,
        find: "if (digest !== offboarding.digest) return no('digest-wrong')",
        replace: "if (digest === '') return no('digest-wrong')",
      },
    ],
    suite: { file: attacks, title: '[194]' },
  },
  {
    name: 'first-answer-for-everybody',
    breaks: 'The name of a request is not its caller’s own.',
    rows: [196],
    changes: [
      {
        file: 'server/src/http/console-api/admin/once.ts',
        find: 'caller: call.caller.name, route, key }',
        replace: "caller: 'anybody', route, key }",
      },
    ],
    suite: { file: attacks, title: '[196]' },
  },
  {
    name: 'key-in-another-header',
    breaks: 'A key counts wherever it is written.',
    rows: [190],
    changes: [
      {
        file: gate,
        find: "headers.authorization ?? ''",
        replace: "headers.authorization ?? `Bearer ${String(headers['x-api-key'])}`",
      },
    ],
    suite: { file: attacks, title: '[190]' },
  },
  {
    name: 'approval-counts-again',
    breaks: 'A yes to what was done already does it again.',
    rows: [195],
    changes: [
      {
        file: approve,
        find: "if (offboarding.state === 'done')",
        replace: "if (offboarding.state === 'done' && offboarding.attempts > 100)",
      },
    ],
    suite: { file: attacks, title: '[195]' },
  },
  {
    name: 'console-of-any-name',
    breaks: 'The console answers whatever name it is called by.',
    rows: [197],
    changes: [
      {
        file: 'server/src/http/hardening.ts',
        find: 'if (host !== null && known.has(host)) done()',
        replace: 'if (host !== null && known.size > 0) done()',
      },
    ],
    suite: { file: attacks, title: '[197]' },
  },
  {
    name: 'other-sites-may-send',
    breaks: 'What a browser says about who made it send a form is not looked at.',
    rows: [198],
    changes: [
      {
        file: 'server/src/http/hardening.ts',
        find: "return site !== undefined && site !== 'same-origin' && site !== 'none'",
        replace: "return site !== undefined && site.length > 100 && site !== 'none'",
      },
    ],
    suite: { file: attacks, title: '[198]' },
  },
]
