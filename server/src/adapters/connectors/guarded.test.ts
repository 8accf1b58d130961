import { describe, expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import type { Directory } from '../../core/accounts/ports.ts'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import type { Operation } from './calls.ts'
import { type GuardRules, guarded } from './guarded.ts'

const never = new AbortController().signal
const [ada, ben] = [anAccount('ada'), anAccount('ben')]
const secret = new Secret('correct horse battery staple')

const calls: Readonly<Record<Operation, (directory: Directory) => Promise<unknown>>> = {
  find: (directory) => directory.find({ by: 'username', value: 'ada' }, never),
  read: (directory) => directory.read(ada.key, never),
  'password-rules': (directory) => directory.passwordRules(ada.key, never),
  'verify-password': (directory) => directory.verifyPassword(ada.key, secret, never),
  'set-password': (directory) => directory.setPassword(ada.key, secret, never),
  offboard: (directory) => directory.offboard(ada.key, secret, never),
  'change-password': (directory) =>
    directory.changePassword(ada.key, { current: secret, next: secret }, never),
  unlock: (directory) => directory.unlock(ada.key, never),
  'require-change': (directory) => directory.requireChange(ada.key, never),
}
const repeatable = ['find', 'read', 'password-rules']

const rules: GuardRules = {
  concurrency: 2,
  waitingMax: 2,
  waitSeconds: 3,
  answerSeconds: 10,
  breaker: { failuresMax: 3, coolDownSeconds: 2, coolDownSecondsMax: 8 },
}

/** A directory in memory behind a guard; pauses and time limits end when the test says so. */
function aGuard(over: Partial<Directory> = {}, { chance = 0, failuresMax = 3 } = {}) {
  const clock = aClock()
  const memory = makeMemoryDirectory('people', [ada, ben])
  const pauses: { ms: number; end(): void; signal: AbortSignal }[] = []
  const limits: { seconds: number; over: AbortController }[] = []
  const seen: string[] = []
  const world = { checks: 0, changes: [] as string[] }
  const { directory, state } = guarded(
    { ...memory, check: (signal) => ((world.checks += 1), memory.check(signal)), ...over },
    { ...rules, breaker: { ...rules.breaker, failuresMax } },
    {
      now: clock.now,
      randomBytes: (count) => new Uint8Array(count).fill(chance),
      timeout(seconds) {
        const over = new AbortController()
        limits.push({ seconds, over })
        return over.signal
      },
      pause: (ms, signal) =>
        new Promise((end) => {
          pauses.push({ ms, end, signal })
          signal.addEventListener('abort', () => end())
        }),
      called: ({ operation, outcome }) => void seen.push(`${operation} ${outcome}`),
      changed: ({ before, state: now }) => void world.changes.push(`${before} to ${now}`),
    },
  )
  return Object.assign(world, { clock, memory, directory, state, pauses, limits, seen })
}
type World = ReturnType<typeof aGuard>

/** Everything that can happen without time going on has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** So many calls that are not repeated fail. */
async function failTimes(world: World, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1)
    await expect(calls.unlock(world.directory)).rejects.toThrow(Fault)
  await settled()
}

async function openIt(world: World): Promise<void> {
  world.memory.down = true
  await failTimes(world, 3)
  expect(world.state().breaker).toBe('open')
  world.memory.calls.splice(0)
}

async function endPause(world: World): Promise<void> {
  const { ms = 0, end } = world.pauses.shift() ?? {}
  world.clock.advance(ms / 1000)
  end?.()
  await settled()
}

