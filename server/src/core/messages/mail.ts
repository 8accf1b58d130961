import type { MailBlock, MailDocument } from './mail-document.ts'
import { account, type Material, whatHappened } from './mail-facts.ts'
import { grouped, helpDeskCharactersMax, plainName } from './plain.ts'
import type { Ineligible, MessageKind, MessageOrder, MessageSecrets, TenantVoice } from './ports.ts'
import { translate, type Words } from './translate.ts'

/**
 * Writes one mail, in the language of the order. Nothing in it was typed into a request: names and addresses come
 * from the directory and the configuration, device and place from closed lists, links from `publicUrl`.
 */
export function composeMail(order: MessageOrder, secrets: MessageSecrets, tenant: TenantVoice): MailDocument {
  const words = translate(order.locale)
  const material = { words, tenant, facts: order.facts, secrets }
  return {
    language: words.language,
    direction: words.direction,
    subject: words.say(`mail.${order.kind}.subject`, { tenant: plainName(tenant.name) }),
    blocks: [
      { kind: 'fact', text: words.say(`mail.${order.kind}.lead`, { tenant: plainName(tenant.name) }) },
      ...body[order.kind](material),
      ...closing(material),
    ],
  }
}

const body: Record<MessageKind, (material: Material) => MailBlock[]> = {
  recovery: (material) => [
    ...whatHappened(material),
    ...wayIn(material, 'recovery'),
    ...disavowal(material),
    text(material.words.say('mail.recovery.otherwise')),
  ],
  'recovery-explained': explanation,
  unlock: (material) => [
    ...whatHappened(material),
    ...wayIn(material, 'unlock'),
    ...disavowal(material),
    text(material.words.say('mail.recovery.otherwise')),
  ],
  'unlock-explained': explanation,
  'account-unlocked': (material) => [
    ...whatHappened(material),
    text(
      material.facts.byHelp === true ? byHelp(material) : material.words.say('mail.account-unlocked.if-you'),
    ),
    ...disavowal(material),
  ],
  invitation: (material) => [...account(material), ...firstWayIn(material)],
  'invited-elsewhere': (material) => [
    ...whatHappened(material),
    text(material.words.say('mail.invited-elsewhere.if-you')),
    ...disavowal(material),
  ],
  'account-activated': (material) => [
    ...whatHappened(material),
    ...applications(material),
    text(ifYou(material, 'account-activated')),
    ...disavowal(material),
  ],
  'password-changed': (material) => [
    ...whatHappened(material),
    ...applications(material),
    text(ifYou(material, 'password-changed')),
    ...disavowal(material),
  ],
  'password-unexplained': (material) => [
    ...whatHappened(material),
    text(material.words.say('mail.password-unexplained.try')),
    {
      kind: 'button',
      label: material.words.say('page.start-again'),
      url: `${material.tenant.publicUrl}/recover`,
      look: 'main',
    },
    ...disavowal(material),
  ],
  'password-accepted': (material) => {
    const { words, facts, tenant } = material
    const moment = words.moment(new Date(facts.validUntil ?? facts.at), tenant.timeZone)
    return [
      ...whatHappened(material),
      text(words.say('mail.password-accepted.until', { moment })),
      text(words.say('mail.password-accepted.then')),
      ...disavowal(material),
    ]
  },
  'password-not-set': (material) => {
    const { words, facts, tenant } = material
    const why = facts.wasRefused === true ? 'refused' : 'late'
    return [
      ...whatHappened(material),
      text(words.say(`mail.password-not-set.${why}`)),
      text(words.say('mail.password-not-set.unchanged')),
      // An invitation works once: whoever invited sends another.
      ...(facts.isFirst === true
        ? [text(words.say('activate.ask'))]
        : [
            text(words.say('mail.password-not-set.again')),
            {
              kind: 'button',
              label: words.say('page.start-again'),
              url: `${tenant.publicUrl}/recover`,
              look: 'main',
            } as const,
          ]),
      ...disavowal(material),
    ]
  },
  disavowed: (material) => [
    ...whatHappened(material),
    text(material.words.say('mail.disavowed.ended')),
    // The second proof is asked for only when a password may have been written; nobody is told what is not so.
    text(
      material.words.say(
        material.facts.because === 'disavowed' ? 'mail.disavowed.next' : 'mail.disavowed.unchanged',
      ),
    ),
    text(material.words.say('mail.disavowed.help')),
    text(askHelpDesk(material)),
  ],
  'change-required': (material) => [
    ...whatHappened(material),
    text(material.words.say('mail.change-required.how')),
    {
      kind: 'button',
      label: material.words.say('mail.recovery.button'),
      url: `${material.tenant.publicUrl}/recover`,
      look: 'main',
    },
    text(byHelp(material)),
  ],
  'method-added': (material) => method(material, 'method-added'),
  'method-removed': (material) => method(material, 'method-removed'),
  'password-expires': (material) =>
    expiry(material, 'mail.expires', material.words.say('mail.password-expires.before')),
  'password-expired': (material) => {
    const { words, facts, tenant } = material
    const until = facts.validUntil === undefined ? null : new Date(facts.validUntil)
    const what =
      until === null
        ? words.say('mail.password-expired.now')
        : words.say('mail.password-expired.until', { moment: words.moment(until, tenant.timeZone) })
    return expiry(material, 'mail.expired', what)
  },
}

