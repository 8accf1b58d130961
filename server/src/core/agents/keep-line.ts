import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentDeps, OrderTaker } from './agent.ts'
import { type LineEnd, serveLine } from './agent-line.ts'
import { drawAgentKeys } from './identity.ts'
import type { Channel } from './ports.ts'

export interface KeptLine extends AgentDeps {
  taker: OrderTaker
  /** Name of the server in logs. */
  server: string
  dial(signal: AbortSignal): Promise<Channel>
}

const pauseMs = { first: 500, max: 60_000 }
/** A line that held for so long was a good one: the next is tried for at once. */
const goodAfterMs = 30_000

const words: Readonly<Record<LineEnd | 'unreachable', string>> = {
  closed: 'the connection to a server has ended',
  'server-not-trusted':
    'what answered is not the server that this agent was enrolled at; nothing was told to it',
  refused: 'the server lets this agent in no more: was it revoked? Enrol it anew',
  'no-answer': 'what answered is no Rekey',
  unreachable: 'a server can not be reached',
}

/** Keeps a line to one server for as long as the signal does not fire: with longer and longer pauses where there is none. */
export async function keepLine(deps: KeptLine, stop: AbortSignal): Promise<void> {
  let failures = 0
  for (;;) {
    const began = deps.now().getTime()
    const [end, because] = await once(deps, failures, stop)
    if (stop.aborted) return
    failures = end === 'closed' && deps.now().getTime() - began > goodAfterMs ? 0 : failures + 1
    const { server } = deps
    deps.log(end === 'closed' ? 'info' : 'warn', words[end], {
      server,
      ...(because === null ? {} : { because }),
    })
    await sleep(pauseAfter(failures, deps.randomBytes), undefined, { signal: stop }).catch(() => undefined)
  }
}

/** Doubled each time, and by chance up to half as long: not all agents come back at the same moment. */
export function pauseAfter(failures: number, randomBytes: (count: number) => Uint8Array): number {
  const longest = Math.min(pauseMs.max, pauseMs.first * 2 ** Math.min(failures, 20))
  const [chance = 0] = randomBytes(1)
  return longest * (1 - chance / 512)
}

async function once(
  deps: KeptLine,
  failures: number,
  stop: AbortSignal,
): Promise<[LineEnd | 'unreachable', string | null]> {
  let channel: Channel
  try {
    channel = await deps.dial(stop)
  } catch (error) {
    return ['unreachable', error instanceof Error ? error.message : 'unknown']
  }
  const leave = () => channel.close()
  stop.addEventListener('abort', leave, { once: true })
  try {
    const { keys, nextKeys } = deps.identity.read()
    // The word that new keys are known may have been lost, and the old ones may be forgotten by now.
    const used = nextKeys !== null && failures % 2 === 1 ? nextKeys : keys
    return [await serveLine(channel, { ...deps, keys: used }), null]
  } finally {
    stop.removeEventListener('abort', leave)
  }
}

/** Draws the next keys when the present ones are old; the next beat proposes them. */
export async function drawWhenOld(
  deps: Pick<AgentDeps, 'identity' | 'now' | 'randomBytes'>,
  everyDays: number,
): Promise<boolean> {
  const identity = deps.identity.read()
  const ageMs = deps.now().getTime() - Date.parse(identity.keys.drawnAt)
  if (identity.nextKeys !== null || ageMs < everyDays * 86_400_000) return false
  await deps.identity.save({ ...identity, nextKeys: drawAgentKeys(deps) })
  return true
}