describe('a directory that does not answer', () => {
  it.each(Object.keys(calls) as Operation[])(
    'is left alone after some failures: %s is turned away before anything is sent, until it answers again',
    async (operation) => {
      const world = aGuard()
      await openIt(world)

      await expect(calls[operation](world.directory)).rejects.toMatchObject({
        code: 'directory-unreachable',
        detail: expect.stringContaining('"people"'),
      })
      expect(world.memory.calls).toEqual([])
      expect(world.seen.at(-1)).toBe(`${operation} resting`)
      world.memory.down = false
      await endPause(world)
      await calls[operation](world.directory)
      expect(world.changes).toEqual(['closed to open', 'open to closed'])
    },
  )

  it('is asked by one question at a time, after rests that double up to the longest, with jitter', async () => {
    const world = aGuard({}, { chance: 128 })
    await openIt(world)
    expect(world.checks).toBe(1)

    const rests: number[] = []
    for (let round = 0; round < 4; round += 1) {
      expect(world.pauses).toHaveLength(1)
      rests.push((world.pauses[0]?.ms ?? 0) / 1000)
      await endPause(world)
    }

    expect(rests).toEqual([2.5, 5, 10, 10])
    expect(world.checks).toBe(5)
  })

  it('is asked once, however many calls fail meanwhile', async () => {
    const answer = Promise.withResolvers<undefined>()
    let checks = 0
    const world = aGuard({ check: () => ((checks += 1), answer.promise) })
    world.memory.down = true

    await failTimes(world, 6)

    expect([checks, world.state().breaker]).toEqual([1, 'closed'])
    answer.reject(new Fault('directory-unreachable'))
    await settled()
    expect(world.state().breaker).toBe('open')
  })

  it('turns away those who were in line when it was found out', async () => {
    const first = Promise.withResolvers<null>()
    const world = aGuard({ read: () => first.promise })
    const [busy, alsoBusy, waiting] = [0, 1, 2].map(() => calls.read(world.directory))
    await openIt(world)

    first.resolve(null)
    await Promise.all([busy, alsoBusy])
    await expect(waiting).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect(world.seen.at(-1)).toBe('read resting')
  })

  it('is not asked any more once it is closed', async () => {
    const world = aGuard()
    await openIt(world)

    await world.directory.close()

    expect([world.checks, world.pauses.map(({ signal }) => signal.aborted)]).toEqual([1, [true]])
  })
})

describe('a directory that answers', () => {
  const fault = (code: ConstructorParameters<typeof Fault>[0]) => () => Promise.reject(new Fault(code))

  it.each(['directory-unreachable', 'directory-outcome-unknown'] as const)(
    'goes on being asked, however often one account brings up %s: nobody opens the breaker by naming it',
    async (code) => {
      const world = aGuard({ verifyPassword: fault(code) })

      for (let time = 0; time < 10; time += 1) {
        await expect(calls['verify-password'](world.directory)).rejects.toThrow(Fault)
        await settled()
      }

      expect(world.checks).toBeGreaterThan(0)
      expect([world.state().breaker, world.changes]).toEqual(['closed', []])
    },
  )

  it.each(['directory-misconfigured', 'directory-rights-missing', 'directory-answer-unusable'] as const)(
    'is not even suspected for %s, nor for refusals and wrong passwords',
    async (code) => {
      const world = aGuard({
        unlock: fault(code),
        setPassword: () => Promise.resolve({ ok: false, because: 'password-in-history' }),
      })

      for (let time = 0; time < 5; time += 1) {
        await expect(calls.unlock(world.directory)).rejects.toMatchObject({ code })
      }
      for (let time = 0; time < 5; time += 1) {
        await calls['set-password'](world.directory)
        await calls['verify-password'](world.directory)
      }
      await settled()

      expect([world.checks, world.state().breaker]).toEqual([0, 'closed'])
    },
  )

  it('goes on being asked while it only answers that a right is missing', async () => {
    const world = aGuard({ unlock: fault('directory-unreachable'), check: fault('directory-rights-missing') })

    await failTimes(world, 10)

    expect(world.state().breaker).toBe('closed')
  })

  it('is trusted anew with every answer', async () => {
    const world = aGuard()
    for (const down of [true, true, false, true, true]) {
      world.memory.down = down
      await calls.unlock(world.directory).catch(() => undefined)
    }
    await settled()

    expect(world.checks).toBe(0)
  })
})

