import type { Mutant } from './mutant.ts'

const gate = 'server/src/core/gate/gate.ts'
const mayPass = 'server/src/core/gate/may-pass.ts'
const altcha = 'server/src/adapters/work/altcha.ts'
const suite = 'server/test/attack/gate.test.ts'

/** Defects in what is asked for before the first proof. */
export const gateMutants: readonly Mutant[] = [
  {
    name: 'work-counts-again',
    breaks: 'Work that was done, or a wait that is over, counts as often as it is sent.',
    rows: [250],
    changes: [{ file: gate, find: '    return taken.ok\n', replace: '    return true\n' }],
    suite: { file: suite, title: '[250]' },
  },
  {
    name: 'work-of-another-tenant',
    breaks: 'Work that was done for one tenant counts for all.',
    rows: [251],
    changes: [{ file: gate, find: 'done.tenant !== call.tenant || ', replace: '' }],
    suite: { file: suite, title: '[251]' },
  },
  {
    name: 'work-of-another-purpose',
    breaks: 'Work that was done for a start counts for a sign-in.',
    rows: [251],
    changes: [{ file: gate, find: ' || done.purpose !== call.purpose', replace: '' }],
    suite: { file: suite, title: '[251]' },
  },
  {
    name: 'work-without-end',
    breaks: 'Work that was done counts for ever.',
    rows: [252],
    changes: [{ file: gate, find: '    if (done.expiresAt <= deps.now()) return 0\n', replace: '' }],
    suite: { file: suite, title: '[252]' },
  },
  {
    name: 'work-of-own-making',
    breaks: 'Whoever solves a task may have changed it.',
    rows: [253],
    changes: [
      { file: altcha, find: 'const { verified } =', replace: 'const { verified, invalidSignature } =' },
      { file: altcha, find: 'return verified ?', replace: 'return verified || invalidSignature === true ?' },
    ],
    suite: { file: suite, title: '[253]' },
  },
  {
    name: 'work-of-any-hardness',
    breaks: 'The easiest work is enough, however much there is to do.',
    rows: [253],
    changes: [{ file: mayPass, find: ' && facts.shown >= factor / 2', replace: '' }],
    suite: { file: suite, title: '[253]' },
  },
  {
    name: 'crowd-shuts-out',
    breaks: 'When there is very much to do nobody is let in, whatever they do.',
    rows: [254],
    changes: [
      { file: mayPass, find: 'if (facts.shown > 0 && ', replace: 'if (factor < 2 && facts.shown > 0 && ' },
    ],
    suite: { file: suite, title: '[254]' },
  },
  {
    name: 'crowd-unnoticed',
    breaks: 'What is counted over all networks asks for nothing.',
    rows: [254],
    changes: [{ file: mayPass, find: 'Math.max(facts.pressure, facts.network)', replace: 'facts.network' }],
    suite: { file: suite, title: '[254]' },
  },
  {
    name: 'wait-without-waiting',
    breaks: 'Whoever is told to wait need not.',
    rows: [255],
    changes: [{ file: gate, find: 'if (left > 0)', replace: 'if (left > 3_600)' }],
    suite: { file: suite, title: '[255]' },
  },
]
