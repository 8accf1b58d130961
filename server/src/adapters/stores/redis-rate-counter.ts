import type { Limiter } from '../../core/recovery/ports.ts'
import { isFault } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Redis } from './redis.ts'

/**
 * The end of the window is kept beside the count and compared with the asking node's clock, as in PostgreSQL; the
 * server's own clock only clears away what is long over.
 */
const take = `
local now, seconds, max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = redis.call('HMGET', KEYS[1], 'ends', 'count')
local ends = tonumber(window[1])
if ends == nil or ends <= now then
  redis.call('HSET', KEYS[1], 'ends', string.format('%.0f', now + seconds * 1000), 'count', 1)
  redis.call('EXPIRE', KEYS[1], seconds + 60)
  return -1
end
if tonumber(window[2]) < max then
  redis.call('HINCRBY', KEYS[1], 'count', 1)
  return -1
end
return ends - now
`

/** Counts requests over all nodes, like the counter in PostgreSQL: of any number at once exactly `max` succeed. */
export function makeRedisRateCounter(deps: { redis: Redis; outside: Pick<Outside, 'now'> }): Limiter {
  return {
    async take(tenant, key, { max, windowSeconds }) {
      if (max < 1) return { ok: false, retryAfterSeconds: windowSeconds }
      const now = deps.outside.now().getTime()
      const left = Number(
        await deps.redis.run(
          take,
          [`rekey:{${tenant}}:rate:${key}`],
          [String(now), String(windowSeconds), String(max)],
        ),
      )
      if (left < 0) return { ok: true }
      return { ok: false, retryAfterSeconds: Math.min(windowSeconds, Math.max(1, Math.ceil(left / 1_000))) }
    },
  }
}

/** What a lost Redis may give back: requests of some minutes. Mails to a mailbox are counted for longer. */
const windowSecondsMax = 600

/**
 * Short windows in Redis, long ones in PostgreSQL. While Redis is away PostgreSQL counts everything, from nothing:
 * a change in the middle of a window lets through at most twice the quota, and never an unlimited number.
 */
export const makeSharedLimiter = (deps: { inRedis: Limiter; inDatabase: Limiter }): Limiter => ({
  async take(tenant, key, quota) {
    if (quota.windowSeconds > windowSecondsMax) return deps.inDatabase.take(tenant, key, quota)
    try {
      return await deps.inRedis.take(tenant, key, quota)
    } catch (error) {
      if (!isFault(error, 'redis-unavailable')) throw error
      return deps.inDatabase.take(tenant, key, quota)
    }
  },
})
