import type { Kysely } from 'kysely'
import { makeRedisFlows, type RecoveryTables } from './adapters/stores/recovery/index.ts'
import { openRedis, type Redis } from './adapters/stores/redis.ts'
import { makeRedisRateCounter, makeSharedLimiter } from './adapters/stores/redis-rate-counter.ts'
import type { Opening } from './compose-opening.ts'
import type { Config } from './config/schema.ts'
import type { Limiter } from './core/recovery/ports.ts'
import type { Sealer } from './kernel/seal.ts'

/** Beyond the life of any flow, so that a person who comes late is told that the flow has ended. */
const keptAfterSeconds = 3_600

/** Flows that wait and counters of requests: in Redis when there is one, otherwise nothing but the database. */
export async function sharedStateOf(
  config: Config,
  deps: Opening & { database: Kysely<RecoveryTables>; sealer: Sealer; inDatabase: Limiter },
) {
  const { outside, opening, inDatabase } = deps
  const redis = await redisOf(config, deps)
  if (redis === null) return { redis, limiter: inDatabase, flows: {} }
  opening.defer(() => redis.close())
  const lives = config.tenants.map(({ limits }) => limits.flowTotalSeconds)
  const keepSeconds = Math.max(...lives) + keptAfterSeconds
  return {
    redis,
    limiter: makeSharedLimiter({ inRedis: makeRedisRateCounter({ redis, outside }), inDatabase }),
    flows: {
      flows: makeRedisFlows({
        ...deps,
        redis,
        keepSeconds,
        warn: (message, facts) => deps.log.warn(facts, message),
      }),
    },
  }
}

async function redisOf({ redis }: Config, { log }: Opening): Promise<Redis | null> {
  if (redis === undefined) return null
  return openRedis({ ...redis, log: (level, message, facts) => log[level](facts, message) })
}
