import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectoryRefusal } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { DirectoryHarness, Person, World } from './directory-harness.ts'

const inTime = () => AbortSignal.timeout(20_000)
/** For answers that never come. */
const soon = () => AbortSignal.timeout(500)

const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const third = 'yet another long sentence'
const nobody = '00000000-0000-0000-0000-000000000000'
const right = { ok: true, mustChange: false }
const unavailable = { ok: false, because: 'account-unavailable' }
const wrongCurrent = { ok: false, because: 'current-password-wrong' }

/** What every kind of directory promises about a password between its being set and its being lost. */
export function directoryLifeContract(harness: DirectoryHarness): void {
  describe(`${harness.title}: the life of a password`, () => {
    let world: World
    let counter = 0
    beforeAll(async () => {
      world = await harness.open()
    })
    afterAll(async () => {
      await world[Symbol.asyncDispose]()
    })

    const somebody = async (facts: Partial<Person> = {}) => {
      counter += 1
      const person = { username: `person${String(counter)}`, password: first, ...facts }
      const key = await world.add(person)
      return { ...person, key }
    }
    /** Keys of accounts that self-service keeps away from, and of one that is gone. */
    const outOfReach = async () => {
      const [gone, disabled] = [await somebody(), await somebody()]
      await world.remove(gone.username)
      await world.disable(disabled.username)
      const others = [await somebody({ federated: true }), await somebody({ secondFactor: true })]
      const withSecondFactor = others[1]?.key
      return {
        disabled,
        withSecondFactor,
        keys: [...[gone, disabled, ...others].map(({ key }) => key), nobody, '', '\0'],
      }
    }
    const facts = async (key: string) => (await world.directory.read(key, inTime()))?.password
    const verify = (key: string, password: string) =>
      world.directory.verifyPassword(key, new Secret(password), inTime())
    const set = (key: string, password: string) =>
      world.directory.setPassword(key, new Secret(password), inTime())
    const change = (key: string, current: string, next: string) =>
      world.directory.changePassword(key, { current: new Secret(current), next: new Secret(next) }, inTime())
    const unlock = (key: string) => world.directory.unlock(key, inTime())
    const lockOut = async (key: string) => {
      for (let i = 0; i < harness.lockoutTries; i++) await verify(key, `wrong ${String(i)}`)
      await world.lockHolds?.()
    }

    describe('a change', () => {
      it('makes the next password work and the current one not, and leaves nothing to be changed', async () => {
        const person = await somebody()

        expect(await change(person.key, first, second)).toEqual({ ok: true })

        expect(await verify(person.key, second)).toEqual(right)
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'wrong' })
        expect(await world.passwordWorks(person.username, second)).toBe(true)
        expect(await change(person.key, second, third)).toEqual({ ok: true })
        expect(await verify(person.key, third)).toEqual(right)
        expect(world.directory.abilities.changeAsUser).toBe(harness.changesAsUser)
      })

      it.each([
        ['white space around it', '  spaces all around  '],
        ['code points of four bytes', '💥🔑'.repeat(128)],
        ['what shells and directories read', '$(id)`id`&|;"\'\\,+<>#= {SSHA}%00*()'],
        ...(harness.takesNul ? [['a NUL inside', 'before the nul\0after']] : []),
      ])('keeps %s to the last byte, as the next password and as the current one', async (_, password) => {
        const person = await somebody()

        expect(await change(person.key, first, password)).toEqual({ ok: true })

        expect(await world.passwordWorks(person.username, password)).toBe(true)
        expect(await change(person.key, `${password}x`, third)).toEqual(wrongCurrent)
        expect(await change(person.key, password.trim().slice(0, -1), third)).toEqual(wrongCurrent)
        expect(await change(person.key, password, third)).toEqual({ ok: true })
        expect(await world.passwordWorks(person.username, third)).toBe(true)
      })

      it('is not made with a wrong current password, which counts like one at sign-in', async () => {
        const person = await somebody()

        for (let i = 0; i < harness.lockoutTries; i++) {
          expect(await change(person.key, `wrong ${String(i)}`, second)).toEqual(wrongCurrent)
        }
        await world.lockHolds?.()

        expect(await world.directory.read(person.key, inTime())).toMatchObject({ locked: true })
        expect(await change(person.key, first, second)).toEqual(wrongCurrent)
        expect(await unlock(person.key)).toEqual({ ok: true, wasLocked: true })
        expect(await change(person.key, first, second)).toEqual({ ok: true })
      })

      it('is refused for a password that the directory remembers, and nothing changes', async () => {
        const person = await somebody()
        expect(await change(person.key, first, second)).toEqual({ ok: true })
        await world.settled?.(person.username)
        const refused = { ok: false, because: 'password-in-history' } satisfies {
          ok: false
          because: DirectoryRefusal
        }

        expect(await change(person.key, second, first)).toEqual(refused)
        expect(await change(person.key, second, second)).toEqual(refused)

        expect(await verify(person.key, second)).toEqual(right)
        expect(await change(person.key, second, third)).toEqual({ ok: true })
      })

      if (harness.lengthMin !== null) {
        const tooShort = 'x7!'.padEnd(harness.lengthMin - 1, 'y')
        it('is refused as too short when the directory says so, and nothing changes', async () => {
          const person = await somebody()

          expect(await change(person.key, first, tooShort)).toEqual({
            ok: false,
            because: 'password-too-short-for-directory',
          })

          expect(await verify(person.key, first)).toEqual(right)
        })
      }

      if (!harness.takesNul) {
        it('takes no password with a NUL for what is before it', async () => {
          const person = await somebody()

          expect(await change(person.key, `${first}\0after`, second)).toEqual(wrongCurrent)
          expect(await change(person.key, first, 'before the nul\0after')).toMatchObject({ ok: false })

          expect(await verify(person.key, first)).toEqual(right)
        })
      }

      it('is not made by whom self-service keeps away from, the right password or not', async () => {
        const { keys, disabled, withSecondFactor } = await outOfReach()

        for (const key of keys.filter((each) => each !== withSecondFactor)) {
          expect(await change(key, first, second)).toEqual(unavailable)
        }

        expect(await world.directory.read(disabled.key, inTime())).toMatchObject({ disabled: true })
      })
    })

    describe('a change of somebody with a second factor', () => {
      it('is made with the right password: that the factor was proven too is the caller’s to see to', async () => {
        const person = await somebody({ secondFactor: true })

        expect(await change(person.key, 'wrong', second)).toEqual({
          ok: false,
          because: 'current-password-wrong',
        })
        expect(await change(person.key, first, second)).toEqual({ ok: true })
        expect(await verify(person.key, second)).toMatchObject({ ok: true })
      })
    })

    describe('an offboarding', () => {
      const offboard = (key: string, password: string) =>
        world.directory.offboard(key, new Secret(password), inTime())

      it('writes a password for who is disabled, who stays so', async () => {
        const person = await somebody()
        await world.disable(person.username)

        expect(await offboard(person.key, second)).toEqual({ ok: true })

        expect(await world.directory.read(person.key, inTime())).toMatchObject({ disabled: true })
        expect(await verify(person.key, second)).toEqual({ ok: false, because: 'disabled' })
        await world.enable(person.username)
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'wrong' })
        expect(await verify(person.key, second)).toMatchObject({ ok: true })
      })

      it('writes one for who has a second factor, and for everybody else', async () => {
        for (const secondFactor of [true, false]) {
          const person = await somebody({ secondFactor })

          expect(await offboard(person.key, second)).toEqual({ ok: true })

          expect(await verify(person.key, first)).toEqual({ ok: false, because: 'wrong' })
          expect(await verify(person.key, second)).toMatchObject({ ok: true })
        }
      })

      it('writes none for who has the password elsewhere, who is privileged, and who is gone', async () => {
        const [gone, elsewhere] = [await somebody(), await somebody({ federated: true })]
        const administrator = await somebody({ privileged: true })
        await world.remove(gone.username)

        for (const key of [gone.key, elsewhere.key, administrator.key, nobody, '', '\0']) {
          expect(await offboard(key, second)).toEqual(unavailable)
        }

        for (const { username } of [elsewhere, administrator]) {
          expect(await world.passwordWorks(username, second)).toBe(false)
        }
      })
    })

    describe('an unlock', () => {
      it('lets the present password in again, and the next wrong one is the first', async () => {
        const person = await somebody()
        await lockOut(person.key)
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'locked' })

        expect(await unlock(person.key)).toEqual({ ok: true, wasLocked: true })

        expect(await world.directory.read(person.key, inTime())).toMatchObject({ locked: false })
        for (let i = 1; i < harness.lockoutTries; i++) {
          expect(await verify(person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
        }
        expect(await verify(person.key, first)).toEqual(right)
      })

      it('is harmless where nothing is locked, and forgets wrong passwords', async () => {
        const person = await somebody()
        await verify(person.key, 'wrong')

        expect(await unlock(person.key)).toEqual({ ok: true, wasLocked: false })
        expect(await unlock(person.key)).toEqual({ ok: true, wasLocked: false })

        expect((await facts(person.key))?.failedTries ?? 0).toBe(0)
        expect(await verify(person.key, first)).toEqual(right)
      })

      it('is not for whom self-service keeps away from, and enables nobody', async () => {
        const { keys, disabled } = await outOfReach()

        for (const key of keys) expect(await unlock(key)).toEqual(unavailable)

        expect(await world.directory.read(disabled.key, inTime())).toMatchObject({ disabled: true })
        expect(await verify(disabled.key, first)).toEqual({ ok: false, because: 'disabled' })
      })
    })

    if (harness.marksMustChange) {
      describe('the mark "must change"', () => {
        it('is told with the right password, and taken off by the next one, changed or set', async () => {
          const person = await somebody()
          expect(await facts(person.key)).toMatchObject({ mustChange: false })
          const ways = [() => change(person.key, first, second), () => set(person.key, third)]

          for (const [index, write] of ways.entries()) {
            const { requireChange } = world.directory
            expect(await requireChange(person.key, inTime())).toEqual({ ok: true })
            expect(await requireChange(person.key, inTime())).toEqual({ ok: true })

            expect(await facts(person.key)).toMatchObject({ mustChange: true })
            const present = [first, second][index] ?? ''
            expect(await verify(person.key, present)).toEqual({ ok: true, mustChange: true })
            expect(await verify(person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
            expect(await write()).toEqual({ ok: true })
            expect(await facts(person.key)).toMatchObject({ mustChange: false })
          }
          expect(await verify(person.key, third)).toEqual(right)
        })

        it('is set for somebody with a second factor: that they can change it is the caller’s to see to', async () => {
          const person = await somebody({ secondFactor: true })

          expect(await world.directory.requireChange(person.key, inTime())).toEqual({ ok: true })

          expect(await facts(person.key)).toMatchObject({ mustChange: true })
        })

        it('is not set for whom self-service keeps away from', async () => {
          const { keys, withSecondFactor } = await outOfReach()

          for (const key of keys.filter((each) => each !== withSecondFactor)) {
            expect(await world.directory.requireChange(key, inTime())).toEqual(unavailable)
          }
        })
      })
    } else {
      it('has no mark "must change" that could be set, and says so', async () => {
        const person = await somebody()

        expect(world.directory.abilities.mustChange).toBe(false)
        await expect(world.directory.requireChange(person.key, inTime())).rejects.toMatchObject({
          code: 'directory-misconfigured',
        })
      })
    }

    it('tells when the password was changed and how many wrong ones there were since', async () => {
      const person = await somebody()
      await set(person.key, second)
      await world.settled?.(person.username)
      for (let i = 1; i < harness.lockoutTries; i++) await verify(person.key, 'wrong')

      const told = await facts(person.key)

      expect(told).toMatchObject({
        mustChange: false,
        expiresAt: null,
        failedTries: harness.lockoutTries - 1,
      })
      expect(told?.changedAt).toEqual(harness.tellsChanges ? expect.any(Date) : null)
      const [found] = await world.directory.find({ by: 'username', value: person.username }, inTime())
      expect(found?.password).toEqual(told)
    })

    it('tells the rules for a password as far as they can be read, and none for nobody', async () => {
      const person = await somebody()

      expect(await world.directory.passwordRules(person.key, inTime())).toEqual(harness.rules)
      for (const key of [nobody, '', '\0']) {
        expect(await world.directory.passwordRules(key, inTime())).toBeNull()
      }
    })

    describe('trouble', () => {
      it('is no longer waited for once the deadline has passed', async () => {
        const person = await somebody()
        const { directory } = world
        const past = () => AbortSignal.abort()
        const passwords = { current: new Secret(first), next: new Secret(second) }

        const calls = [
          directory.changePassword(person.key, passwords, past()),
          directory.unlock(person.key, past()),
          directory.passwordRules(person.key, past()),
          ...(harness.marksMustChange ? [directory.requireChange(person.key, past())] : []),
        ]

        for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'directory-unreachable' })
        expect(await verify(person.key, first)).toEqual(right)
      })

      it('is unreachable while the server is cut off, and an empty password is never sent', async () => {
        await using troubled = await harness.openTroubled()
        const { directory } = troubled
        const key = await troubled.add({ username: 'ada', password: first })
        await troubled.cut()
        const changing = (current: string, next: string) =>
          directory.changePassword(key, { current: new Secret(current), next: new Secret(next) }, soon())

        const calls = [
          () => changing(first, second),
          () => directory.unlock(key, soon()),
          () => directory.passwordRules(key, soon()),
          ...(harness.marksMustChange ? [() => directory.requireChange(key, soon())] : []),
        ]
        for (const call of calls) {
          await expect(call()).rejects.toMatchObject({ name: 'Fault', code: 'directory-unreachable' })
        }
        expect(await changing('', second)).toEqual(wrongCurrent)
        expect(await changing('\ud800', second)).toEqual(wrongCurrent)
        expect(await changing(first, '')).toMatchObject({ ok: false })
        expect(await changing(first, '\ud800')).toMatchObject({ ok: false })
      })

      it.each([
        { mishap: 'request lost', works: first },
        { mishap: 'answer lost', works: second },
      ] as const)('leaves the outcome of a change unknown: $mishap', async ({ mishap, works }) => {
        await using troubled = await harness.openTroubled()
        const { directory } = troubled
        const key = await troubled.add({ username: 'ada', password: first })
        await directory.read(key, inTime())
        const passwords = { current: new Secret(first), next: new Secret(second) }

        const deadline = new AbortController()
        const happened = troubled.onPasswordWrite(mishap)
        const outcome = expect(
          directory.changePassword(key, passwords, deadline.signal),
        ).rejects.toMatchObject({ name: 'Fault', code: 'directory-outcome-unknown' })
        await Promise.race([happened, outcome])
        // No answer may ever come, so the deadline passes now.
        deadline.abort()

        await outcome
        await expect.poll(() => troubled.passwordWorks('ada', works), { timeout: 10_000 }).toBe(true)
      })
    })
  })
}
