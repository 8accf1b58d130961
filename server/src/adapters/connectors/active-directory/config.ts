import { type Static, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'
import {
  AttributeCondition,
  AttributeName,
  AttributeNames,
  AuthoritiesFile,
  anyOf,
  connectionSettings,
  DnText,
  Seconds,
} from '../ldap-wire/settings.ts'

const Group = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 1000,
    description: `${description} Its DN or its SID (\`S-1-5-…\`).`,
  })

const Membership = Type.Object(
  {
    group: Group(
      'True when the entry is a member of this group, through other groups and as its primary group as well.',
    ),
  },
  { additionalProperties: false },
)

/** A question about an entry that is answered by one of its attributes or by one group. */
const Condition = Type.Union([AttributeCondition, Membership])
export type Condition = Static<typeof Condition>

const Conditions = (description: string) => anyOf(Condition, description)

/**
 * MS-ADTS, section 6.1.1.6, and MS-DTYP, section 2.4.2.4: accounts and groups that AdminSDHolder protects, and those
 * that stand for machines or lead to them. Relative identifiers below 1000 mean the same in every domain.
 */
const privilegedByDefault = [
  ...['498', '500', '502', '512', '516', '517', '518', '519', '520', '521', '522', '526', '527'],
  ...[
    'S-1-5-9',
    'S-1-5-32-544',
    'S-1-5-32-548',
    'S-1-5-32-549',
    'S-1-5-32-550',
    'S-1-5-32-551',
    'S-1-5-32-552',
  ],
]

const Attributes = Type.Object(
  {
    displayName: AttributeNames('Name to greet with; the first attribute that has a value.', [
      'displayName',
      'cn',
    ]),
    mails: AttributeNames(
      'Mail addresses that an account may be found by. They are no way back in. Of `proxyAddresses` those count ' +
        'that begin with `smtp:`.',
      ['mail', 'proxyAddresses'],
    ),
    recoveryAddresses: AttributeNames(
      'Mailboxes that recovery may use, such as otherMailbox. Never the mailbox that needs the forgotten password.',
      [],
    ),
    recoveryNumbers: AttributeNames(
      'Telephone numbers that recovery may send texts to, such as mobile; with plus and country code.',
      [],
    ),
    locale: Type.Optional(AttributeName('Language of the person, such as preferredLanguage.')),
    contextWords: AttributeNames('Words that a password must not consist of.', [
      'cn',
      'sn',
      'givenName',
      'displayName',
      'company',
      'department',
    ]),
    groups: AttributeNames(
      'Attributes that list the groups of an entry, for password rules that are for a group.',
      ['memberOf'],
    ),
  },
  { additionalProperties: false, default: {}, description: 'Attributes that hold the facts about a person.' },
)

const HostName = '[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?'

export const ActiveDirectoryConfig = Type.Object(
  {
    domain: Type.String({
      pattern: `^${HostName}(\\.${HostName})+$`,
      maxLength: 253,
      description: 'DNS name of the domain, such as `corp.example.org`.',
    }),
    controllers: Type.Optional(
      Type.Array(
        Type.String({ pattern: `^(${HostName}(\\.${HostName})*|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?$` }),
        {
          minItems: 1,
          maxItems: 16,
          uniqueItems: true,
          description:
            'Domain controllers in the order of preference, as `host` or `host:port`; the port is 636 unless it is ' +
            'named. They are asked by LDAPS, and each has to show a certificate for the name that stands here. Without ' +
            'a list they are found in DNS (`_ldap._tcp.<domain>`), the PDC emulator first.',
        },
      ),
    ),
    dnsServers: Type.Optional(
      Type.Array(Type.String({ pattern: '^([0-9.]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?$' }), {
        minItems: 1,
        maxItems: 8,
        uniqueItems: true,
        description:
          'Addresses of the DNS servers that know the domain, as `10.0.0.1` or `10.0.0.1:53`; without it, those of ' +
          'the machine.',
      }),
    ),
    caFile: AuthoritiesFile,
    bindName: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: 'Service account: its user principal name (`rekey@corp.example.org`) or its DN.',
    }),
    bindPassword: SecretRef,
    baseDn: Type.Optional(DnText('Entry below which people are looked for; without it, the whole domain.')),
    userFilter: Type.String({
      default: '(objectClass=user)',
      minLength: 3,
      maxLength: 2000,
      description:
        'Filter (RFC 4515) for the entries that are people. Machines, managed service accounts, trusts and the ' +
        "domain's own accounts are left out whatever it says.",
    }),
    attributes: Attributes,
    disabled: Conditions(
      'Entries that must not sign in, besides those that are disabled (userAccountControl) or expired (accountExpires).',
    ),
    privileged: Conditions(
      'Entries that self-service keeps away from, besides those with adminCount and those of `privilegedSids`.',
    ),
    privilegedSids: Type.Array(Type.String({ pattern: '^(S-1(-[0-9]{1,15})+|[0-9]{1,10})$' }), {
      default: privilegedByDefault,
      maxItems: 100,
      uniqueItems: true,
      description:
        'Accounts and groups that make an entry privileged, through other groups and as the primary group as well: ' +
        'a SID, or the last number of one in any domain.',
    }),
    federated: Conditions('Entries whose password lives at another provider.'),
    secondFactor: Conditions(
      'Entries whose sign-in asks for a second factor, besides those that must use a smart card.',
    ),
    groups: Type.Array(Membership, {
      default: [],
      maxItems: 20,
      description:
        'Groups to ask about, for password rules that are for a group, where membership through other groups shall ' +
        "count. A membership that can't be decided counts as one.",
    }),
    keepsHistory: Type.Boolean({
      default: true,
      description:
        'Whether the domain enforces its history and minimum age on what the service account writes. Windows does ' +
        'when it is asked to (LDAP_SERVER_POLICY_HINTS), and Rekey asks. Samba 4.17 can not: say `false` there.',
    }),
    decoyDn: Type.Optional(
      DnText(
        'Account with a password that nobody knows and that is never locked. It is bound in place of an unknown ' +
          'account, so that sign-in takes as long as for a known one. Give it a name and addresses as people have ' +
          'them: what is read of a person is read of it.',
      ),
    ),
    replicationSeconds: Seconds(
      'How long a controller may lag behind another. For so long after a password was sent, passwords are written ' +
        'and proven at the controller that got it, and at no other.',
      { default: 15, minimum: 0, maximum: 3600 },
    ),
    ...connectionSettings,
  },
  { additionalProperties: false },
)
export type ActiveDirectoryConfig = Static<typeof ActiveDirectoryConfig>