/** What it is, by its general name: what its owner calls it was typed into a request. */
function method(material: Material, kind: 'method-added' | 'method-removed'): MailBlock[] {
  const { words, facts } = material
  const what =
    facts.method === undefined
      ? []
      : [{ label: words.say('mail.method'), value: words.say(`method.${facts.method}`) }]
  return [
    ...whatHappened(material),
    { kind: 'rows', rows: what },
    text(words.say(`mail.${kind}.if-you`)),
    ...disavowal(material),
  ]
}

/** About the age of a password: nothing has happened, so there is nothing to disavow. */
function expiry(material: Material, label: 'mail.expires' | 'mail.expired', what: string): MailBlock[] {
  const { words, tenant, facts } = material
  const endsAt = facts.endsAt === undefined ? [] : [new Date(facts.endsAt)]
  return [
    {
      kind: 'rows',
      rows: [
        ...endsAt.map((at) => ({ label: words.say(label), value: words.moment(at, tenant.timeZone) })),
        { label: words.say('mail.account'), value: plainName(facts.username) },
      ],
    },
    text(what),
    {
      kind: 'button',
      label: words.say('mail.change-button'),
      url: `${tenant.publicUrl}/change`,
      look: 'main',
    },
    text(words.say('mail.change-forgot', { page: `${tenant.publicUrl}/recover` })),
  ]
}

/** Which of a person's applications have the new password; nothing where it is one account's. */
function applications({ words, facts }: Material): MailBlock[] {
  const rows = (['written', 'unchanged', 'unknown'] as const).flatMap((which) => {
    const titles = facts.applications?.[which] ?? []
    return titles.length === 0
      ? []
      : [
          {
            label: words.say(`mail.targets.${which}`),
            value: words.list(titles.map((one) => plainName(one))),
          },
        ]
  })
  return rows.length === 0 ? [] : [{ kind: 'rows', rows }]
}

/** What is left to do for whoever did it: nothing, unless some applications have not got the password. */
function ifYou({ words, tenant, facts }: Material, kind: 'account-activated' | 'password-changed'): string {
  const { unchanged = [], unknown = [] } = facts.applications ?? {}
  return unchanged.length + unknown.length === 0
    ? words.say(`mail.${kind}.if-you`)
    : words.say('mail.targets.partly', { page: `${tenant.publicUrl}/recover` })
}

const byHelp = ({ words, tenant }: Material): string =>
  words.say('mail.by-help', { tenant: plainName(tenant.name) })

const text = (words: string): MailBlock => ({ kind: 'text', text: words })

/** Link and code of an invitation. Who invited knows more than we do about why it came. */
function firstWayIn({ words, tenant, facts, secrets }: Material): MailBlock[] {
  const { link = '', code = '' } = secrets
  const moment = words.moment(new Date(facts.validUntil ?? facts.at), tenant.timeZone)
  return [
    text(words.say('mail.invitation.if-you')),
    { kind: 'button', label: words.say('mail.invitation.button'), url: link, look: 'main' },
    text(words.say('mail.disavow.code', { page: `${tenant.publicUrl}/activate` })),
    { kind: 'code', code: grouped(code) },
    text(words.say('mail.recovery.until', { moment })),
    text(words.say('mail.recovery.never-told', { tenant: plainName(tenant.name) })),
    text(words.say('mail.invitation.otherwise')),
  ]
}

