import type { Limiter } from '../../src/core/recovery/ports.ts'

/** Counts requests in memory: at most `max` in a window, which begins with its first request. */
export function makeMemoryLimiter(clock: { now(): Date }): Limiter {
  const windows = new Map<string, { endsAt: number; count: number }>()
  return {
    async take(tenant, key, { max, windowSeconds }) {
      await Promise.resolve()
      const name = JSON.stringify([tenant, key])
      const now = clock.now().getTime()
      const before = windows.get(name)
      const window =
        before === undefined || before.endsAt <= now
          ? { endsAt: now + windowSeconds * 1_000, count: 0 }
          : before
      if (window.count >= max) {
        return { ok: false, retryAfterSeconds: Math.ceil((window.endsAt - now) / 1_000) }
      }
      windows.set(name, { ...window, count: window.count + 1 })
      return { ok: true }
    },
  }
}
