import { describe, expect, it, vi } from 'vitest'
import type { Check } from '../core/operations/checks.ts'
import { Fault } from '../kernel/fault.ts'
import { startFirstChecks } from './first-checks.ts'

const down = new Fault('directory-unreachable', { detail: '127.0.0.1:9: connection refused' })

function aCheck(run: Check['run'], over: Partial<Check> = {}): Check {
  return { what: 'directory', tenant: 'northwind', name: 'people', run, ...over }
}

function start(checks: readonly Check[], everyMs: number) {
  const said: unknown[] = []
  const running = startFirstChecks({
    checks,
    everyMs,
    log: (level, message, facts) => void said.push({ level, message, ...facts }),
  })
  return { said, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() }
}

describe('the checks after a start', () => {
  it('say once what works', async () => {
    let runs = 0
    await using checks = start([aCheck(async () => void (runs += 1))], 1)

    await vi.waitFor(() => expect(checks.said).not.toEqual([]))
    await new Promise((resolve) => setTimeout(resolve, 30))

    expect(checks.said).toEqual([
      { level: 'info', message: 'directory works', tenant: 'northwind', directory: 'people' },
    ])
    expect(runs).toBe(1)
  })

  it('say what to fix, and are made again until it is fixed', async () => {
    let runs = 0
    const check = aCheck(async () => {
      runs += 1
      if (runs < 3) throw down
    })
    await using checks = start([check], 1)

    await vi.waitFor(() => expect(checks.said).toHaveLength(3))

    const warning = {
      level: 'warn',
      message: 'directory does not work',
      code: 'directory-unreachable',
      because: '127.0.0.1:9: connection refused',
    }
    expect(checks.said).toMatchObject([warning, warning, { level: 'info', message: 'directory works' }])
  })

  it('do not wait for each other', async () => {
    const hangs = aCheck(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(down), { once: true })),
    )
    await using checks = start(
      [hangs, aCheck(async () => undefined, { what: 'mail provider', tenant: null, name: 'relay' })],
      1,
    )

    await vi.waitFor(() =>
      expect(checks.said).toEqual([{ level: 'info', message: 'mail provider works', provider: 'relay' }]),
    )
  })

  it('end with the service: what is under way is cut off, says nothing and is not made again', async () => {
    let runs = 0
    const hangs = aCheck((signal) => {
      runs += 1
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(down), { once: true }))
    })
    const waits = aCheck(() => {
      runs += 1
      return Promise.reject(down)
    })
    const checks = start([hangs, waits], 3_600_000)
    await vi.waitFor(() => expect(checks.said).toHaveLength(1))

    await checks[Symbol.asyncDispose]()

    expect({ runs, said: checks.said.length }).toEqual({ runs: 2, said: 1 })
  })

  it('quote nothing of an error that is no fault', async () => {
    await using checks = start([aCheck(() => Promise.reject(new TypeError('canary of ada')))], 3_600_000)

    await vi.waitFor(() => expect(checks.said).toHaveLength(1))

    expect(checks.said).toMatchObject([{ code: 'unexpected', because: 'TypeError' }])
  })
})