/** Why it does not go by mail, and who helps instead. */
function explanation(material: Material): MailBlock[] {
  return [
    ...whatHappened(material),
    ...(elsewhere(material) ?? [text(reason(material, material.facts.because ?? 'disabled'))]),
    text(askHelpDesk(material)),
    ...disavowal(material),
  ]
}

/** Where the password is kept, and the way there; null when that is not known any more. */
function elsewhere({ words, tenant, facts }: Material): MailBlock[] | null {
  const provider = tenant.passwordProviders.find(({ name }) => name === facts.provider)
  if (facts.because !== 'federated' || provider === undefined) return null
  const title = plainName(provider.title)
  return [
    text(words.say('because.federated-at', { provider: title, tenant: plainName(tenant.name) })),
    text(words.say('mail.elsewhere.how')),
    {
      kind: 'button',
      label: words.say('mail.elsewhere.button', { provider: title }),
      url: provider.page,
      look: 'main',
    },
  ]
}

/** Link and code, what they are for, how long they work, and that nobody asks for them. */
function wayIn({ words, tenant, facts, secrets }: Material, to: 'recovery' | 'unlock'): MailBlock[] {
  const { link } = secrets
  const code = facts.codeWorks === false ? undefined : secrets.code
  const until =
    facts.validUntil === undefined ? null : words.moment(new Date(facts.validUntil), tenant.timeZone)
  const name = { tenant: plainName(tenant.name) }
  return [
    ...(link === undefined
      ? []
      : [
          text(words.say(`mail.${to}.if-you`)),
          { kind: 'button', label: words.say(`mail.${to}.button`), url: link, look: 'main' } as const,
        ]),
    ...(code === undefined
      ? []
      : [text(words.say('mail.recovery.code')), { kind: 'code', code: grouped(code) } as const]),
    ...(until === null
      ? []
      : [
          text(
            words.say(code === undefined ? 'mail.recovery.until-link' : 'mail.recovery.until', {
              moment: until,
            }),
          ),
        ]),
    text(words.say(code === undefined ? 'mail.recovery.never-told-link' : 'mail.recovery.never-told', name)),
  ]
}

/** Why an account can't come back by mail alone, in words. */
export const reason = (
  { words, tenant }: { words: Words; tenant: TenantVoice },
  because: Ineligible,
): string =>
  because === 'federated'
    ? words.say('because.federated', { tenant: plainName(tenant.name) })
    : words.say(`because.${because}`)

/** The sentence that sends a person to people. */
export const askHelpDesk = ({ words, tenant }: { words: Words; tenant: TenantVoice }): string =>
  tenant.helpDesk === null
    ? words.say('page.ask-your-help-desk')
    : words.say('page.ask-help-desk', { helpDesk: plainName(tenant.helpDesk.text, helpDeskCharactersMax) })

/** "This was not me", as large as everything else: a link, and a code for the fixed page. */
function disavowal({ words, tenant, secrets }: Material): MailBlock[] {
  const { disavowLink, disavowCode } = secrets
  if (disavowLink === undefined) return []
  return [
    { kind: 'rule' },
    text(words.say('mail.disavow.lead')),
    { kind: 'button', label: words.say('mail.disavow.button'), url: disavowLink, look: 'quiet' },
    ...(disavowCode === undefined
      ? []
      : [
          text(words.say('mail.disavow.code', { page: `${tenant.publicUrl}/disavow` })),
          { kind: 'code', code: grouped(disavowCode) } as const,
        ]),
  ]
}

function closing({ words, tenant }: Material): MailBlock[] {
  const { helpDesk } = tenant
  return [
    { kind: 'rule' },
    {
      kind: 'small',
      text: words.say('mail.sign-off', { tenant: plainName(tenant.name) }),
      link: null,
    },
    ...(helpDesk === null
      ? []
      : [
          {
            kind: 'small',
            text: words.say('page.help-desk', { helpDesk: plainName(helpDesk.text, helpDeskCharactersMax) }),
            link: helpDesk.url,
          } as const,
        ]),
  ]
}
