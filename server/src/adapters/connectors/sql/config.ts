import { type Static, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'
import { HashConfig } from './config-hash.ts'

const closed = { additionalProperties: false } as const

/** What needs no thought about quoting in any tool that it is pasted into. Other names can be given by a view. */
const identifier = '[A-Za-z_][A-Za-z0-9_$-]{0,62}'

const Column = (description: string) =>
  Type.String({
    pattern: `^${identifier}$`,
    'x-rekey-must': 'be the name of a column: letters, digits, `_`, `$` and `-`',
    description,
  })

const Columns = (description: string) =>
  Type.Array(Column('Name of a column.'), { default: [], maxItems: 20, uniqueItems: true, description })

const Table = (description: string) =>
  Type.String({
    pattern: `^(${identifier}\\.)?${identifier}$`,
    'x-rekey-must': 'be the name of a table, with or without a schema before it: `people` or `hr.people`',
    description,
  })

/** How yes and no are told from a column. */
const question = {
  column: Column('Column that answers the question.'),
  is: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('set'), Type.Literal('future'), Type.Literal('past')], {
      description:
        'Yes when the column is true (a boolean, a number but 0, `yes`); is set (neither NULL nor empty); is a ' +
        'time to come; is a time gone by. `true` without any of `is`, `values`, `except` and `atLeast`.',
    }),
  ),
  values: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 50,
      description: 'Yes when the column has one of these values.',
    }),
  ),
  except: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 50,
      description: 'Yes when it has any other value than these, NULL included.',
    }),
  ),
  atLeast: Type.Optional(Type.Integer({ minimum: 1, description: 'Yes when it is this number or more.' })),
}

const Condition = Type.Object(question, closed)
export type Condition = Static<typeof Condition>

const Written = (description: string) =>
  Type.Optional(
    Type.Union([Type.Boolean(), Type.Integer(), Type.String(), Type.Null()], {
      description,
    }),
  )

const Mark = (description: string) =>
  Type.Optional(
    Type.Object(
      {
        ...question,
        on: Written('What is written for yes. Without it true, or the present time for `set`.'),
        off: Written('What is written for no. Without it false, NULL for a time, 0 for `atLeast`.'),
      },
      { ...closed, description },
    ),
  )
export type Mark = Condition & {
  on?: boolean | number | string | null
  off?: boolean | number | string | null
}

const Conditions = (description: string) =>
  Type.Array(Condition, {
    default: [],
    maxItems: 20,
    description: `${description} One condition that holds is enough; one that can't be answered counts as holding.`,
  })

const ColumnsConfig = Type.Object(
  {
    key: Column('Primary key: never changed, never used again.'),
    username: Column('User name.'),
    password: Column('Hash of the password.'),
    displayName: Columns('Name to greet with; the first column that has a value.'),
    mails: Columns('Mail addresses that an account may be found by. They are no way back in.'),
    recoveryAddresses: Columns(
      'Mailboxes that recovery may use. Never the mailbox that needs the forgotten password.',
    ),
    recoveryNumbers: Columns(
      'Telephone numbers that recovery may send texts to, with plus and country code.',
    ),
    upn: Type.Optional(Column('Sign-in name in the form of a mail address, if there is one beside these.')),
    locale: Type.Optional(Column('Language of the person (BCP 47).')),
    contextWords: Columns('Words that a password must not consist of.'),
    groups: Columns('Groups of the person, for password rules that are for a group.'),
    passwordChanged: Type.Optional(
      Type.Object(
        {
          column: Column('When the password was set. Written with every new one.'),
          as: Type.Union([Type.Literal('timestamp'), Type.Literal('seconds'), Type.Literal('milliseconds')], {
            default: 'timestamp',
            description: '`timestamp`: a type of date and time, in UTC; or a number since 1970.',
          }),
        },
        closed,
      ),
    ),
    failedTries: Type.Optional(
      Column(
        'Wrong passwords in a row. With it a try is counted before the password is compared, and the count is ' +
          'cleared by a right one, an unlock and a new password.',
      ),
    ),
    locked: Mark('Locked after wrong passwords. Lifted by a new password and by an unlock.'),
    mustChange: Mark('Must change the password at the next sign-in. Taken off by a new password.'),
  },
  { ...closed, description: 'Columns that hold the facts about a person.' },
)

const Query = (description: string) =>
  Type.Optional(Type.String({ minLength: 8, maxLength: 10_000, description }))

const Queries = Type.Object(
  {
    byUsername: Query('Rows of people with the user name `:value`.'),
    byMail: Query('Rows of people with the mail address `:value`.'),
    byUpn: Query('Rows of people with the sign-in name `:value`.'),
    read: Query('The row of the person with the key `:key`.'),
    list: Query('The next 500 rows, in the order of the key, whose key is greater than `:after`.'),
    password: Query(
      'Key and password of the person with the key `:key`; in a transaction Rekey adds `for update` at the end.',
    ),
    setPassword: Query(
      'Writes the hash `:hash` for `:key` where the present one is still `:expectedHash`, with `:at` as the time.',
    ),
    rehash: Query('The same for a hash of the same password; neither `:at` nor the lock belong to it.'),
    recordFailure: Query('Counts a wrong password of `:key`, and locks at `:tries` with `:at` as the time.'),
    clearFailures: Query('Forgets the wrong passwords of `:key` after a right one.'),
    unlock: Query('Lifts the lock of `:key` and forgets its wrong passwords.'),
    requireChange: Query('Marks `:key` as "must change at next sign-in".'),
  },
  {
    ...closed,
    default: {},
    description:
      'Statements of your own, each in the place of one that Rekey makes from `table` and `columns`; their rows ' +
      'have the columns that `columns` names. Values come as `:name` and never as text.',
  },
)

