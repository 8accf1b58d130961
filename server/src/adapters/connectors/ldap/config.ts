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

const Membership = Type.Object(
  {
    group: DnText('True when the entry is a direct member of the group with this DN.'),
    memberAttribute: AttributeName('Attribute of the group that lists DNs.', { default: 'member' }),
  },
  { additionalProperties: false },
)

/** A question about an entry that is answered by one of its attributes or by one group. */
const Condition = Type.Union([AttributeCondition, Membership])
export type Condition = Static<typeof Condition>

const Conditions = (description: string) => anyOf(Condition, description)

/** Where each fact about a person lies. The defaults fit inetOrgPerson (RFC 2798) on OpenLDAP. */
const Attributes = Type.Object(
  {
    key: AttributeName(
      'Stable id that survives renames: entryUUID (RFC 4530), or nsUniqueId of 389 Directory Server. Text, unique, readable, never reused.',
      {
        default: 'entryUUID',
      },
    ),
    username: AttributeName('User name.', { default: 'uid' }),
    displayName: AttributeNames('Name to greet with; the first attribute that has a value.', [
      'displayName',
      'cn',
    ]),
    mails: AttributeNames('Mail addresses that an account may be found by. They are no way back in.', [
      'mail',
    ]),
    recoveryAddresses: AttributeNames(
      'Mailboxes that recovery may use. Never the mailbox that needs the forgotten password.',
      [],
    ),
    recoveryNumbers: AttributeNames(
      'Telephone numbers that recovery may send texts to, such as mobile; with plus and country code.',
      [],
    ),
    upn: Type.Optional(AttributeName('Sign-in name in the form of a mail address, if there is one.')),
    locale: Type.Optional(AttributeName('Language of the person, such as preferredLanguage.')),
    contextWords: AttributeNames('Words that a password must not consist of.', [
      'cn',
      'sn',
      'givenName',
      'displayName',
      'o',
      'ou',
      'departmentNumber',
    ]),
    groups: AttributeNames(
      'Attributes that list the groups of an entry, for password rules that are for a group.',
      ['memberOf'],
    ),
  },
  { additionalProperties: false, default: {}, description: 'Attributes that hold the facts about a person.' },
)

export const LdapConfig = Type.Object(
  {
    urls: Type.Array(Type.String({ pattern: '^ldaps?://[^/?#@\\s]+/?$' }), {
      minItems: 1,
      maxItems: 8,
      uniqueItems: true,
      description:
        'Servers in the order of preference. `ldaps://` is TLS from the first byte; `ldap://` always upgrades ' +
        'with StartTLS before anything else is sent. Certificates are always verified.',
    }),
    providers: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 8,
      description:
        'How many of the servers, from the first on, take writes. The others are replicas: they are asked when no ' +
        'provider answers, and never get a write.',
    }),
    replicationSeconds: Type.Integer({
      default: 5,
      minimum: 0,
      maximum: 3600,
      description:
        'How long a replica may lag behind. For so long after a new password was sent, passwords are proven at ' +
        'the providers only.',
    }),
    caFile: AuthoritiesFile,
    serverName: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Name that the certificates must carry, when it differs from the host in the URL.',
      }),
    ),
    insecureLoopback: Type.Boolean({
      default: false,
      description: 'Lets `ldap://` on a loopback address go without TLS. Refused for every other address.',
    }),
    bindDn: DnText('DN of the service account.'),
    bindPassword: SecretRef,
    baseDn: DnText('Entry below which people are looked for.'),
    userFilter: Type.String({
      default: '(objectClass=inetOrgPerson)',
      minLength: 3,
      maxLength: 2000,
      description:
        'Filter (RFC 4515) for the entries that are people. Others are never found and never written.',
    }),
    attributes: Attributes,
    dialect: Type.Union([Type.Literal('openldap'), Type.Literal('389ds')], {
      default: 'openldap',
      description:
        '`openldap`: the password policy overlay (pwdAccountLockedTime, pwdReset …). `389ds`: 389 Directory Server ' +
        '(nsAccountLock, accountUnlockTime …).',
    }),
    disabled: Conditions(
      'Entries that must not sign in, besides those that the server itself keeps out: with `openldap` locked for ' +
        'good (pwdAccountLockedTime 000001010000Z) or outside pwdStartTime and pwdEndTime, with `389ds` ' +
        'nsAccountLock.',
    ),
    privileged: Conditions('Entries that self-service keeps away from.'),
    federated: Conditions('Entries whose password lives at another provider.'),
    secondFactor: Conditions('Entries whose sign-in asks for a second factor.'),
    groups: Type.Array(Membership, {
      default: [],
      maxItems: 20,
      description:
        'Groups to ask about, for password rules that are for a group, where no attribute of the entry lists them. ' +
        "A membership that can't be decided counts as one.",
    }),
    passwordWrite: Type.Optional(
      Type.Union([Type.Literal('passmod'), Type.Literal('replace')], {
        description:
          '`passmod`: the password modify operation (RFC 3062), the server hashes. `replace`: a modify of ' +
          'userPassword; the server must hash what it gets (OpenLDAP: ppolicy_hash_cleartext). Without it ' +
          '`passmod` for `openldap` and `replace` for `389ds`.',
      }),
    ),
    changeAs: Type.Union([Type.Literal('person'), Type.Literal('service')], {
      default: 'person',
      description:
        'Who writes the new password of somebody who knows the present one. `person`: they themselves, so that all ' +
        'rules of the directory hold for it; people need the right to write their own userPassword. `service`: the ' +
        'service account, after the present one was proven by a bind.',
    }),
    passwordPolicyDn: Type.Optional(
      DnText(
        'Entry with the password policy of people whose entries name none in pwdPolicySubentry (OpenLDAP: ' +
          'ppolicy_default). Rekey reads there when passwords expire and which rules to show; without it, it does ' +
          'not know.',
      ),
    ),
    keepsHistory: Type.Boolean({
      default: false,
      description:
        'Whether the directory enforces its password history on what the service account writes. OpenLDAP does ' +
        'for an account with "write" access to userPassword and does not for one with "manage" access; 389 ' +
        'Directory Server does for all but password administrators.',
    }),
    lockoutSeconds: Seconds(
      'How long a lockout lasts with `openldap` (pwdLockoutDuration); 0 means until somebody lifts it. Used to ' +
        'tell whether an entry is locked now.',
      { default: 0, minimum: 0, maximum: 31_536_000 },
    ),
    decoyDn: Type.Optional(
      DnText(
        'Entry with a password that nobody knows and that is never locked. It is bound in place of an unknown ' +
          'account, so that sign-in takes as long as for a known one. Give it a name and addresses as people have ' +
          'them: what is read of a person is read of it.',
      ),
    ),
    ...connectionSettings,
  },
  { additionalProperties: false },
)
export type LdapConfig = Static<typeof LdapConfig>
