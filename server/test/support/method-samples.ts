import { creationOptions, enrolledMethods, type Method, requestOptions } from '../../src/core/proofs/index.ts'
import { codesPage } from '../../src/http/portal/views/codes.tsx'
import { methodPage, removePage } from '../../src/http/portal/views/method.tsx'
import { methodsPage } from '../../src/http/portal/views/methods.tsx'
import { makePasskeyPage } from '../../src/http/portal/views/passkey.tsx'
import { proofPage } from '../../src/http/portal/views/proof.tsx'
import {
  methodsNotices,
  type PageContext,
  type ProofProps,
  type ShownMethod,
} from '../../src/http/portal/views/props.ts'
import { setUpPage } from '../../src/http/portal/views/set-up.tsx'

const at = new Date('2025-11-20T14:32:00Z')
const codes = Array.from({ length: 10 }, (_, one) => `7k3m-9x2p-qw5t-8hn${one}`)
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const uri = `otpauth://totp/Northwind:ada@northwind.example?issuer=Northwind&secret=${seed}&algorithm=SHA1&digits=6&period=30`

const party = { id: 'id.example.org', origin: 'https://id.example.org', name: 'Northwind' }
const challenge = Buffer.alloc(32, 7).toString('base64url')
const request = requestOptions({ party, challenge })
const creation = creationOptions({
  ...{ party, challenge, userHandle: challenge, known: [] },
  account: { name: 'ada', displayName: 'ada' },
})

type Pages = [name: string, html: string][]

/** What a person has, with a name of theirs and without. */
export const someMethods: readonly ShownMethod[] = [
  {
    ...{ id: 'one', method: 'totp', name: 'Blue telephone', createdAt: at },
    ...{ lastUsedAt: at, waitsUntil: at, left: null, synced: null },
  },
  {
    ...{ id: 'two', method: 'recovery_code', name: '', createdAt: at },
    ...{ lastUsedAt: null, waitsUntil: null, left: 9, synced: null },
  },
  {
    ...{ id: 'three', method: 'passkey', name: 'Apple Passwords', createdAt: at },
    ...{ lastUsedAt: at, waitsUntil: null, left: null, synced: true },
  },
  {
    ...{ id: 'four', method: 'passkey', name: 'Yellow key', createdAt: at },
    ...{ lastUsedAt: null, waitsUntil: null, left: null, synced: false },
  },
]

/** Every page that asks for more than a mail, or shows what somebody has set up, in every variant. */
export const methodSamples = (page: PageContext): Pages => [
  ...proofSamples(page),
  ...ownSamples({ ...page, here: '/methods' }),
]

function proofSamples(page: PageContext): Pages {
  const all = [
    'email_link',
    'email_code',
    'totp',
    'recovery_code',
    'passkey',
    'sms_code',
  ] as const satisfies readonly Method[]
  const asked: Omit<ProofProps, 'method'> = {
    ...{
      page,
      step: { is: 'first' },
      others: [],
      triesLeft: 5,
      notice: null,
      validUntil: at,
      passkey: request,
    },
  }
  const second: ProofProps['step'] = {
    ...{ is: 'second', have: 1, need: 2, because: ['policy', 'enrolled'] },
  }
  const signIn = {
    ...asked,
    page: { ...page, here: '/sign-in/proof' } as const,
    step: { is: 'sign-in' } as const,
  }
  const others = ['recovery_code', 'email_code', 'sms_code'] as const
  return [
    ...all.map((method) => [`proof-${method}`, proofPage({ ...asked, method })] as Pages[0]),
    ['proof-second', proofPage({ ...asked, step: second, method: 'totp', others })],
    ['proof-second-no-tries', proofPage({ ...asked, step: second, method: 'totp', triesLeft: 0 })],
    [
      'proof-second-sent-again',
      proofPage({ ...asked, step: second, method: 'email_code', notice: 'sent-again' }),
    ],
    ...(['sent-again', 'asked-too-soon', 'no-more-mails'] as const).map(
      (notice) =>
        [
          `proof-second-text-${notice}`,
          proofPage({ ...asked, step: second, method: 'sms_code', notice }),
        ] as Pages[0],
    ),
    [
      'proof-second-wrong-code',
      proofPage({ ...asked, step: second, method: 'recovery_code', notice: 'wrong-code' }),
    ],
    ...all.map(
      (method) =>
        [
          `proof-unreadable-${method}`,
          proofPage({ ...asked, method, notice: 'code-unreadable' }),
        ] as Pages[0],
    ),
    ['sign-in-proof', proofPage({ ...signIn, method: 'totp', others: ['recovery_code', 'totp'] })],
    [
      'sign-in-proof-wrong-code',
      proofPage({ ...signIn, method: 'totp', notice: 'wrong-code', triesLeft: 4 }),
    ],
    ['sign-in-proof-passkey-refused', proofPage({ ...signIn, method: 'passkey', notice: 'wrong-code' })],
    ['sign-in-proof-too-many', proofPage({ ...signIn, method: 'totp', notice: 'too-many-tries' })],
  ]
}

function ownSamples(page: PageContext): Pages {
  const setUp = { page: { ...page, here: '/methods/set-up' } as const, id: 'one', name: '', seed, uri }
  const offers = enrolledMethods
  const one = {
    page: { ...page, here: '/methods/one' } as const,
    notice: null,
    renews: false,
    passkey: request,
  }
  return [
    ['methods-none', methodsPage({ page, methods: [], offers, notice: null })],
    ['methods', methodsPage({ page, methods: someMethods, offers: ['totp'], notice: null })],
    ...methodsNotices.map(
      (notice) =>
        [`methods-${notice}`, methodsPage({ page, methods: someMethods, offers, notice })] as Pages[0],
    ),
    ...([null, 'wrong-code', 'code-unreadable'] as const).map(
      (notice) => [`set-up-${notice}`, setUpPage({ ...setUp, notice })] as Pages[0],
    ),
    ...([null, 'passkey-refused'] as const).map(
      (notice) =>
        [
          `make-passkey-${notice}`,
          makePasskeyPage({ page: setUp.page, id: 'one', asks: creation, notice }),
        ] as Pages[0],
    ),
    ['codes', codesPage({ page, codes, at })],
    ...someMethods.flatMap((shown) => [
      [`method-${shown.method}`, methodPage({ ...one, shown, renews: shown.left !== null })] as Pages[0],
      [
        `remove-${shown.method}`,
        removePage({ page, shown, isLastFactor: shown.method === 'totp' }),
      ] as Pages[0],
    ]),
    ...(['works', 'works-other', 'wrong-code', 'code-unreadable'] as const).flatMap((notice) =>
      someMethods
        .slice(0, 1)
        .map((shown) => [`method-${notice}`, methodPage({ ...one, shown, notice })] as Pages[0]),
    ),
  ]
}
