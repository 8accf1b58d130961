import type { Mutant } from './mutant.ts'

const core = 'server/src/core/recovery'
const attacks = 'server/test/attack/unlock.test.ts'

/** Defects in who gets a lock lifted, and how often. */
export const unlockMutants: readonly Mutant[] = [
  {
    name: 'unlock-without-proof',
    breaks: 'Whoever waits for a proof may have the lock lifted already.',
    rows: [160],
    changes: [
      {
        file: `${core}/unlock.ts`,
        find: '    const proven = await readProven(call)\n    if (!proven.ok) return proven\n    const { account } = proven.flow',
        replace: `    const proven = await readProven(call)
    if (!proven.ok) {
      const flow = await deps.store.read(call.tenant, call.id)
      if (flow?.state === 'awaiting-proof' && flow.whose.is === 'account') {
        const { account } = flow.whose
        await deps.tenant(call.tenant).directory(account.directory)?.unlock(account.key, AbortSignal.timeout(1_000))
      }
      return proven
    }
    const { account } = proven.flow`,
      },
    ],
    suite: { file: attacks, title: 'stays before the proof, in a flow of kind unlock' },
  },
  {
    name: 'unlock-keeps-its-flow',
    breaks: 'A flow that has lifted a lock stays as it was, and lifts the next one.',
    rows: [161],
    changes: [
      {
        file: `${core}/unlock.ts`,
        find: '    answer: { ok: true, flow: completed },\n    flow: completed,\n',
        replace: '    answer: { ok: true, flow: completed },\n',
      },
    ],
    suite: { file: attacks, title: 'lifts one: what was used and what was there before lift none' },
  },
  {
    name: 'unlock-takes-password',
    breaks: 'Whoever proved enough for a lock sets a password.',
    rows: [162],
    changes: [
      {
        file: `${core}/flow.ts`,
        find: `(kind: FlowKind): boolean => kind === 'recovery' || kind === 'activation'`,
        replace: `(kind: FlowKind): boolean => kind !== 'change'`,
      },
    ],
    suite: { file: attacks, title: '[162]' },
  },
  {
    name: 'unlock-after-disavowal',
    breaks: '"This was not me" leaves flows for a lock open.',
    rows: [163],
    changes: [
      {
        file: `${core}/end-other.ts`,
        find: '  const ended = transition(flow, event)\n',
        replace: `  const ended = flow.kind === 'unlock' ? null : transition(flow, event)\n`,
      },
    ],
    suite: { file: attacks, title: '[163]' },
  },
]
