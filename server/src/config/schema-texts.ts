import { Type } from 'typebox'
import { textChannels } from '../adapters/channels/registry.ts'
import { bounded, closed, closedWithDefaults, entryOf } from './schema-parts.ts'
import { breakerOf } from './schema-sender.ts'

const price = (description: string) => Type.Number({ minimum: 0, maximum: 10, description })

/** How texts leave the house, and what keeps others from having them sent for the money. */
export const Texts = closed(
  {
    countries: Type.Array(
      Type.String({
        pattern: '^[A-Z]{2}$',
        description: 'ISO 3166-1 code.',
        'x-rekey-must': 'be two capital letters, such as `DK`',
      }),
      {
        minItems: 1,
        maxItems: 250,
        uniqueItems: true,
        description:
          'Where numbers may be that get texts. Nothing goes anywhere else, so name those where your people are.',
      },
    ),
    providers: Type.Array(
      entryOf(textChannels, {
        name: 'Name of the provider in logs and metrics, and in the address of its receipts.',
        kind: 'Kind of the provider.',
        shared: {},
      }),
      { minItems: 1, maxItems: 10, description: 'Providers of texts, in the order they are tried.' },
    ),
    breaker: breakerOf('a provider of texts'),
    prices: closed(
      {
        currency: Type.String({
          pattern: '^[A-Z]{3}$',
          description: 'ISO 4217 code.',
          'x-rekey-must': 'be three capital letters, such as `EUR`',
        }),
        text: price('What one message is expected to cost. A long text is several.'),
        byPrefix: Type.Array(
          closed({
            prefix: Type.String({
              pattern: '^[1-9][0-9]{0,6}$',
              description: 'First digits of the numbers, the country code among them, without plus.',
              'x-rekey-must': 'be up to seven digits that begin with a country code',
            }),
            text: price('What one message costs there.'),
          }),
          {
            default: [],
            maxItems: 1000,
            description: 'Where it costs something else; the longest prefix counts.',
          },
        ),
      },
      {
        description:
          'What the spend cap and the metrics count by, where the provider does not tell the price.',
      },
    ),
    caps: closedWithDefaults(
      {
        perNumberQuarterHour: bounded('Texts to one number within 15 minutes.', {
          default: 3,
          minimum: 1,
          maximum: 20,
        }),
        perNumberDay: bounded('Texts to one number within 24 hours.', {
          default: 10,
          minimum: 1,
          maximum: 100,
        }),
        prefixDigits: bounded('How many first digits make a range of numbers, the country code among them.', {
          default: 7,
          minimum: 3,
          maximum: 10,
        }),
        perPrefixHour: bounded('Texts to one range of numbers within an hour.', {
          default: 20,
          minimum: 1,
          maximum: 100_000,
        }),
        spendPerDay: Type.Number({
          default: 20,
          minimum: 0,
          maximum: 1_000_000,
          description:
            'What all texts of a tenant may be expected to cost within a day (UTC), in the currency of `prices`.',
        }),
      },
      { description: 'Most texts. Whoever gets none sees what everybody sees, and the audit log says why.' },
    ),
    conversion: closedWithDefaults(
      {
        percentMin: bounded(
          'Of a hundred codes that were sent to a country, how many have to be typed in. 0 switches the alarm off.',
          { default: 20, minimum: 0, maximum: 90 },
        ),
        textsMin: bounded('Fewer texts within the hour say nothing.', {
          default: 20,
          minimum: 5,
          maximum: 100_000,
        }),
        pauseMinutes: bounded('How long no text goes to a country where too few are.', {
          default: 60,
          minimum: 5,
          maximum: 7 * 24 * 60,
        }),
      },
      { description: 'Finds texts that are sent for the money: nobody types them in.' },
    ),
  },
  {
    description:
      'Text messages and calls. Without it none is sent. They are the weakest proof there is: numbers are taken over, and ' +
      'networks let others read along (NIST SP 800-63B-4 section 3.1.3.3).',
  },
)
