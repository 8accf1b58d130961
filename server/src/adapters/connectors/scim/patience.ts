import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '../../../kernel/fault.ts'
import type { Answer, Asked, Exchange } from './exchange.ts'

/** Asks, and asks again after the pause that the server wants, while there is time. */
export type Patient = (exchange: Exchange, asked: Asked, signal: AbortSignal) => Promise<Answer>

const triesMax = 3
/** Nobody who waits for a page waits longer. */
const pauseSecondsMax = 10

/**
 * Holds still for a server that is asked too much: 429 (RFC 6585 section 4) says that a request was not carried out,
 * so even a write is sent again after it. 503 says so of questions alone: gateways give it as well when they have lost
 * an answer. Throws `directory-unreachable` when there is no time for the pause.
 */
export function makePatient({ now }: { now(): Date }): Patient {
  return async (exchange, asked, signal) => {
    for (let triesLeft = triesMax - 1; ; triesLeft--) {
      const answer = await exchange.ask(asked, signal)
      const pause = pauseAfter(answer, asked, now())
      if (pause === null) return answer
      if (triesLeft === 0 || pause > pauseSecondsMax) {
        const detail = `${exchange.target.endpoint}: is asked too much (HTTP ${answer.status}); it wants a pause of ${pause} s`
        throw new Fault('directory-unreachable', { detail })
      }
      await wait(pause * 1_000, undefined, { signal }).catch((cause: unknown) => {
        const detail = `${exchange.target.endpoint}: is asked too much, and the deadline has passed`
        throw new Fault('directory-unreachable', { cause, detail })
      })
    }
  }
}

/** In seconds; null when there is none to be made. */
function pauseAfter({ status, headers }: Answer, { as }: Asked, now: Date): number | null {
  const asked = headers['retry-after']
  if (status === 429) return asked === undefined ? 1 : pauseIn(asked, now)
  return status === 503 && as !== 'write' && asked !== undefined ? pauseIn(asked, now) : null
}

/** RFC 9110 section 10.2.3: seconds, or a date. What is neither counts as a second. */
function pauseIn(asked: string, now: Date): number {
  if (/^\d{1,9}$/.test(asked)) return Number(asked)
  const date = Date.parse(asked)
  return Number.isNaN(date) ? 1 : Math.max(0, Math.ceil((date - now.getTime()) / 1_000))
}

export const redirected = (endpoint: string): Fault =>
  new Fault('directory-misconfigured', {
    detail: `${endpoint}: sends us to another address, which is not followed: configure the one that answers`,
  })