describe('a call that failed at once', () => {
  it.each(Object.keys(calls) as Operation[])('is made once more if it may be: %s', async (operation) => {
    const world = aGuard()
    world.memory.down = true

    const asked = calls[operation](world.directory).then(
      () => 'answered',
      () => 'failed',
    )
    await settled()
    world.memory.down = false
    await endPause(world)

    expect(await asked).toBe(repeatable.includes(operation) ? 'answered' : 'failed')
    expect(world.memory.calls).toHaveLength(repeatable.includes(operation) ? 2 : 1)
  })

  it('is not made once more in an outage, nor after it took long, nor more often', async () => {
    const world = aGuard()
    world.memory.down = true

    const first = expect(calls.read(world.directory)).rejects.toThrow(Fault)
    await settled()
    await endPause(world)
    await first
    expect(world.memory.calls).toHaveLength(2)
    await expect(calls.read(world.directory)).rejects.toThrow(Fault)
    expect(world.memory.calls).toHaveLength(3)

    let reads = 0
    const unreachable = () => ((reads += 1), Promise.reject(new Fault('directory-unreachable')))
    const strict = aGuard({ read: unreachable }, { failuresMax: 1 })
    const asked = expect(calls.read(strict.directory)).rejects.toThrow(Fault)
    await settled()
    await endPause(strict)
    expect(reads).toBe(2)
    await asked

    const slow = aGuard({
      read: () => {
        slow.clock.advance(5)
        return Promise.reject(new Fault('directory-unreachable'))
      },
    })
    await expect(calls.read(slow.directory)).rejects.toThrow(Fault)
    expect(slow.pauses).toEqual([])
  })
})

describe('calls to a slow directory', () => {
  /** Looking somebody up takes until the test says so. */
  function aSlowGuard() {
    const answer = Promise.withResolvers<[]>()
    let begun = 0
    const world = aGuard({ find: () => ((begun += 1), answer.promise) })
    return Object.assign(world, { answer: () => answer.resolve([]), begun: () => begun })
  }

  it('wait for their turn, a bounded number of them; the others are turned away at once', async () => {
    const world = aSlowGuard()
    const started = Array.from({ length: 4 }, () => calls.find(world.directory))
    world.clock.advance(2)

    await expect(calls.find(world.directory)).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect(world.seen).toEqual(['find line-full'])
    expect([world.begun(), world.state().lines.lookup]).toMatchObject([2, { working: 2, waiting: 2 }])
    world.answer()
    expect(await Promise.all(started)).toEqual([[], [], [], []])
  })

  it('wait for a stated time at most, and nothing was sent then', async () => {
    const world = aSlowGuard()
    const [first, second, third] = [0, 1, 2].map(() => calls.find(world.directory))

    for (const { seconds, over } of world.limits) if (seconds === rules.waitSeconds) over.abort()
    await expect(third).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect([world.begun(), world.seen]).toEqual([2, ['find waited-too-long']])
    world.answer()
    await Promise.all([first, second])
    expect(world.state().breaker).toBe('closed')
  })

  it('keep nobody from proving, reading and writing: each kind has places of its own', async () => {
    const world = aSlowGuard()
    const started = Array.from({ length: 4 }, () => calls.find(world.directory))

    for (const operation of Object.keys(calls) as Operation[]) {
      if (operation !== 'find') await calls[operation](world.directory)
    }

    world.answer()
    await Promise.all(started)
  })

  it('are given up after a while, except for writes, whose deadline is their caller’s', async () => {
    const given = new Map<string, AbortSignal>()
    const world = aGuard({
      read: (_, signal) => (given.set('read', signal), Promise.resolve(null)),
      unlock: (_, signal) => (given.set('unlock', signal), Promise.resolve({ ok: true, wasLocked: false })),
    })
    await calls.read(world.directory)
    await calls.unlock(world.directory)

    for (const { over } of world.limits) over.abort()

    expect(given.get('read')?.aborted).toBe(true)
    expect(given.get('unlock')).toBe(never)
  })
})
