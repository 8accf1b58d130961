import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { localDirectoryMigrations, makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aDatabase } from '../support/database.ts'
import { noRules } from './directory-harness.ts'
import { localAccountsOver, openLocalDirectory, relayedDatabase } from './directory-local.ts'

const inTime = () => AbortSignal.timeout(20_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'

async function aDirectory(options: Parameters<typeof openLocalDirectory>[1] = {}) {
  const database = await aDatabase(localDirectoryMigrations)
  const directory = openLocalDirectory(database.kysely, options)
  const stored = async (username: string) => {
    const { rows } = await sql<{ password_hash: string; password_history: string[]; failed_count: number }>`
      select password_hash, password_history, failed_count from local_account where username = ${username}`.execute(
      database.kysely,
    )
    const row = rows[0]
    if (row === undefined) throw new Error('nobody')
    return row
  }
  return {
    database: database.kysely,
    directory,
    accounts: localAccountsOver(database.kysely),
    stored,
    verify: (key: string, password: string) => directory.verifyPassword(key, new Secret(password), inTime()),
    change: (key: string, current: string, next: string) =>
      directory.changePassword(key, { current: new Secret(current), next: new Secret(next) }, inTime()),
    set: (key: string, password: string) => directory.setPassword(key, new Secret(password), inTime()),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

describe('the embedded directory', () => {
  it('answers no more guesses than it allows, however many arrive at once', async () => {
    await using world = await aDirectory({ lockoutTries: 5 })
    const key = await world.accounts.upsert({
      username: 'ada',
      displayName: 'Ada',
      password: new Secret(first),
    })

    const guesses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => world.verify(key, `guess ${String(index)}`)),
    )

    const because = guesses.map((guess) => (guess.ok ? 'right' : guess.because))
    expect(because.filter((reason) => reason === 'wrong')).toHaveLength(5)
    expect(because.filter((reason) => reason === 'locked')).toHaveLength(35)
    expect(await world.verify(key, first)).toEqual({ ok: false, because: 'locked' })
  })

  it.each([
    ['bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['SHA-crypt', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5', 'Hello world!'],
    [
      'PBKDF2',
      '{PBKDF2-SHA256}10000$KLofuYN.ObfMxov2vaSeAA$VmsTiTuOCNQe0ewjVgJQp.UQC/pBE/d5/UnCjiEx4yM',
      'Blåbærgrød €',
    ],
    [
      'scrypt',
      '$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$HiCeoT1Z9vCyGXQ8v179VoSACSvplqYaOt2aK8YC/8g',
      'Blåbærgrød €',
    ],
    [
      'argon2i',
      '{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$s7zPul+9+qcbr5JJx7KL/A$CBFcnKFixHUUcg7dl8J5xLcLI4ET9WLZVggZADTomKM',
      'Blåbærgrød €',
    ],
  ])(
    'moves an imported %s hash to argon2id when its owner signs in, and not before',
    async (_, hash, password) => {
      await using world = await aDirectory()
      const key = await world.accounts.upsert({ username: 'ada', displayName: 'Ada', password: { hash } })

      expect(await world.verify(key, 'wrong')).toEqual({ ok: false, because: 'wrong' })
      expect((await world.stored('ada')).password_hash).toBe(hash)
      expect(await world.verify(key, password)).toEqual({ ok: true, mustChange: false })

      expect((await world.stored('ada')).password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(await world.verify(key, password)).toEqual({ ok: true, mustChange: false })
    },
  )

  it('tells the groups that an account was put into', async () => {
    await using world = await aDirectory()
    const groups = ['finance', 'auditors']
    const key = await world.accounts.upsert({ username: 'ada', displayName: 'Ada', groups })

    expect(await world.directory.read(key, inTime())).toMatchObject({ groups, place: null })
    await world.accounts.upsert({ username: 'ada', displayName: 'Ada' })
    expect(await world.directory.read(key, inTime())).toMatchObject({ groups: [] })
  })

  it('never lets such a move undo a password that was set meanwhile', async () => {
    const hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
    await using world = await aDirectory({ lockoutTries: 100 })
    for (let round = 0; round < 8; round++) {
      const username = `ada${String(round)}`
      const key = await world.accounts.upsert({ username, displayName: 'Ada', password: { hash } })

      await Promise.all([world.verify(key, 'U*U'), world.set(key, second), world.verify(key, 'U*U')])

      expect(await world.verify(key, second)).toEqual({ ok: true, mustChange: false })
      expect(await world.verify(key, 'U*U')).toEqual({ ok: false, because: 'wrong' })
    }
  })

  it('pays for an attempt on nobody like for one on somebody', async () => {
    await using world = await aDirectory()
    const decoyCount = async () => {
      const { rows } = await sql<{ failed_count: number }>`select failed_count from local_decoy`.execute(
        world.database,
      )
      return rows[0]?.failed_count ?? 0
    }

    for (const key of ['nobody', 'nobody', '\0']) {
      expect(await world.verify(key, first)).toEqual({ ok: false, because: 'wrong' })
    }

    expect(await decoyCount()).toBe(3)
  })

  it('sends no write any more when the deadline passed while it was still working', async () => {
    await using database = await aDatabase(localDirectoryMigrations)
    const accounts = localAccountsOver(database.kysely)
    const facts = { displayName: 'Ada', password: new Secret(first) }
    const key = await accounts.upsert({ username: 'ada', ...facts })
    const other = await accounts.upsert({ username: 'other', ...facts })
    await using relayed = await relayedDatabase(database.config)
    const directory = openLocalDirectory(relayed.kysely, { history: 0 })
    const deadline = new AbortController()

    const looked = relayed.relay.onRequest('local_account', 'noticed')
    const write = directory.setPassword(key, new Secret(second), deadline.signal)
    void looked.then(() => deadline.abort())
    await expect(write).rejects.toMatchObject({ code: 'directory-unreachable' })

    // Takes as long as what was cut off would have.
    for (const password of [second, first]) {
      expect(await directory.setPassword(other, new Secret(password), inTime())).toEqual({ ok: true })
    }
    expect(await directory.verifyPassword(key, new Secret(first), inTime())).toMatchObject({ ok: true })
  })

  it('takes one of several changes that arrive at once, and no guess more than it allows', async () => {
    await using world = await aDirectory({ lockoutTries: 5, history: 0 })
    const person = (username: string) =>
      world.accounts.upsert({ username, displayName: username, password: new Secret(first) })
    const [ada, grace] = [await person('ada'), await person('grace')]
    const next = ['one new sentence', 'two new sentences', 'three new sentences']

    const changes = await Promise.all(next.map((password) => world.change(ada, first, password)))
    await Promise.all(Array.from({ length: 20 }, (_, index) => world.change(grace, `guess ${index}`, second)))

    expect(changes.filter(({ ok }) => ok)).toHaveLength(1)
    const late = { ok: false, because: 'current-password-wrong' }
    expect(changes.filter(({ ok }) => !ok)).toEqual([late, late])
    const written = next[changes.findIndex(({ ok }) => ok)] ?? ''
    expect(await world.verify(ada, written)).toEqual({ ok: true, mustChange: false })
    expect(await world.verify(grace, first)).toEqual({ ok: false, because: 'locked' })
  })

  it('lets wrong passwords count for a day from the first of them, and a lock stay', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using world = await aDirectory({ lockoutTries: 4, now: () => now })
    const password = new Secret(first)
    const key = await world.accounts.upsert({ username: 'ada', displayName: 'Ada', password })
    const wrong = async (times: number) => {
      for (let i = 0; i < times; i++) await world.verify(key, 'wrong')
    }
    const seen = async () => {
      const entry = await world.directory.read(key, inTime())
      return [entry?.password.failedTries, entry?.locked]
    }

    // What a stranger may try in a day, over many days, and never at the same hour.
    for (const at of [
      '01T00:00:00',
      '01T23:59:59',
      '02T00:00:00',
      '02T12:00:00',
      '03T00:00:00',
      '04T00:00:00',
    ]) {
      now = new Date(`2026-01-${at}Z`)
      await wrong(at.endsWith('00:00:00') ? 2 : 1)
      expect(await seen()).toEqual([at.endsWith('00:00:00') ? 2 : 3, false])
    }
    now = new Date('2026-01-05T00:00:00Z')
    expect(await seen()).toEqual([0, false])
    await wrong(4)
    expect(await seen()).toEqual([4, true])
    now = new Date('2026-01-09T00:00:00Z')
    expect(await world.verify(key, first)).toEqual({ ok: false, because: 'locked' })
    expect(await seen()).toEqual([1, true])
  })

  it('holds a change up until the minimum age is over, and neither a reset nor who must change', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    await using world = await aDirectory({ minAgeSeconds: 3600, history: 0, now: () => now })
    const { directory } = world
    const key = await world.accounts.upsert({ username: 'ada', displayName: 'Ada' })
    expect(await world.set(key, first)).toEqual({ ok: true })
    expect(await directory.passwordRules(key, inTime())).toEqual({ ...noRules, minAgeSeconds: 3600 })

    now = new Date('2026-01-01T00:59:59Z')
    expect(await world.change(key, first, second)).toEqual({ ok: false, because: 'password-too-young' })
    const owed = { current: new Secret(first), next: new Secret(second), owed: true }
    expect(await directory.changePassword(key, owed, inTime())).toEqual({ ok: true })
    expect(await world.change(key, second, first)).toEqual({ ok: false, because: 'password-too-young' })
    expect(await world.set(key, first)).toEqual({ ok: true })
    now = new Date('2026-01-01T01:59:59Z')
    expect(await world.change(key, first, second)).toEqual({ ok: true })

    expect((await directory.read(key, inTime()))?.password.changedAt).toEqual(now)
    await directory.requireChange(key, inTime())
    expect(await world.change(key, second, first)).toEqual({ ok: true })
    expect(await world.set(key, second)).toEqual({ ok: true })
  })

  it('keeps as many old passwords as configured and forgets the rest', async () => {
    await using world = await aDirectory({ history: 2 })
    const key = await world.accounts.upsert({
      username: 'ada',
      displayName: 'Ada',
      password: new Secret(first),
    })
    expect(await world.set(key, second)).toEqual({ ok: true })
    expect(await world.set(key, first)).toEqual({ ok: false, because: 'password-in-history' })
    expect(await world.set(key, 'the third sentence')).toEqual({ ok: true })

    expect(await world.set(key, first)).toEqual({ ok: true })
    expect((await world.stored('ada')).password_history).toHaveLength(2)
  })

  it('keeps no old passwords unless told to', async () => {
    await using world = await aDirectory({ history: 0 })
    const key = await world.accounts.upsert({
      username: 'ada',
      displayName: 'Ada',
      password: new Secret(first),
    })

    expect(await world.set(key, second)).toEqual({ ok: true })
    expect(await world.set(key, second)).toEqual({ ok: true })
    expect((await world.stored('ada')).password_history).toEqual([])
    expect(world.directory.abilities.history).toBe(false)
  })

  it('keeps tenants and directories apart', async () => {
    await using world = await aDirectory()
    const facts = {
      displayName: 'Ada',
      mails: ['ada@example.test'],
      upn: 'ada@corp',
      password: new Secret(first),
    }
    const elsewhere = makeLocalAccounts(world.database, 'other', 'people', systemOutside)
    const beside = makeLocalAccounts(world.database, 'example', 'customers', systemOutside)
    const foreign = [
      await elsewhere.upsert({ username: 'ada', ...facts }),
      await beside.upsert({ username: 'ada', ...facts }),
    ]

    expect(await world.directory.find({ by: 'username', value: 'ada' }, inTime())).toEqual([])
    expect(await world.directory.find({ by: 'mail', value: 'ada@example.test' }, inTime())).toEqual([])
    expect(await world.directory.find({ by: 'upn', value: 'ada@corp' }, inTime())).toEqual([])
    for (const key of foreign) {
      expect(await world.directory.read(key, inTime())).toBeNull()
      expect(await world.verify(key, first)).toEqual({ ok: false, because: 'wrong' })
      expect(await world.set(key, second)).toEqual({ ok: false, because: 'account-unavailable' })
    }
  })

  it('takes an account again without touching its key or its password', async () => {
    await using world = await aDirectory()
    const seed = { username: 'Ada', displayName: 'Ada', mails: ['a@one.test'], password: new Secret(first) }
    const key = await world.accounts.upsert(seed)
    await world.set(key, second)

    const again = await world.accounts.upsert({
      ...seed,
      username: 'ada',
      displayName: 'Ada L.',
      mails: ['b@two.test'],
    })

    expect(again).toBe(key)
    expect(await world.verify(key, second)).toEqual({ ok: true, mustChange: false })
    expect(await world.directory.find({ by: 'mail', value: 'a@one.test' }, inTime())).toEqual([])
    expect(await world.directory.find({ by: 'mail', value: 'b@two.test' }, inTime())).toMatchObject([
      { key, displayName: 'Ada L.' },
    ])
    expect(await world.accounts.list()).toHaveLength(1)
    expect(await world.accounts.remove('ADA')).toBe(true)
    expect(await world.accounts.list()).toEqual([])
  })

  it('takes a first password for an account without one, and then proves it', async () => {
    await using world = await aDirectory()
    const key = await world.accounts.upsert({ username: 'new', displayName: 'New', locked: true })
    expect(await world.verify(key, first)).toEqual({ ok: false, because: 'locked' })

    expect(await world.set(key, first)).toEqual({ ok: true })

    expect(await world.verify(key, first)).toEqual({ ok: true, mustChange: false })
  })

  it('takes no hash that it could not verify', async () => {
    await using world = await aDirectory()
    const unusable = {
      username: 'ada',
      displayName: 'Ada',
      password: { hash: '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=' },
    }

    await expect(world.accounts.upsert(unusable)).rejects.toThrow(TypeError)
    await expect(world.accounts.upsert({ ...unusable, password: new Secret('') })).rejects.toThrow(TypeError)
    expect(await world.accounts.list()).toEqual([])
  })

  it('finds mail addresses by the ASCII form of their domain', async () => {
    await using world = await aDirectory()
    const key = await world.accounts.upsert({
      username: 'ada',
      displayName: 'Ada',
      mails: ['Ada@Müller.test'],
    })

    for (const value of ['ada@müller.test', 'ADA@MÜLLER.TEST', 'ada@xn--mller-kva.test']) {
      expect(await world.directory.find({ by: 'mail', value }, inTime())).toMatchObject([{ key }])
    }
  })
})
