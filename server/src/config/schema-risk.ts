import { Type } from 'typebox'
import { bandBounds, listLabels } from '../core/risk/index.ts'
import { riskModes } from '../core/risk/ports.ts'
import { bounded, closed, closedWithDefaults, text } from './schema-parts.ts'

const hourOfDay = (description: string, bounds: { minimum: number; maximum: number }) =>
  Type.Integer({ ...bounds, description })

const band = (description: string, { min, max }: { min: number; max: number }) =>
  Type.Integer({ minimum: min, maximum: max, description })

/** What requests are scored by, and what hangs on it. */
export const Risk = closedWithDefaults(
  {
    mode: Type.Union(
      riskModes.map((mode) => Type.Literal(mode)),
      {
        default: 'shadow',
        description:
          '`off`: nothing is scored. `shadow`: requests are scored and the log says how, and nothing hangs on it. `act`: a ' +
          'score may ask for more proofs, never for fewer.',
      },
    ),
    weightsFile: Type.Optional(
      text(
        'File of weights: `rekey risk weights` prints one, `rekey risk train` makes one. Without it, those set by hand.',
        {
          maxLength: 4096,
        },
      ),
    ),
    bands: Type.Optional(
      closed(
        {
          medium: band('Lowest score that is medium.', bandBounds.medium),
          high: band('Lowest score that is high.', bandBounds.high),
        },
        { description: 'Where scores become medium and high; as the weights say unless it is written.' },
      ),
    ),
    lists: Type.Array(
      closed({
        label: Type.Union(
          listLabels.map((label) => Type.Literal(label)),
          {
            description:
              'What the list says of networks: `tor`, `vpn`, `hosting`, `reputation` (a bad one), or `own` (offices, where many ' +
              'people share an address).',
          },
        ),
        file: text(
          'Text file, one entry a line: an address, a network (CIDR) or a provider (`AS64512`). It is read again when it changes.',
          { maxLength: 4096 },
        ),
      }),
      { default: [], maxItems: 50, description: 'Lists of networks.' },
    ),
    mailboxesFile: Type.Optional(
      text(
        'Text file of mailboxes that are in others’ hands, one a line: an address, or its SHA-256 in hexadecimal digits. It is ' +
          'read again when it changes.',
        { maxLength: 4096 },
      ),
    ),
    countries: Type.Array(
      Type.String({
        pattern: '^[A-Z]{2}$',
        description: 'Country as ISO 3166-1 alpha-2.',
        'x-rekey-must': 'be a country as two capital letters, such as `DK`',
      }),
      {
        default: [],
        maxItems: 250,
        uniqueItems: true,
        description: 'Countries that people of the tenant are in. None: they may be anywhere.',
      },
    ),
    workingHours: Type.Optional(
      closed(
        {
          from: hourOfDay('First hour.', { minimum: 0, maximum: 23 }),
          to: hourOfDay('First hour that is none any more.', { minimum: 1, maximum: 24 }),
          days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
            default: [1, 2, 3, 4, 5],
            minItems: 1,
            maxItems: 7,
            uniqueItems: true,
            description: 'Days of the week; Monday is 1.',
          }),
        },
        { description: 'When people work, by the clock of `timeZone`. Without it no hour is unusual.' },
      ),
    ),
    incident: Type.Boolean({
      default: false,
      description: 'An incident is on: every request of the tenant is scored higher.',
    }),
    usual: closedWithDefaults(
      {
        networkPerTenMinutes: bounded('From one network.', { default: 10, minimum: 1, maximum: 100_000 }),
        namesPerNetworkAndHour: bounded('Different names that are typed from one network.', {
          default: 5,
          minimum: 1,
          maximum: 100_000,
        }),
        accountPerHour: bounded('About one account.', { default: 3, minimum: 1, maximum: 1_000 }),
        tenantPerTenMinutes: bounded('About the whole tenant, on its busiest morning.', {
          default: 300,
          minimum: 1,
          maximum: 10_000_000,
        }),
      },
      {
        description:
          'How many requests are usual. What is above it counts against all of its kind: a quarter of the weight up to three ' +
          'times as many, all of it from thirty times on.',
      },
    ),
  },
  { description: 'How likely it is that a request is not its owner’s, from 0 to 100.' },
)
