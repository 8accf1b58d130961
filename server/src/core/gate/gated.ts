import { fold } from '../accounts/index.ts'
import type { Client, Recovery, RecoveryDeps, Refused } from '../recovery/index.ts'
import type { Sessions } from '../sessions/index.ts'
import type { Gate } from './gate.ts'
import type { Shown } from './ports.ts'

/** Told to somebody who has guessed: the same whether or not there was anything to be guessed. */
const guessedWrong: ReadonlySet<Refused['because']> = new Set([
  'code-wrong',
  'code-tries-used-up',
  'code-expired',
  'link-unusable',
  'disavowal-unusable',
  'sign-in-refused',
])

interface From {
  tenant: string
  client: Client
}

type Deps = Pick<RecoveryDeps, 'tokens'>

/** Recovery behind the gate: its starts have to pass, and what is guessed wrong is counted. */
export function gateRecovery(recovery: Recovery, gate: Gate, { tokens }: Deps): Recovery {
  const counted = countedBy(gate)
  return {
    ...recovery,
    async start(call) {
      const { tenant, client, shown = {} } = call
      const passed = await gate.pass({ tenant, client, purpose: 'start', name: nameOf(tokens, call), shown })
      return passed.ok ? recovery.start(call) : passed
    },
    prove: counted(recovery.prove),
    spendLink: counted(recovery.spendLink),
    activate: counted(recovery.activate),
    disavow: counted(recovery.disavow),
  }
}

/** Sessions behind the gate. Whoever signs in at the company's own provider types nothing here that could be guessed. */
export function gateSessions(sessions: Sessions, gate: Gate, { tokens }: Deps): Sessions {
  const counted = countedBy(gate)
  const signIn = counted(sessions.signIn)
  return {
    ...sessions,
    async signIn(call) {
      const { tenant, client, shown = {} } = call
      const passed = await gate.pass({
        tenant,
        client,
        purpose: 'sign-in',
        name: nameOf(tokens, call),
        shown,
      })
      return passed.ok ? signIn(call) : passed
    },
    prove: counted(sessions.prove),
  }
}

const countedBy =
  (gate: Gate) =>
  <Call extends From, Answer extends { ok: boolean }>(run: (call: Call) => Promise<Answer | Refused>) =>
  async (call: Call): Promise<Answer | Refused> => {
    const answer = await run(call)
    if ('because' in answer && guessedWrong.has(answer.because)) gate.failed(call)
    return answer
  }

const nameOf = (
  tokens: RecoveryDeps['tokens'],
  call: { tenant: string; identifier: string; shown?: Shown },
) => tokens.name(call.tenant, fold(call.identifier.trim()))
