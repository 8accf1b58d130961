import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Directory, DirectoryEntry, IdentifierQuery } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { crowd, type DirectoryHarness, type Person, type World } from './directory-harness.ts'

const inTime = () => AbortSignal.timeout(20_000)
/** For answers that never come. */
const soon = () => AbortSignal.timeout(500)

const first = 'correct horse battery staple'
const second = 'a quite different sentence'

async function everybody(directory: Directory, signal = inTime()): Promise<DirectoryEntry[]> {
  const listed: DirectoryEntry[] = []
  for await (const page of directory.list(signal)) listed.push(...page)
  return listed
}

/** What every kind of directory promises, whatever it speaks. */
export function directoryContract(harness: DirectoryHarness): void {
  describe(harness.title, () => {
    const { keepsPasswords = true } = harness
    const keepsNone = !keepsPasswords
    const { oddName = 'o*(n)e\\2a+l, "x" <y>;=#' } = harness
    let world: World
    let counter = 0
    beforeAll(async () => {
      world = await harness.open()
    })
    afterAll(async () => {
      await world[Symbol.asyncDispose]()
    })

    /** Somebody of the test's own. */
    const somebody = async (facts: Partial<Person> = {}) => {
      counter += 1
      const person = { username: `person${String(counter)}`, password: first, ...facts }
      const key = await world.add(person)
      return { ...person, key }
    }
    const find = (by: IdentifierQuery['by'], value: string) => world.directory.find({ by, value }, inTime())
    const read = (key: string) => world.directory.read(key, inTime())
    const verify = (key: string, password: string) =>
      world.directory.verifyPassword(key, new Secret(password), inTime())
    const set = (key: string, password: string) =>
      world.directory.setPassword(key, new Secret(password), inTime())

    describe('finding somebody', () => {
      it('tells every fact byte for byte', async () => {
        const person = await somebody({
          displayName: 'Zoë Łukasiewicz 💥',
          mails: ['Zoe@Example.TEST', 'z@example.test'],
          upn: 'zoe@corp.example.test',
          recoveryAddresses: ['Zoë <not-parsed@Home.test>', 'second@home.test'],
          recoveryNumbers: ['+45 20 12 34 56'],
          locale: 'de-AT',
          secondFactor: true,
        })

        const [entry, ...others] = await find('username', person.username)

        expect(others).toEqual([])
        expect(entry).toMatchObject({
          key: person.key,
          username: person.username,
          displayName: 'Zoë Łukasiewicz 💥',
          upn: 'zoe@corp.example.test',
          locale: 'de-AT',
          disabled: false,
          locked: false,
          privileged: false,
          federated: keepsNone,
          secondFactor: keepsPasswords,
        })
        expect(new Set(entry?.mails)).toEqual(new Set(person.mails))
        expect(new Set(entry?.recoveryAddresses)).toEqual(new Set(person.recoveryAddresses))
        const numbers = harness.keepsNumbers === false ? undefined : person.recoveryNumbers
        expect(entry?.recoveryNumbers).toEqual(numbers)
        expect(entry?.contextWords).toContain(person.username)
        expect(await read(person.key)).toEqual(entry)
      })

      it('finds by user name, any mail address and sign-in name, whatever the case', async () => {
        const person = await somebody({
          username: 'MixedCase',
          mails: ['One@mixed.test', 'two@mixed.test'],
          upn: 'Mixed@corp.test',
        })
        const ways: [IdentifierQuery['by'], string][] = [
          ['username', 'MixedCase'],
          ['username', 'mixedcase'],
          ['mail', 'one@MIXED.test'],
          ['mail', 'TWO@mixed.test'],
          ['upn', 'mixed@CORP.test'],
        ]

        for (const [by, value] of ways) {
          expect((await find(by, value)).map(({ key }) => key)).toEqual([person.key])
        }
        expect(await find('username', 'one@mixed.test')).toEqual([])
        expect(await find('upn', 'one@mixed.test')).toEqual([])
      })

      it('finds nobody for names that mean something to a query language', async () => {
        await somebody({ mails: ['victim@example.test'] })
        const payloads = [
          '*',
          'person*',
          '*)(uid=*',
          '*)(objectClass=*))(|(uid=*',
          ')(|(a=*',
          '\\00',
          '\\2a',
          '\0',
          'person1\0',
          'person1)(&)',
          "' or '1'='1",
          "'; drop table local_account; --",
          '%',
          'person_',
          '\ud800',
          '',
          ' ',
          'x'.repeat(5000),
        ]

        for (const payload of payloads) {
          for (const by of ['username', 'mail', 'upn'] as const) {
            expect(await find(by, payload)).toEqual([])
            expect(await find(by, `${payload}@example.test`)).toEqual([])
          }
        }
      })

      it('finds a name that is made of such characters literally', async () => {
        const odd = await somebody({ username: oddName })
        await somebody({ username: `${oddName} too` })

        const found = await find('username', odd.username)

        expect(found.map(({ username, key }) => ({ username, key }))).toEqual([
          { username: odd.username, key: odd.key },
        ])
        if (keepsNone) return
        expect(await set(odd.key, second)).toEqual({ ok: true })
        expect(await verify(odd.key, second)).toEqual({ ok: true, mustChange: false })
      })

      it('returns two entries, and never more, when several share a mailbox', async () => {
        const people = [
          await somebody({ mails: ['shared@example.test'] }),
          await somebody({ mails: ['shared@example.test', 'own@example.test'] }),
        ]

        const two = await find('mail', 'shared@example.test')
        await somebody({ mails: ['shared@example.test'] })
        const ofThree = await find('mail', 'shared@example.test')

        expect(new Set(two.map(({ key }) => key))).toEqual(new Set(people.map(({ key }) => key)))
        expect(ofThree).toHaveLength(2)
      })

      it('knows somebody by the same key after a rename', async () => {
        const person = await somebody()
        await world.rename(person.username, 'renamed')

        expect((await read(person.key))?.username).toBe('renamed')
        expect(await find('username', person.username)).toEqual([])
        if (keepsNone) return
        expect(await set(person.key, second)).toEqual({ ok: true })
        expect(await world.passwordWorks('renamed', second)).toBe(true)
      })

      it('knows nobody by a key that was never given out', async () => {
        for (const key of [
          '',
          '*',
          '\0',
          '\ud800',
          '00000000-0000-0000-0000-000000000000',
          ')(uid=*',
          'person1',
        ]) {
          expect(await read(key)).toBeNull()
          if (!keepsNone) expect(await verify(key, first)).toEqual({ ok: false, because: 'wrong' })
          expect(await set(key, second)).toEqual({ ok: false, because: 'account-unavailable' })
        }
      })

      it('answers more people at once than it has connections', async () => {
        const person = await somebody()

        const answers = await Promise.all(Array.from({ length: 24 }, () => find('username', person.username)))

        expect(answers.map(([entry]) => entry?.key)).toEqual(Array.from({ length: 24 }, () => person.key))
      })
    })

    describe('a list of everybody', () => {
      it('has each once, with the facts that reading one of them tells', async () => {
        const people = [
          await somebody({ displayName: 'Zoë Łukasiewicz 💥', mails: ['listed@example.test'] }),
          await somebody({ username: `${oddName} 2`, secondFactor: true }),
          await somebody({ federated: true }),
        ]

        const listed = await everybody(world.directory)

        for (const { key } of people) {
          expect(listed.filter((entry) => entry.key === key)).toEqual([await read(key)])
        }
        expect(new Set(listed.map(({ key }) => key)).size).toBe(listed.length)
      })

      it('is complete when it takes many pages', async () => {
        await using own = await harness.open()
        await own.addCrowd(1200)

        const listed = await everybody(own.directory)

        expect(listed.map(({ username }) => username).sort()).toEqual(crowd(1200))
      })

      it('that is left half-way, or cut off, leaves the directory as it was', async () => {
        await using own = await harness.open()
        await own.addCrowd(1001)
        const sizes: number[] = []

        // More often than there are connections.
        for (let i = 0; i < 6; i++) {
          for await (const page of own.directory.list(inTime())) {
            sizes.push(page.length)
            break
          }
        }
        const cutOff = new AbortController()
        const listing = (async () => {
          for await (const page of own.directory.list(cutOff.signal)) {
            sizes.push(page.length)
            cutOff.abort()
          }
        })()

        await expect(listing).rejects.toMatchObject({ name: 'Fault', code: 'directory-unreachable' })
        expect(sizes).toHaveLength(7)
        expect(Math.max(...sizes)).toBeLessThanOrEqual(500)
        expect(await everybody(own.directory)).toHaveLength(1001)
      })
    })

    describe.runIf(keepsPasswords)('a new password', () => {
      it('works from then on, and the old one does not', async () => {
        const person = await somebody()
        expect(await verify(person.key, first)).toEqual({ ok: true, mustChange: false })

        expect(await set(person.key, second)).toEqual({ ok: true })

        expect(await verify(person.key, second)).toEqual({ ok: true, mustChange: false })
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'wrong' })
        expect(await world.passwordWorks(person.username, second)).toBe(true)
        expect(await world.passwordWorks(person.username, first)).toBe(false)
      })

      // 1,024 bytes are what Rekey accepts at most.
      it.each([
        ['white space around it', '  spaces all around  '],
        ['64 code points', 'pä'.repeat(32)],
        ['128 code points', 'ñandú→π '.repeat(16)],
        ['256 code points of four bytes each', '💥🔑'.repeat(128)],
        ['1,024 bytes', 'abcdefghijklmnop'.repeat(64)],
        ['73 bytes', 'x'.repeat(73)],
        ...(harness.takesNul ? [['a NUL inside', 'before the nul\0after']] : []),
        ['combining marks', 'Zo\u0065\u0308 combining'],
        ['what shells and directories read', '$(id)`id`&|;"\'\\,+<>#= {SSHA}%00*()'],
        ['a line end', 'first line\r\nsecond line\n'],
      ])('keeps %s to the last byte', async (_, password) => {
        const person = await somebody()
        const characters = [...password]
        const near = [
          characters.slice(0, -1).join(''),
          `${password}x`,
          password.trim() === password ? ` ${password}` : password.trim(),
          password.normalize('NFC') === password ? password.normalize('NFD') : password.normalize('NFC'),
          password.split('\0')[0] ?? '',
          password.toUpperCase() === password ? password.toLowerCase() : password.toUpperCase(),
        ].filter((other) => other !== password)

        expect(await set(person.key, password)).toEqual({ ok: true })

        for (const other of near) {
          expect(await verify(person.key, other)).toEqual({ ok: false, because: 'wrong' })
          expect(await verify(person.key, password)).toEqual({ ok: true, mustChange: false })
        }
        expect(await world.passwordWorks(person.username, password)).toBe(true)
      })

      if (harness.remembersOnReset !== false) {
        it('is refused when the directory remembers it, and nothing changes', async () => {
          const person = await somebody()
          expect(await set(person.key, second)).toEqual({ ok: true })
          await world.settled?.(person.username)

          expect(await set(person.key, first)).toEqual({ ok: false, because: 'password-in-history' })
          expect(await set(person.key, second)).toEqual({ ok: false, because: 'password-in-history' })

          expect(await world.passwordWorks(person.username, second)).toBe(true)
          expect(await set(person.key, 'yet another sentence')).toEqual({ ok: true })
        })
      } else {
        it('may be one that the directory remembers, which the directory says beforehand', async () => {
          const person = await somebody()
          expect(await set(person.key, second)).toEqual({ ok: true })

          expect(world.directory.abilities.history).toBe(false)
          expect(await set(person.key, first)).toEqual({ ok: true })
        })
      }

      if (!harness.takesNul) {
        it('with a NUL inside never comes down to what is before it', async () => {
          const person = await somebody()

          expect(await set(person.key, 'before the nul\0after')).toMatchObject({ ok: false })
          expect(await verify(person.key, `${first}\0after`)).toEqual({ ok: false, because: 'wrong' })

          expect(await verify(person.key, first)).toEqual({ ok: true, mustChange: false })
        })
      }

      if (harness.lengthMin !== null) {
        const tooShort = 'x7!'.padEnd(harness.lengthMin - 1, 'y')
        it('is refused as too short when the directory says so, and nothing changes', async () => {
          const person = await somebody()

          expect(await set(person.key, tooShort)).toEqual({
            ok: false,
            because: 'password-too-short-for-directory',
          })

          expect(await world.passwordWorks(person.username, first)).toBe(true)
        })
      }

      it('is not written for an entry that is gone', async () => {
        const person = await somebody()
        await world.remove(person.username)

        expect(await set(person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'wrong' })
        expect(await read(person.key)).toBeNull()
      })

      it('is not written for an entry whose password lives elsewhere', async () => {
        const person = await somebody({ federated: true })

        expect(await read(person.key)).toMatchObject({ federated: true })
        expect(await set(person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
        expect(await world.passwordWorks(person.username, second)).toBe(false)
      })

      it('is not written for an entry that has a second factor, whatever was read of it before', async () => {
        const person = await somebody({ secondFactor: true })

        expect(await set(person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
        expect(await world.passwordWorks(person.username, second)).toBe(false)
      })
    })

    describe.runIf(keepsPasswords)('an account that is locked or disabled', () => {
      it('says locked for the right password as well, until a reset lifts it', async () => {
        const person = await somebody()
        for (let i = 0; i < harness.lockoutTries; i++) await verify(person.key, `wrong ${String(i)}`)
        await world.lockHolds?.()

        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'locked' })
        expect(await read(person.key)).toMatchObject({ locked: true, disabled: false })
        expect(await set(person.key, second)).toEqual({ ok: true })

        expect(await read(person.key)).toMatchObject({ locked: false })
        expect(await verify(person.key, second)).toEqual({ ok: true, mustChange: false })
      })

      it('counts wrong passwords from zero after a right one', async () => {
        const person = await somebody()

        for (let round = 0; round < 3; round++) {
          for (let i = 1; i < harness.lockoutTries; i++) {
            expect(await verify(person.key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
          }
          expect(await verify(person.key, first)).toEqual({ ok: true, mustChange: false })
        }
      })

      it('is disabled for everybody, takes no password and stays disabled', async () => {
        const person = await somebody()
        await world.disable(person.username)

        expect(await read(person.key)).toMatchObject({ disabled: true, locked: false })
        expect(await verify(person.key, first)).toEqual({ ok: false, because: 'disabled' })
        expect(await set(person.key, second)).toEqual({ ok: false, because: 'account-unavailable' })
        expect(await read(person.key)).toMatchObject({ disabled: true })
        expect(await verify(person.key, second)).toEqual({ ok: false, because: 'disabled' })
      })
    })

    describe.runIf(keepsNone)('an account whose password lives elsewhere', () => {
      it('is federated, and nothing is ever written to it', async () => {
        const person = await somebody()
        const { directory } = world
        const passwords = { current: new Secret(first), next: new Secret(second) }
        const unavailable = { ok: false, because: 'account-unavailable' }

        expect(await read(person.key)).toMatchObject({ federated: true })
        expect(await set(person.key, second)).toEqual(unavailable)
        expect(await directory.offboard(person.key, new Secret(second), inTime())).toEqual(unavailable)
        expect(await directory.unlock(person.key, inTime())).toEqual(unavailable)
        expect(await directory.passwordRules(person.key, inTime())).toBeNull()
        for (const call of [
          directory.verifyPassword(person.key, passwords.current, inTime()),
          directory.changePassword(person.key, passwords, inTime()),
          directory.requireChange(person.key, inTime()),
        ]) {
          await expect(call).rejects.toMatchObject({ code: 'directory-misconfigured' })
        }
        expect(new Set(Object.values(directory.abilities))).toEqual(new Set([false]))
      })
    })

    describe('trouble', () => {
      it('is no longer waited for once the deadline has passed', async () => {
        const person = await somebody()
        const past = () => AbortSignal.abort()
        const { directory } = world

        const calls = [
          directory.find({ by: 'username', value: person.username }, past()),
          directory.read(person.key, past()),
          directory.setPassword(person.key, new Secret(second), past()),
          ...(keepsNone ? [] : [directory.verifyPassword(person.key, new Secret(first), past())]),
          everybody(directory, past()),
          directory.check(past()),
        ]

        for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'directory-unreachable' })
        expect(await world.passwordWorks(person.username, first)).toBe(keepsPasswords)
      })

      it('is none when all is well', async () => {
        await expect(world.directory.check(inTime())).resolves.toBeUndefined()
      })

      it.runIf(keepsPasswords).each(['cut off', 'frozen'])(
        'is unreachable while the server is %s, and over when it is back',
        async (how) => {
          await using troubled = await harness.openTroubled()
          const { directory } = troubled
          const key = await troubled.add({ username: 'ada', password: first })
          expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })

          if (how === 'frozen') troubled.freeze()
          else await troubled.cut()
          const calls = [
            () => directory.find({ by: 'username', value: 'ada' }, soon()),
            () => directory.read(key, soon()),
            () => directory.setPassword(key, new Secret(second), soon()),
            () => directory.verifyPassword(key, new Secret(first), soon()),
            () => everybody(directory, soon()),
            () => directory.check(soon()),
          ]
          for (const call of calls) {
            await expect(call()).rejects.toMatchObject({ name: 'Fault', code: 'directory-unreachable' })
          }
          await troubled.mend()

          await expect
            .poll(() => directory.verifyPassword(key, new Secret(first), inTime()).catch(() => null), {
              timeout: 10_000,
            })
            .toEqual({ ok: true, mustChange: false })
        },
      )

      it.runIf(keepsPasswords)('never sees an empty password', async () => {
        await using troubled = await harness.openTroubled()
        const key = await troubled.add({ username: 'ada', password: first })
        await troubled.cut()

        // Whoever asked the server would get a fault.
        expect(await troubled.directory.verifyPassword(key, new Secret(''), inTime())).toEqual({
          ok: false,
          because: 'wrong',
        })
        expect(await troubled.directory.setPassword(key, new Secret(''), inTime())).toMatchObject({
          ok: false,
        })
        expect(await troubled.directory.verifyPassword(key, new Secret('\ud800'), inTime())).toMatchObject({
          ok: false,
        })
      })

      it.runIf(keepsPasswords).each([
        { mishap: 'request lost', works: first },
        { mishap: 'answer lost', works: second },
        { mishap: 'reset', works: null },
      ] as const)('leaves the outcome of a write unknown: $mishap', async ({ mishap, works }) => {
        await using troubled = await harness.openTroubled()
        const { directory } = troubled
        const key = await troubled.add({ username: 'ada', password: first })
        await directory.read(key, inTime())

        const deadline = new AbortController()
        const happened = troubled.onPasswordWrite(mishap)
        const write = directory.setPassword(key, new Secret(second), deadline.signal)
        const outcome = expect(write).rejects.toMatchObject({
          name: 'Fault',
          code: 'directory-outcome-unknown',
        })
        await Promise.race([happened, outcome])
        // No answer may ever come, so the deadline passes now.
        deadline.abort()

        await outcome
        if (works === null) {
          // Nobody knows whether the request or the reset came first; one of the two passwords it is.
          const working = async () => [
            await troubled.passwordWorks('ada', first),
            await troubled.passwordWorks('ada', second),
          ]
          await expect.poll(async () => new Set(await working()).size, { timeout: 10_000 }).toBe(2)
          return
        }
        await expect.poll(() => troubled.passwordWorks('ada', works), { timeout: 10_000 }).toBe(true)
        // The probe that follows tells which it was.
        const probe = await directory.verifyPassword(key, new Secret(second), inTime())
        expect(probe.ok).toBe(works === second)
      })

      it.runIf(keepsPasswords)('shows neither passwords nor names in a fault', async () => {
        await using troubled = await harness.openTroubled()
        const key = await troubled.add({ username: 'ada-lovelace', password: first })
        void troubled.onPasswordWrite('reset')

        const fault: unknown = await troubled.directory
          .setPassword(key, new Secret(second), inTime())
          .catch((error: unknown) => error)

        const shown: string[] = []
        for (let error = fault; error instanceof Error; error = error.cause) {
          shown.push(error.message, error.stack ?? '', JSON.stringify(error))
        }
        expect(shown.length).toBeGreaterThan(0)
        expect(shown.join('\n')).not.toContain(second)
        expect(shown.join('\n')).not.toContain('ada-lovelace')
      })
    })
  })
}