const History = Type.Object(
  {
    table: Table('Table of former hashes.'),
    key: Column('Its column with the key of the person.'),
    password: Column('Its column with the hash.'),
    at: Column('Its column with the time; a type of date and time.'),
    keep: Type.Integer({
      minimum: 2,
      maximum: 24,
      description: 'Passwords, the present one included, that a new one must differ from.',
    }),
  },
  {
    ...closed,
    description:
      'Former passwords, kept in a table of their own. Rekey adds to it and takes away what it no longer compares.',
  },
)

const Seconds = (description: string, bounds: { default: number; minimum: number; maximum: number }) =>
  Type.Integer({ ...bounds, description })

export const SqlConfig = Type.Object(
  {
    dialect: Type.Union([Type.Literal('postgresql'), Type.Literal('mariadb')], {
      description: '`postgresql`: PostgreSQL 13 or newer. `mariadb`: MariaDB 10.5 or newer, with InnoDB.',
    }),
    host: Type.Optional(
      Type.String({
        pattern: '^[^/?#@\\s]{1,253}$',
        description: 'The server that takes writes. Without it, `socket`.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        description: 'Its port. Without it 5432 for `postgresql` and 3306 for `mariadb`.',
      }),
    ),
    socket: Type.Optional(
      Type.String({
        pattern: '^/',
        description: 'Unix socket in the place of `host`: the file, for `postgresql` its folder.',
      }),
    ),
    database: Type.String({ minLength: 1, maxLength: 63, description: 'Name of the database.' }),
    user: Type.String({ minLength: 1, maxLength: 63, description: 'Role or user that Rekey signs in as.' }),
    password: Type.Optional(SecretRef),
    caFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'PEM file with the authorities that may sign the server’s certificate; without it, those of Node.js. The ' +
          'connection is always TLS with a verified certificate, but for a socket.',
      }),
    ),
    serverName: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Name that the certificate must carry, when it differs from `host`.',
      }),
    ),
    insecureLoopback: Type.Boolean({
      default: false,
      description: 'Lets a connection to a loopback address go without TLS. Refused for every other address.',
    }),
    table: Type.Optional(Table('Table of people, and of their passwords.')),
    view: Type.Optional(
      Table('View, or another table, that people are read from in the place of `table`; joins belong there.'),
    ),
    keyType: Type.Union([Type.Literal('text'), Type.Literal('integer'), Type.Literal('uuid')], {
      default: 'text',
      description: 'Type of the key. Integers are 0 or greater.',
    }),
    columns: ColumnsConfig,
    queries: Queries,
    compare: Type.Optional(
      Type.Union([Type.Literal('lower'), Type.Literal('plain')], {
        description:
          'How names and addresses are compared. `lower`: `lower(column) = lower(value)`, the default for ' +
          '`postgresql`; give it an index of that expression. `plain`: `column = value`, the default for ' +
          '`mariadb`, whose collations know no case, and for columns of type citext.',
      }),
    ),
    disabled: Conditions('Accounts that must not sign in.'),
    privileged: Type.Union([Type.Array(Condition, { minItems: 1, maxItems: 20 }), Type.Literal('nobody')], {
      description:
        'Accounts that self-service keeps away from: conditions as for `disabled`, or `nobody` where there are none.',
    }),
    federated: Conditions('Accounts whose password lives at another provider.'),
    secondFactor: Conditions('Accounts whose sign-in asks for a second factor.'),
    hash: HashConfig,
    upgradeOnProof: Type.Boolean({
      default: false,
      description:
        'Whether a password that was proven and is stored in another format or cost is written anew in the one of ' +
        '`hash`. Without it only a new password is.',
    }),
    history: Type.Optional(History),
    lockoutTries: Type.Integer({
      default: 30,
      minimum: 3,
      maximum: 100,
      description:
        'Wrong passwords in a row until an account is locked, if `columns.failedTries` and `columns.locked` are ' +
        'there. Keep it above twice `limits.failedTriesPerDay`, or strangers at the portal can lock people out.',
    }),
    lockoutSeconds: Seconds('How long a lock lasts that is a time to come (`is: future`).', {
      default: 900,
      minimum: 60,
      maximum: 31_536_000,
    }),
    decoyKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'Key of an account whose password nobody knows. It is asked in the place of an unknown account, so that a ' +
          'sign-in takes as long as for a known one.',
      }),
    ),
    connections: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 64,
      description: 'Most connections at a time; one more for a moment to cancel a statement.',
    }),
    connectSeconds: Seconds('Deadline of connecting, TLS and signing in.', {
      default: 3,
      minimum: 1,
      maximum: 30,
    }),
    statementSeconds: Seconds(
      'Deadline of one statement at the server, waits for locks included. What a caller no longer waits for is ' +
        'cancelled before.',
      { default: 5, minimum: 1, maximum: 30 },
    ),
    idleSeconds: Seconds('A connection without work is closed after so long.', {
      default: 60,
      minimum: 1,
      maximum: 3600,
    }),
  },
  closed,
)
export type SqlConfig = Static<typeof SqlConfig>
