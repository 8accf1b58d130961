import type { Mutant } from './mutant.ts'

const attack = 'server/test/attack/scim.test.ts'
const connector = 'server/src/adapters/connectors/scim'

/** Defects of what is asked over SCIM, and of what is made of its answers. */
export const scimMutants: readonly Mutant[] = [
  {
    name: 'scim-filter-unquoted',
    breaks: 'What was typed is put into a filter of SCIM as it is.',
    rows: [230],
    changes: [
      {
        file: `${connector}/paths.ts`,
        find: String.raw`text.replaceAll(/["\\\u0000-\u001f\u007f]/g, escaped)`,
        replace: 'text',
      },
    ],
    suite: { file: attack, title: 'is one JSON string without a quote in it' },
  },
  {
    name: 'scim-key-unencoded',
    breaks: 'A key is put into the address of a resource as it is.',
    rows: [230],
    changes: [
      {
        file: `${connector}/client.ts`,
        find: '`/${kind}/${encodeURIComponent(id)}`',
        replace: '`/${kind}/${id}`',
      },
    ],
    suite: { file: attack, title: 'leads by no key to another address' },
  },
  {
    name: 'scim-redirect-unrefused',
    breaks: 'A redirect of a directory counts as an answer that was meant.',
    rows: [231],
    changes: [
      {
        file: `${connector}/client.ts`,
        find: '  if (status >= 300 && status < 400) throw redirected(endpoint)\n',
        replace: '  if (status >= 300 && status < 400) return\n',
      },
    ],
    suite: { file: attack, title: '[231]' },
  },
  {
    name: 'scim-answer-unbounded',
    breaks: 'An answer of a directory is read to its end, however long it is.',
    rows: [232],
    changes: [
      {
        file: `${connector}/exchange.ts`,
        find: 'if (bytes > answerBytesMax) response.destroy(new TooLong())',
        replace: 'if (bytes < 0) response.destroy(new TooLong())',
      },
    ],
    suite: { file: attack, title: '[232]' },
  },
  {
    name: 'scim-words-repeated',
    breaks: 'The words of a directory about a password that it refuses stand in the log.',
    rows: [233],
    changes: [
      {
        file: `${connector}/refusals.ts`,
        find: `known ?? 'the server does not take it, and does not say why'`,
        replace: 'known ?? `the server does not say why but for: ${words}`',
      },
    ],
    suite: { file: attack, title: '[233]' },
  },
]
