import type { Answered, Refused } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import type { Client } from './flow.ts'

/** Who came to the end of a flow has proven to be the account's owner: where they did is a place of theirs. */
export const remembering =
  <Call extends { client: Client }>(
    { risk }: Pick<RecoveryDeps, 'risk'>,
    end: (call: Call) => Promise<Answered | Refused>,
  ) =>
  async (call: Call): Promise<Answered | Refused> => {
    const answer = await end(call)
    if (answer.ok && answer.flow.state === 'completed') {
      const { tenant, subject } = answer.flow
      await risk.remember({ tenant, subject, client: call.client })
    }
    return answer
  }
