import { describe, expect, it } from 'vitest'
import {
  anAccount,
  aWorld,
  northwind,
  prove,
  setPassword,
  type World,
} from '../../test/support/recovery-world.ts'
import { makeInvite, makeWithdraw } from '../core/recovery/index.ts'
import { textOf } from './csv-file.ts'
import {
  type ImportOptions,
  type Invitations,
  invitationsImport,
  invitationsList,
  invitationsWithdraw,
  type Said,
} from './invitations.ts'

const company = () =>
  aWorld({
    accounts: [
      anAccount('ada', { locale: 'fr' }),
      anAccount('bob', { recoveryAddresses: [] }),
      anAccount('root', { privileged: true }),
      anAccount('grace'),
    ],
  })

function invitationsOf(world: World): Invitations {
  return {
    tenants: [{ id: northwind, services: ['mail'], languages: ['en', 'de'] }],
    invite: makeInvite(world.deps),
    withdraw: makeWithdraw(world.deps),
    list: (tenant, page) => world.store.listInvitations(tenant, page),
    now: () => world.clock.now(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function* linesOf(text: string) {
  yield* text.match(/[\s\S]{1,7}/g) ?? []
}

function aTerminal(world: World, over: Partial<Said> = {}) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  return {
    said: { invitations: invitationsOf(world), tenant: null, json: false, terminal, ...over },
    out,
    err,
  }
}

async function read(world: World, text: string, over: Partial<ImportOptions & Said> = {}) {
  const { said, out, err } = aTerminal(world, over)
  const options = { file: 'people.csv', dryRun: false, again: false, ...over }
  const exitCode = await invitationsImport(options, { ...said, text: linesOf(text) })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

describe('rekey invitations import', () => {
  it('invites everybody in the file, and nobody twice', async () => {
    const world = company()
    const file = '\ufeffIdentifier , locale,address\r\nada,,\r\n"bob",ja,bob@private.example\r\n'

    expect(await read(world, file)).toEqual({
      exitCode: 0,
      out: 'Invited 2. Invited before: 0. Have a password already: 0. Lines to mend: 0.',
      err: '',
    })
    await world.runJobs()
    expect(world.mails.map(({ order }) => [order.to, order.locale])).toEqual([
      ['ada@home.example', 'fr'],
      ['bob@private.example', 'ja'],
    ])
    expect((await read(world, file)).out).toContain('Invited 0. Invited before: 2.')
    expect((await read(world, file, { again: true })).out).toContain('Invited 2. Invited before: 0.')
    await world.runJobs()
    expect(world.mails).toHaveLength(4)
  })

  it('names what can’t be used by its line, does all the rest, and ends with 1', async () => {
    const world = company()
    const file = [
      'identifier,address,locale,service',
      'nobody,,,',
      'bob,,,',
      'bob,Bob <bob@private.example>,,',
      'root,,,',
      'ada,,not a tag,',
      'ada,,,calendar',
      ',ada@private.example,,',
      'ada,,',
      'ada"x",,,',
      'ada,,,mail',
    ].join('\n')

    const { exitCode, out, err } = await read(world, file)

    expect(exitCode).toBe(1)
    expect(out).toContain('Invited 1. Invited before: 0. Have a password already: 0. Lines to mend: 9.')
    expect(err.split('\n')).toEqual([
      'Line 2: no directory knows this account.',
      'Line 3: there is no address to write to, neither here nor in the directory.',
      'Line 4: the address is not one plain mailbox.',
      'Line 5: this account can’t set a password by mail.',
      'Line 6: the locale is no BCP 47 tag, such as de or pt-BR.',
      'Line 7: no such service is configured.',
      'Line 8: the identifier is missing.',
      'Line 9: it has more or fewer fields than the first line.',
      'Line 10: a quote is not closed, or stands in the middle of a field.',
    ])
  })

  it('writes nothing in a dry run, and says the same', async () => {
    const world = company()

    const { out } = await read(world, 'identifier\nada\nnobody', { dryRun: true })

    expect(out).toBe('Would invite 1. Invited before: 0. Have a password already: 0. Lines to mend: 1.')
    expect([world.store.rows.invitations.size, world.jobs.length]).toEqual([0, 0])
  })

  it('prints JSON for programs', async () => {
    const world = company()
    await setPassword(world, await prove(world, 'grace'))

    const { out, err } = await read(world, 'identifier\nada\ngrace\nnobody', { json: true })

    expect(err).toBe('')
    expect(JSON.parse(out)).toEqual({
      ok: false,
      file: 'people.csv',
      tenant: northwind,
      dryRun: false,
      invited: 1,
      before: 0,
      activated: 1,
      bad: [{ line: 4, because: 'account-unknown' }],
    })
  })

  it.each([
    ['', 'The file is empty'],
    ['name,address\nada,', 'There is no column "name". The first line has to name the columns'],
    ['identifier,identifier\nada,ada', 'The first line has to name the columns'],
    ['address\nada@private.example', 'The first line has to name the columns'],
  ])('says what is wrong with the whole file: %j', async (file, message) => {
    await expect(read(company(), file)).rejects.toThrow(message)
  })

  it('says which file is not there', async () => {
    await expect(textOf('no-such-file.csv')).rejects.toThrow(
      "no-such-file.csv can't be read: there is no such file.",
    )
  })

  it('stops at the line at which a directory is gone; what came before is done', async () => {
    const world = company()
    const invitations = invitationsOf(world)
    const failing: Invitations = {
      ...invitations,
      invite(call, signal) {
        world.directory.down = call.identifier === 'grace'
        return invitations.invite(call, signal)
      },
    }

    const reading = read(world, 'identifier\nada\ngrace\n', { invitations: failing })

    await expect(reading).rejects.toThrow(
      /^Line 3 and those after it were not read: .*Run the same file again/,
    )
    world.directory.down = false
    expect((await read(world, 'identifier\nada\ngrace\n')).out).toContain('Invited 1. Invited before: 1.')
  })

  it('asks which tenant where there are several', async () => {
    const world = company()
    const invitations = invitationsOf(world)
    const tenants = [...invitations.tenants, { id: 'southwind', services: [], languages: ['en'] }]
    const several = { ...invitations, tenants }

    await expect(read(world, 'identifier\nada', { invitations: several })).rejects.toThrow(
      'Say which tenant with --tenant: northwind, southwind.',
    )
    await expect(read(world, 'identifier\nada', { tenant: 'x' })).rejects.toThrow(
      'There is no tenant x: northwind.',
    )
    expect(await read(world, 'identifier\nada', { invitations: several, tenant: northwind })).toMatchObject({
      exitCode: 0,
    })
  })
})

describe('rekey invitations list and withdraw', () => {
  it('show those that can still be used, with masked addresses, and make them worthless', async () => {
    const world = company()
    await read(world, 'identifier\nada\ngrace')
    const { said, out } = aTerminal(world)
    await invitationsList({ all: false }, said)
    expect(out.toSorted((a, b) => a.slice(-9).localeCompare(b.slice(-9)))).toEqual([
      expect.stringMatching(
        /^[a-z0-9]{26} {2}open {7}[\d-]{10}T\S+ {2}(ada|grace) {2}[ag]•••@h•••\.example$/,
      ),
      expect.stringMatching(/(ada|grace)/),
    ])

    const [id = ''] = out[0]?.split(' ') ?? []
    expect(await invitationsWithdraw(id, said)).toBe(0)
    expect(await invitationsWithdraw(id, said)).toBe(1)
    expect(await invitationsWithdraw('x', said)).toBe(1)
    const open = aTerminal(world, { json: true })
    await invitationsList({ all: false }, open.said)
    expect(JSON.parse(open.out.join(''))).toMatchObject({ invitations: [{ state: 'open' }] })
    const all = aTerminal(world, { json: true })
    await invitationsList({ all: true }, all.said)
    expect((JSON.parse(all.out.join('')) as { invitations: object[] }).invitations).toHaveLength(2)
  })
})
