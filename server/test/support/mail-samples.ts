import type {
  Ineligible,
  MessageFacts,
  MessageKind,
  MessageOrder,
  MessageSecrets,
} from '../../src/core/messages/ports.ts'
import { enrolledMethods } from '../../src/core/proofs/index.ts'

export const someFacts = (over: Partial<MessageFacts> = {}): MessageFacts => ({
  username: 'ada',
  at: '2025-11-20T14:22:00Z',
  device: 'Firefox on Windows',
  place: {
    country: 'DK',
    city: { en: 'Copenhagen', de: 'Kopenhagen', es: 'Copenhague', fr: 'Copenhague', ja: 'コペンハーゲン' },
  },
  validUntil: '2025-11-20T14:32:00Z',
  endsAt: '2025-11-13T14:32:00Z',
  ...over,
})

export const anOrder = (over: Partial<MessageOrder> = {}): MessageOrder => ({
  id: '01jd9z6m3k8q',
  tenant: 'northwind',
  kind: 'recovery',
  subject: 'subject-key',
  flow: 'flow-id',
  generation: 1,
  keyId: 'token-key',
  disavowal: 'disavowal-id',
  to: 'ada@northwind.example',
  locale: 'en',
  service: null,
  facts: someFacts(),
  notAfter: new Date('2025-11-20T14:32:00Z'),
  ...over,
})

export const someSecrets = (over: Partial<MessageSecrets> = {}): MessageSecrets => ({
  link: 'https://account.northwind.example/recover#wRq8f2mV0cYxT7hL5nKpZbD3sJg9aEu1QiXo4FtHyMw',
  code: '48217093',
  disavowLink: 'https://account.northwind.example/disavow#Zt5pXn8kVqL2mR7wBc0yHfJ3sDg9aEu1TiXo4QhKyMw',
  disavowCode: '7k3m9x2pqw5t8hnd',
  ...over,
})

const kinds: Record<MessageKind, true> = {
  recovery: true,
  'recovery-explained': true,
  'password-changed': true,
  'password-unexplained': true,
  'password-accepted': true,
  'password-not-set': true,
  disavowed: true,
  unlock: true,
  'unlock-explained': true,
  'account-unlocked': true,
  invitation: true,
  'account-activated': true,
  'invited-elsewhere': true,
  'change-required': true,
  'password-expires': true,
  'password-expired': true,
  'method-added': true,
  'method-removed': true,
}
const reasons: Record<Ineligible, true> = {
  disabled: true,
  federated: true,
  privileged: true,
  'second-factor': true,
  disavowed: true,
  'not-activated': true,
}

const applications = { written: ['Windows'], unchanged: ['Warehouse', 'Mail'], unknown: ['Old town'] }

const withoutGrace = ({ validUntil: _, ...facts }: MessageFacts): MessageFacts => facts

/** Every kind of mail, every reason, and the recovery mail of a person whose codes are used up. */
export function mailSamples(over: Partial<MessageOrder> = {}): Map<string, MessageOrder> {
  const facts = someFacts(over.facts)
  return new Map([
    ...(Object.keys(kinds) as MessageKind[]).map(
      (kind) => [kind, anOrder({ ...over, kind, facts })] as const,
    ),
    ...(Object.keys(reasons) as Ineligible[]).map(
      (because) =>
        [
          `recovery-explained-${because}`,
          anOrder({ ...over, kind: 'recovery-explained', facts: { ...facts, because } }),
        ] as const,
    ),
    [
      'recovery-explained-at-provider',
      anOrder({
        ...over,
        kind: 'recovery-explained',
        facts: { ...facts, because: 'federated', provider: 'contoso' },
      }),
    ],
    ['disavowed-late', anOrder({ ...over, kind: 'disavowed', facts: { ...facts, because: 'disavowed' } })],
    ...(['account-unlocked', 'change-required'] as const).map(
      (kind) => [`${kind}-by-help`, anOrder({ ...over, kind, facts: { ...facts, byHelp: true } })] as const,
    ),
    [
      'password-not-set-refused',
      anOrder({ ...over, kind: 'password-not-set', facts: { ...facts, wasRefused: true } }),
    ],
    [
      'password-not-set-first',
      anOrder({ ...over, kind: 'password-not-set', facts: { ...facts, isFirst: true } }),
    ],
    ['password-expired-late', anOrder({ ...over, kind: 'password-expired', facts: withoutGrace(facts) })],
    ...(['password-changed', 'account-activated'] as const).map(
      (kind) => [`${kind}-partly`, anOrder({ ...over, kind, facts: { ...facts, applications } })] as const,
    ),
    ...enrolledMethods.map(
      (method) =>
        [
          `method-added-${method}`,
          anOrder({ ...over, kind: 'method-added', facts: { ...facts, method } }),
        ] as const,
    ),
    ['recovery-link-only', anOrder({ ...over, facts: { ...facts, codeWorks: false } })],
    [
      'recovery-desktop-app',
      anOrder({
        ...over,
        facts: { ...facts, device: 'a desktop app on Linux', place: { country: 'DK', city: null } },
      }),
    ],
    ['recovery-nothing-known', anOrder({ ...over, facts: { ...facts, device: null, place: null } })],
  ])
}
