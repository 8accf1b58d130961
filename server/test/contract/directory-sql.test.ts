import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bcryptHash } from '../../src/adapters/connectors/hashes/bcrypt.ts'
import type { SqlConfig } from '../../src/adapters/connectors/sql/config.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Warning } from '../support/connector-outside.ts'
import { openSqlDirectory, type SqlStore, withDefaults } from '../support/sql-store.ts'
import { aStore } from './directory-sql.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const third = 'yet another long sentence'
const misconfigured = (words: RegExp) => ({
  code: 'directory-misconfigured',
  message: expect.stringMatching(words),
})

/** Of `correct horse battery staple`, by PHP 8.2. */
const byPhp = '$2y$04$xw84dM5q0AWq2taXWxqYq.IxquGZKdnVtmyCA8uILbSvzNYbjDODS'

describe.each(['postgresql', 'mariadb'] as const)('sql on %s', (dialect) => {
  let store: SqlStore
  beforeAll(async () => {
    store = await aStore(dialect)
  })
  afterAll(() => store[Symbol.asyncDispose]())

  const isPostgresql = dialect === 'postgresql'
  let counter = 0
  const somebody = async () => {
    counter += 1
    const username = `person${counter}`
    return { username, key: await store.add({ username, password: first }) }
  }
  const opened: Directory[] = []
  afterAll(() => Promise.all(opened.map((directory) => directory.close())))
  const openWith = (config: SqlConfig, options?: Parameters<typeof openSqlDirectory>[1]) => {
    const directory = openSqlDirectory(config, options)
    opened.push(directory)
    return directory
  }
  const open = (changes: Partial<SqlConfig> = {}, options?: Parameters<typeof openSqlDirectory>[1]) =>
    openWith({ ...store.config, ...changes }, options)
  const verify = (directory: Directory, key: string, password: string) =>
    directory.verifyPassword(key, new Secret(password), inTime())
  const set = (directory: Directory, key: string, password: string, signal = inTime()) =>
    directory.setPassword(key, new Secret(password), signal)
  const change = (directory: Directory, key: string, current: string, next: string) =>
    directory.changePassword(key, { current: new Secret(current), next: new Secret(next) }, inTime())
  const administrator = (text: string) => store.database.script(text)

  /** Statements that wait for somebody else's lock. */
  const waiting = async () => {
    // MariaDB answers what it answered last when that is less than a tenth of a second ago.
    if (!isPostgresql) await sleep(120)
    const text = isPostgresql
      ? 'select count(*) as n from pg_locks where not granted'
      : `select count(*) as n from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`
    return Number((await store.database.query(text))[0]?.['n'])
  }
  const untilWaiting = (count: number) => expect.poll(waiting, { timeout: 5_000, interval: 20 }).toBe(count)
  /** Keeps a row from everybody else until `statements` are done, and the work of `meanwhile` waits for it. */
  const whileLocked = async <Answer>(
    username: string,
    statements: string,
    meanwhile: () => Promise<Answer>,
  ): Promise<Answer> => {
    await administrator(`begin; update people set language = 'fr' where login = '${username}'`)
    const answer = meanwhile()
    answer.catch(() => {})
    await untilWaiting(1)
    await administrator(`${statements}; commit`)
    return answer
  }

  it('is not kept from everybody by an account that is slow, however often it is named', async () => {
    const [slow, other] = [await somebody(), await somebody()]
    const directory = open({ connections: 2 })
    await administrator(`begin; update people set language = 'fr' where login = '${slow.username}'`)
    const tries = Promise.allSettled(Array.from({ length: 6 }, () => verify(directory, slow.key, first)))
    await expect.poll(waiting, { timeout: 5_000, interval: 20 }).toBeGreaterThan(0)

    const shortly = AbortSignal.timeout(5_000)
    const asked = await Promise.allSettled([directory.check(shortly), directory.read(other.key, shortly)])
    await administrator('rollback')
    await tries

    expect(asked).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }])
  })

  describe('the way to the server', () => {
    const asked = (changes: Partial<SqlConfig>) => open(changes).check(inTime())
    const withoutTls = () => {
      const { caFile: _, ...rest } = store.config
      return rest
    }

    it('is TLS with a certificate of the right authority and the right name', async () => {
      const { caFile: _, ...trustsNobody } = store.config

      await expect(asked({})).resolves.toBeUndefined()
      await expect(openWith(trustsNobody).check(inTime())).rejects.toMatchObject(
        misconfigured(/the certificate is not trusted.*set caFile/),
      )
      await expect(asked({ serverName: 'other.example.org' })).rejects.toMatchObject(
        misconfigured(isPostgresql ? /not for "other.example.org"/ : /certificate is not/),
      )
      await expect(asked({ host: '127.0.0.1' })).rejects.toMatchObject(
        misconfigured(isPostgresql ? /not for "127.0.0.1"/ : /set serverName/),
      )
      await expect(asked({ host: '127.0.0.1', serverName: 'localhost' })).resolves.toBeUndefined()
    })

    it('is a socket, where there is one, or clear text on the same machine where that is asked for', async () => {
      const { host: _, ...onSocket } = withoutTls()

      await expect(
        openWith({ ...onSocket, socket: store.server.socket }).check(inTime()),
      ).resolves.toBeUndefined()
      await expect(
        openWith({ ...withoutTls(), insecureLoopback: true }).check(inTime()),
      ).resolves.toBeUndefined()
    })

    it('tells what is wrong with it, without a password', async () => {
      await expect(asked({ password: new Secret('not this one') })).rejects.toMatchObject(
        misconfigured(/does not let ".+" in: check user and password/),
      )
      const { password: _, ...withoutPassword } = store.config
      await expect(openWith(withoutPassword).check(inTime())).rejects.toMatchObject(
        misconfigured(/check user/),
      )
      await expect(asked({ port: 1 })).rejects.toMatchObject({ code: 'directory-unreachable' })
      await expect(asked({ database: 'nowhere' })).rejects.toMatchObject({
        code: isPostgresql ? 'directory-misconfigured' : 'directory-rights-missing',
        message: expect.stringMatching(/"nowhere"/),
      })
    })
  })

  describe('a check', () => {
    const columns = () => store.config.columns
    const checked = (changes: Partial<SqlConfig>) => open(changes).check(inTime())

    it.each([
      ['a column that is not there', { disabled: [{ column: 'retired' }] }, /about.*"retired"/],
      ['a table that is not there', { table: 'persons' }, /about.*"persons"/],
    ])('names %s', async (_, changes, words) => {
      await expect(checked(changes)).rejects.toMatchObject({
        // MariaDB says of what may not be read that it may not be, whether it is there or not.
        code: isPostgresql ? 'directory-misconfigured' : 'directory-rights-missing',
        message: expect.stringMatching(words),
      })
    })

    it('names the right that is missing, in the words that give it', async () => {
      const added = 'language' as const
      const mark = { ...columns(), mustChange: { column: added, is: 'set' as const } }

      await expect(checked({ columns: mark })).rejects.toMatchObject({
        code: 'directory-rights-missing',
        message: expect.stringMatching(/is not allowed.*grant update \(.*language.*\) on .people. to/),
      })
      await administrator(`create table badges (id bigint primary key, login text, hash text)`)
      await expect(
        checked({ table: 'badges', columns: { ...columns(), key: 'id', username: 'login' } }),
      ).rejects.toMatchObject({ code: expect.stringMatching(/rights-missing|misconfigured/) })
    })

    it('changes nothing, even when a statement of one’s own asks for no key', async () => {
      const { key, username } = await somebody()
      const queries = { unlock: `update people set failed_logins = 0 where :key = :key` }
      await store.set(username, 'failed_logins', 2)

      await checked({ queries })

      expect(await open().read(key, inTime())).toMatchObject({ password: { failedTries: 2 } })
    })

    it('finds out that a server only reads', async () => {
      const on = isPostgresql
        ? `alter role ${store.database.name} set default_transaction_read_only = on`
        : 'set global read_only = on'
      const off = isPostgresql
        ? `alter role ${store.database.name} reset default_transaction_read_only`
        : 'set global read_only = off'
      await administrator(on)
      try {
        await expect(checked({})).rejects.toMatchObject(misconfigured(/takes no writes/))
      } finally {
        await administrator(off)
      }
    })

    if (!isPostgresql) {
      it('says that an account signs in by what the driver does not know', async () => {
        const user = `${store.database.name}_ed`
        await administrator(
          `install soname 'auth_ed25519'; create user ${user} identified via ed25519 using password('a password')`,
        )

        await expect(checked({ user, password: new Secret('a password') })).rejects.toMatchObject(
          misconfigured(/check user and password/),
        )
        await administrator(`drop user ${user}; uninstall soname 'auth_ed25519'`)
      })

      it('refuses a table without transactions', async () => {
        await administrator(
          `create table aria_people like people; alter table aria_people drop column has_totp; ` +
            `alter table aria_people engine = MyISAM; grant select, update on aria_people to ${store.database.name}`,
        )

        await expect(checked({ table: 'aria_people' })).rejects.toMatchObject(
          misconfigured(/"aria_people" is of MyISAM.*engine = InnoDB/),
        )
      })
    }
  })

  describe('a new password', () => {
    it('is set over one that somebody else has set meanwhile', async () => {
      const { username, key } = await somebody()
      const other = await store.hashOf((await somebody()).username)

      const answer = await whileLocked(
        username,
        `update people set password_hash = '${other}' where login = '${username}'`,
        () => set(open(), key, second),
      )

      expect(answer).toEqual({ ok: true })
      expect(await verify(open(), key, second)).toEqual({ ok: true, mustChange: false })
    })

    it('is no change of one that somebody else has set meanwhile', async () => {
      const { username, key } = await somebody()
      const directory = open()
      const other = await store.hashOf((await somebody()).username)

      // Without a count the first wait of a change is that of its write.
      const { columns, ...rest } = store.config
      const { failedTries: _, locked: __, ...uncounted } = columns
      const changing = openWith({ ...rest, columns: uncounted })
      const answer = await whileLocked(
        username,
        `update people set password_hash = '${other}' where login = '${username}'`,
        () => change(changing, key, first, second),
      )

      expect(answer).toEqual({ ok: false, because: 'current-password-wrong' })
      expect(await store.hashOf(username)).toBe(other)
      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
    })

    it('is no change for somebody who was locked after the proof, and the lock stays', async () => {
      const { username, key } = await somebody()
      const before = await store.hashOf(username)
      const column = isPostgresql ? 'locked_at' : 'locked_until'
      // Without a count the first wait is that of the refund, whose lock check leaves it; the write comes after.
      const { failedTries: _, ...columns } = store.config.columns
      const changing = open({ columns: { ...columns, locked: { column, is: 'set', off: null } } })

      const answer = await whileLocked(
        username,
        `update people set ${column} = '2090-01-01 00:00:00' where login = '${username}'`,
        () => change(changing, key, first, second),
      )

      expect(answer).toEqual({ ok: false, because: 'account-unavailable' })
      expect(await store.hashOf(username)).toBe(before)
      expect(await open().read(key, inTime())).toMatchObject({ locked: true })
    })

    it('is not written for somebody who was suspended meanwhile', async () => {
      const { username, key } = await somebody()
      const before = await store.hashOf(username)

      const answer = await whileLocked(
        username,
        `update people set status = 'suspended' where login = '${username}'`,
        () => set(open(), key, second),
      )

      expect(answer).toEqual({ ok: false, because: 'account-unavailable' })
      expect(await store.hashOf(username)).toBe(before)
    })

    it('that is no longer waited for is cancelled at the server, and never written', async () => {
      const { username, key } = await somebody()
      const before = await store.hashOf(username)
      const deadline = new AbortController()
      await administrator(`begin; update people set language = 'fr' where login = '${username}'`)

      const written = set(open(), key, second, deadline.signal)
      const outcome = expect(written).rejects.toMatchObject({ code: 'directory-unreachable' })
      await untilWaiting(1)
      deadline.abort()
      await outcome
      // The lock is still held: only who was told to does not wait for it any more.
      await untilWaiting(0)
      await administrator('commit')
      await sleep(50)

      expect(await store.hashOf(username)).toBe(before)
    })

    it('that waits too long for somebody else’s lock is given up by the server', async () => {
      const { username, key } = await somebody()
      await administrator(`begin; update people set language = 'fr' where login = '${username}'`)

      const written = set(open({ statementSeconds: 1 }), key, second)

      await expect(written).rejects.toMatchObject({
        code: 'directory-unreachable',
        message: expect.stringMatching(/given up/),
      })
      await administrator('rollback')
    })

    it('that a column would cut off is not written, and the column is named', async () => {
      const { username, key } = await somebody()
      await administrator(
        isPostgresql
          ? 'create table short (like people including all); alter table short alter password_hash type varchar(60) using null'
          : 'create table short like people; alter table short modify password_hash varchar(60)',
      )
      await administrator(`grant select, update on short to ${store.database.name}`)
      await administrator(
        `insert into short (id, login) select id, login from people where login = '${username}'`,
      )

      await expect(set(open({ table: 'short' }), key, second)).rejects.toMatchObject(
        misconfigured(/"setPassword" writes what a column does not take/),
      )
    })

    it('that the table changes on its own is noticed before it counts', async () => {
      const { username, key } = await somebody()
      const before = await store.hashOf(username)
      await administrator(
        isPostgresql
          ? `create function rewrite() returns trigger language plpgsql as $$
               begin new.password_hash = lower(new.password_hash); return new; end $$;
             create trigger rewrite before update on people for each row execute function rewrite()`
          : 'create trigger rewrite before update on people for each row set new.password_hash = lower(new.password_hash)',
      )

      await expect(set(open(), key, second)).rejects.toMatchObject(
        misconfigured(/read back as something else/),
      )
      await administrator(isPostgresql ? 'drop trigger rewrite on people' : 'drop trigger rewrite')

      expect(await store.hashOf(username)).toBe(before)
    })

    it('that the server gave up for another transaction is sent again', async () => {
      const { key } = await somebody()
      // What counts the tries outlives a rollback.
      await administrator(
        isPostgresql
          ? `create sequence tries;
             create function give_up() returns trigger language plpgsql security definer as $$
               begin
                 if nextval('tries') < 3 then raise exception 'gave way' using errcode = '40P01'; end if;
                 return new;
               end $$;
             create trigger give_up before update on people for each row execute function give_up()`
          : `create table tries (n integer) engine = MyISAM; insert into tries values (0);
             create trigger give_up before update on people for each row
             begin
               update tries set n = n + 1;
               if (select n from tries) < 3 then signal sqlstate '40001' set mysql_errno = 1213; end if;
             end`,
      )

      const written = await set(open(), key, second)
      await administrator(isPostgresql ? 'drop trigger give_up on people' : 'drop trigger give_up')

      expect(written).toEqual({ ok: true })
      expect(await verify(open(), key, second)).toEqual({ ok: true, mustChange: false })
    })

    it('of more than 72 bytes is refused where bcrypt would cut it off, and the rules say so', async () => {
      const { key } = await somebody()
      const directory = open({ hash: { scheme: 'bcrypt', cost: 10, prefix: '2y' } })
      const long = { ok: false, because: 'password-too-long-for-directory' }

      expect(await set(directory, key, 'é'.repeat(37))).toEqual(long)
      expect(await change(directory, key, first, 'x'.repeat(73))).toEqual(long)
      expect(await set(directory, key, 'x'.repeat(72))).toEqual({ ok: true })
      expect(await directory.passwordRules(key, inTime())).toMatchObject({ history: 3, lengthMaxBytes: 72 })
      expect(await verify(directory, key, 'x'.repeat(73))).toEqual({ ok: false, because: 'wrong' })
    })

    it('is compared with former ones no longer than somebody waits', async () => {
      const { username, key } = await somebody()
      const slow = await bcryptHash(Buffer.from(third), { cost: 14, prefix: '2b' })
      const before = await store.hashOf(username)
      const mark = isPostgresql ? '$1' : '?'
      for (const end of ['a', 'b']) {
        await store.database.query(
          `insert into former_passwords (person_id, password_hash, replaced_at) values (${mark}, '${slow.slice(0, -1)}${end}', '2026-01-01 00:00:00')`,
          [key],
        )
      }
      const deadline = new AbortController()
      const directory = open()

      const setting = set(directory, key, second, deadline.signal)
      const outcome = expect(setting).rejects.toMatchObject({
        code: 'directory-unreachable',
        message: expect.stringMatching(/comparing with former passwords/),
      })
      await sleep(400)
      deadline.abort()
      await outcome

      expect(await store.hashOf(username)).toBe(before)
    })

    it('leaves no more former ones than are compared', async () => {
      const { key } = await somebody()
      const directory = open()
      for (const password of [second, third, 'a fourth one, and long', 'a fifth one, and long']) {
        expect(await set(directory, key, password)).toEqual({ ok: true })
      }

      const mark = isPostgresql ? '$1' : '?'
      const [row] = await store.database.query(
        `select count(*) as n from former_passwords where person_id = ${mark}`,
        [key],
      )

      expect(Number(row?.['n'])).toBe(2)
      expect(await set(directory, key, first)).toEqual({ ok: true })
      expect(await set(directory, key, 'a fifth one, and long')).toMatchObject({
        because: 'password-in-history',
      })
    })
  })

  describe('a password that another program hashed', () => {
    const withForeignHash = async () => {
      const person = await somebody()
      await store.set(person.username, 'password_hash', byPhp)
      return person
    }

    it('is proven as it stands, and written anew with the next one only', async () => {
      const { username, key } = await withForeignHash()
      const directory = open()

      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
      expect(await store.hashOf(username)).toBe(byPhp)
      expect(await change(directory, key, first, second)).toEqual({ ok: true })

      expect(await store.hashOf(username)).toMatch(/^\$argon2id\$/)
    })

    it('is written anew after a proof where the configuration says so, once', async () => {
      const { username, key } = await withForeignHash()
      const directory = open({ upgradeOnProof: true })

      expect(await verify(directory, key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
      expect(await store.hashOf(username)).toBe(byPhp)
      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
      const renewed = await store.hashOf(username)

      expect(renewed).toMatch(/^\$argon2id\$/)
      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
      expect(await store.hashOf(username)).toBe(renewed)
    })

    it('in a format that is not read is wrong, an operator hears of it, and a new one can be set', async () => {
      const { username, key } = await somebody()
      await store.set(username, 'password_hash', '5f4dcc3b5aa765d61d8327deb882cf99')
      const warnings: Warning[] = []
      const directory = open({}, { warnings })

      expect(await verify(directory, key, 'password')).toEqual({ ok: false, because: 'wrong' })
      expect(await set(directory, key, second)).toEqual({ ok: true })

      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/format that is not read/),
      ])
      expect(JSON.stringify(warnings)).not.toContain('5f4d')
    })
  })

  describe('guessing', () => {
    it('thirty at once have as many tries as thirty in a row', async () => {
      const { key } = await somebody()
      const directory = open({ connections: 8 })

      const verdicts = await Promise.all(
        Array.from({ length: 30 }, (_, index) => verify(directory, key, `guess ${index}`)),
      )

      expect(verdicts.filter((verdict) => !verdict.ok && verdict.because === 'wrong')).toHaveLength(3)
      expect(await verify(directory, key, first)).toEqual({ ok: false, because: 'locked' })
    })

    it('is asked in the same statements about anybody', async () => {
      const [known, locked, suspended] = [await somebody(), await somebody(), await somebody()]
      await store.set(suspended.username, 'status', 'suspended')
      for (let i = 0; i < 3; i++) await verify(open(), locked.key, 'wrong')
      const nobody = '00000000-0000-0000-0000-000000000000'
      const asked: string[][] = []

      for (const key of [known.key, locked.key, suspended.key, nobody, '']) {
        const heard = store.database.heard(store.database.name, async () => {
          const directory = open()
          await verify(directory, key, 'wrong')
          await directory.close()
        })
        asked.push((await heard).map((statement) => /\* (rekey[^*]*) \*/.exec(statement)?.[1] ?? ''))
      }

      const counted = ['rekey recordFailure', 'rekey read', 'rekey: a try']
      const first = ['rekey', 'rekey password', 'rekey read', ...counted]
      for (const each of asked) expect(each).toEqual(first)
    })

    it('at nobody is a try at the decoy, where there is one', async () => {
      const decoy = await somebody()
      const known = await somebody()
      const directory = open({ decoyKey: decoy.key })

      expect(await verify(directory, '00000000-0000-0000-0000-000000000000', first)).toEqual({
        ok: false,
        because: 'wrong',
      })
      expect(await verify(directory, '', first)).toEqual({ ok: false, because: 'wrong' })
      expect(await verify(directory, known.key, first)).toEqual({ ok: true, mustChange: false })

      expect((await directory.read(decoy.key, inTime()))?.password.failedTries).toBe(2)
    })
  })

  describe('a lock', () => {
    it('that the application put there is seen, and lifted by an unlock and by a new password', async () => {
      const { username, key } = await somebody()
      const directory = open()
      const column = isPostgresql ? 'locked_at' : 'locked_until'
      const lock = () => store.set(username, column, '2090-01-01 00:00:00')

      await lock()
      expect(await verify(directory, key, first)).toEqual({ ok: false, because: 'locked' })
      expect(await directory.unlock(key, inTime())).toEqual({ ok: true, wasLocked: true })
      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
      await lock()
      expect(await set(directory, key, second)).toEqual({ ok: true })
      expect(await verify(directory, key, second)).toEqual({ ok: true, mustChange: false })
    })

    it('that is put there while a right password is compared stays, and that of its own try goes', async () => {
      const { username, key } = await somebody()
      const column = isPostgresql ? 'locked_at' : 'locked_until'
      const locked = async () => (await open().read(key, inTime()))?.locked
      for (let i = 0; i < 2; i++) await verify(open(), key, 'wrong')
      expect(await verify(open(), key, first)).toEqual({ ok: true, mustChange: false })
      expect(await locked()).toBe(false)

      // Long enough for an administrator to come in between.
      await store.set(
        username,
        'password_hash',
        await bcryptHash(Buffer.from(first), { cost: 13, prefix: '2b' }),
      )
      const proving = verify(open(), key, first)
      const tries = async () => (await open().read(key, inTime()))?.password.failedTries
      await expect.poll(tries, { interval: 5 }).toBe(1)
      await store.set(username, column, '2090-01-01 00:00:00')

      expect(await proving).toEqual({ ok: true, mustChange: false })
      expect(await locked()).toBe(true)
    })

    it('may be one value of a column among others, and only that one is lifted', async () => {
      await administrator(`grant update (status) on people to ${store.database.name}`)
      const locked = { column: 'status', values: ['suspended'], on: 'suspended', off: 'active' }
      const { key } = await somebody()
      const directory = open({ disabled: [], columns: { ...store.config.columns, locked } })

      for (let i = 0; i < 3; i++) await verify(directory, key, 'wrong')
      expect(await verify(directory, key, first)).toEqual({ ok: false, because: 'locked' })
      expect(await directory.unlock(key, inTime())).toEqual({ ok: true, wasLocked: true })
      expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })

      expect(await open().read(key, inTime())).toMatchObject({ disabled: false })
    })

    if (!isPostgresql) {
      it('with an end is over then, and guessing on does not put that off', async () => {
        const { key } = await somebody()
        let now = new Date()
        const directory = open({}, { now: () => now })
        for (let i = 0; i < 3; i++) await verify(directory, key, 'wrong')
        now = new Date(now.getTime() + 800_000)
        expect(await verify(directory, key, 'wrong')).toEqual({ ok: false, because: 'locked' })

        now = new Date(now.getTime() + 200_000)

        expect(await verify(directory, key, first)).toEqual({ ok: true, mustChange: false })
      })
    }
  })

  describe('statements of one’s own', () => {
    const key = isPostgresql
      ? 'bigint generated always as identity primary key'
      : 'bigint auto_increment primary key'
    const same = isPostgresql ? 'is not distinct from' : '<=>'
    const own = () =>
      withDefaults({
        ...store.config,
        ...{ table: undefined, keyType: 'integer', privileged: 'nobody', history: undefined },
        ...{ disabled: [], federated: [], secondFactor: [{ column: 'factors', atLeast: 1 }] },
        columns: {
          key: 'id',
          username: 'login',
          mails: ['mail'],
          recoveryAddresses: ['other'],
          password: 'hash',
        },
        queries: {
          byUsername: `select a.*, ${facts} from accounts a where lower(a.login) = lower(:value)`,
          byMail: `select a.*, ${facts} from accounts a join addresses x on x.account = a.id where lower(x.address) = lower(:value)`,
          read: `select a.*, ${facts} from accounts a where a.id = :key`,
          list: `select a.*, ${facts} from accounts a where a.id > :after order by a.id limit 500`,
          password:
            'select a.id, s.hash from accounts a join secrets s on s.account = a.id where a.id = :key',
          setPassword: `update secrets set hash = :hash where account = :key and hash ${same} :expectedHash`,
        },
      })
    const facts = isPostgresql
      ? `(select array_agg(address) from addresses where account = a.id and kind = 'mail') as mail,
         (select array_agg(address) from addresses where account = a.id and kind = 'other') as other`
      : `(select json_arrayagg(address) from addresses where account = a.id and kind = 'mail') as mail,
         (select json_arrayagg(address) from addresses where account = a.id and kind = 'other') as other`
    let directory: Directory
    beforeAll(async () => {
      const { name } = store.database
      await administrator(`
        create table accounts (id ${key}, login varchar(100) not null, factors integer not null default 0);
        create table addresses (account bigint not null, kind varchar(9) not null, address varchar(100) not null);
        create table secrets (account bigint primary key, hash varchar(255));
        insert into accounts (login) values ('ada'), ('grace');
        insert into accounts (login, factors) values ('two', 2);
        insert into addresses values (1, 'mail', 'Ada@example.test'), (1, 'mail', 'a"d,a@example.test'), (1, 'other', 'ada@home.test');
        insert into secrets values (1, '${byPhp}'), (2, null), (3, '${byPhp}');
        grant select on accounts to ${name};
        grant select on addresses to ${name};
        grant select, update on secrets to ${name}`)
      if (isPostgresql) await administrator(`grant update (factors) on accounts to ${name}`)
      const { history: _, table: __, ...config } = own()
      directory = openWith({
        ...config,
        ...(store.config.password ? { password: store.config.password } : {}),
      })
    })

    it('find, prove and write over joins', async () => {
      const [ada] = await directory.find({ by: 'mail', value: 'ADA@example.test' }, inTime())

      expect(ada).toMatchObject({
        ...{ key: '1', username: 'ada', mails: ['Ada@example.test', 'a"d,a@example.test'] },
        ...{ recoveryAddresses: ['ada@home.test'], secondFactor: false },
      })
      await expect(directory.check(inTime())).resolves.toBeUndefined()
      expect(await verify(directory, '1', first)).toEqual({ ok: true, mustChange: false })
      expect(await change(directory, '1', first, second)).toEqual({ ok: true })
      expect(await verify(directory, '1', second)).toEqual({ ok: true, mustChange: false })
      expect(await set(directory, '2', second)).toEqual({ ok: true })
      expect(await verify(directory, '2', second)).toEqual({ ok: true, mustChange: false })
      expect(await set(directory, '3', second)).toEqual({ ok: false, because: 'account-unavailable' })
    })

    it('give no more abilities than there are statements', async () => {
      expect(directory.abilities).toEqual({
        ...{ unlock: false, history: false, lockedIsVisible: false, changeAsUser: false, mustChange: false },
        verifies: true,
      })
      for (const asked of [directory.unlock('1', inTime()), directory.requireChange('1', inTime())]) {
        await expect(asked).rejects.toMatchObject(misconfigured(/nowhere to note it/))
      }
      expect(await directory.passwordRules('1', inTime())).toBeNull()
      expect(await directory.find({ by: 'upn', value: 'ada' }, inTime())).toEqual([])
      const listed: string[] = []
      for await (const page of directory.list(inTime())) listed.push(...page.map(({ username }) => username))
      expect(listed).toEqual(['ada', 'grace', 'two'])
    })

    it('take a key for what it is and never for a number that it begins with', async () => {
      for (const not of ['1 or so', '01', '1.0', '1e0', ' 1', '-1', '0x1', "1' or '1'='1", 'ada', '']) {
        expect(await directory.read(not, inTime())).toBeNull()
        expect(await verify(directory, not, second)).toEqual({ ok: false, because: 'wrong' })
        expect(await set(directory, not, third)).toEqual({ ok: false, because: 'account-unavailable' })
      }
    })
  })

  const lists = isPostgresql
    ? { 'text[]': '{user,Admin}', 'kind[]': '{user,admin}', 'integer[]': '{1,7}', jsonb: '["user","Admin"]' }
    : { "set('user','admin')": 'user,admin', json: '["user","Admin"]' }
  it.each(Object.entries(lists))('asks every item of a list of type %s', async (type, several) => {
    const { username, key } = await somebody()
    const { name } = store.database
    if (type === 'kind[]') await administrator(`create type kind as enum ('user', 'admin')`)
    await administrator(
      `alter table people add column roles ${type}; grant select (roles) on people to ${name}`,
    )
    await store.set(username, 'roles', several)
    const found = async (condition: object) => {
      const privileged = [{ column: 'roles', ...condition }]
      return (await open({ privileged }).read(key, inTime()))?.privileged
    }

    expect(await found({ values: ['admin', '7'] })).toBe(true)
    expect(await found({ values: ['guest', '17'] })).toBe(false)
    expect(await found({ except: ['user', '1'] })).toBe(true)
    expect(await found({ except: ['user', 'admin', '1', '7'] })).toBe(false)
    expect(
      await set(open({ privileged: [{ column: 'roles', values: ['admin', '7'] }] }), key, second),
    ).toEqual({
      ok: false,
      because: 'account-unavailable',
    })
    await store.set(username, 'roles', null)
    expect([await found({ values: ['admin'] }), await found({ except: ['user'] })]).toEqual([false, true])
    await administrator('alter table people drop column roles')
  })

  it('finds the one who was meant among names that the server takes for the same', async () => {
    const marks = ['josé', 'jose', 'jósé', 'JOSE ']
    const same = isPostgresql ? marks : ['josé', 'jose ', 'jósé']
    for (const username of isPostgresql ? same : []) await store.add({ username, password: first })
    if (!isPostgresql) {
      await administrator('alter table people drop index login')
      for (const username of marks) await store.add({ username, password: first })
    }

    for (const value of marks) {
      const found = await open().find({ by: 'username', value }, inTime())
      expect(found.map(({ username }) => username)).toEqual([value])
    }
    expect(await open().find({ by: 'username', value: 'jøse' }, inTime())).toEqual([])
  })

  it(`keeps to its connections, whatever comes`, async () => {
    const { key } = await somebody()
    const directory = open({ connections: 2 })
    const text = isPostgresql
      ? `select count(*) as n from pg_stat_activity where usename = '${store.database.name}'`
      : `select count(*) as n from information_schema.processlist where user = '${store.database.name}'`
    const connected = async () => Number((await store.database.query(text))[0]?.['n'])
    for (const other of opened) if (other !== directory) await other.close()
    await expect.poll(connected).toBe(0)

    const all = Promise.all(Array.from({ length: 40 }, () => directory.read(key, inTime())))
    const counts: number[] = []
    for (let i = 0; i < 5; i++) counts.push(await connected())
    await all

    expect(Math.max(...counts)).toBeLessThanOrEqual(2)
  })
})
