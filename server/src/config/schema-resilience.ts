import { Type } from 'typebox'
import { bounded, closedWithDefaults } from './schema-parts.ts'

/** How the rest of the service is kept from what is wrong with one directory. */
export const Resilience = closedWithDefaults(
  {
    concurrency: bounded(
      'Calls of one kind that a process has under way at a time. Looking people up, reading, proving passwords and ' +
        'writing are counted apart.',
      { default: 16, minimum: 1, maximum: 1000 },
    ),
    queueMax: bounded('Calls of one kind that wait for their turn; the next one is turned away at once.', {
      default: 128,
      minimum: 0,
      maximum: 10_000,
    }),
    queueSeconds: Type.Number({
      default: 3,
      minimum: 0.1,
      maximum: 30,
      description:
        'Longest wait for a turn, and never more than half of `limits.directorySeconds`. Who waited so long is told that ' +
        'the directory can’t be reached and nothing was changed.',
    }),
    failures: bounded(
      'Calls in a row without an answer after which the directory is asked whether it works. If it does not, it is ' +
        'left alone for a while.',
      { default: 5, minimum: 1, maximum: 100 },
    ),
    coolDownSeconds: bounded('First rest; it doubles each time the directory turns out not to work.', {
      default: 2,
      minimum: 1,
      maximum: 600,
    }),
    coolDownSecondsMax: bounded('Longest rest.', { default: 30, minimum: 1, maximum: 3600 }),
  },
  {
    description:
      'How calls to the directory are bounded, and when it is left alone. Nothing of it holds for the embedded directory, ' +
      'which is where everything else is.',
  },
)
