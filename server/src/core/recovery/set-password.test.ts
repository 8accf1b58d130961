import { describe, expect, it } from 'vitest'
import {
  type MemoryDirectory,
  makeMemoryDirectory,
  type WriteFate,
} from '../../../test/support/memory-directory.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  prove,
  setPassword,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import type { DirectoryRefusal } from '../accounts/ports.ts'

const account = anAccount('ada', { recoveryAddresses: ['ada@home.example', 'ada@work.example'] })
const company = () => aWorld({ accounts: [account] })
const others = ['ada@home.example', 'ada@work.example']

interface Row {
  name: string
  fate: WriteFate
  probeFails?: boolean
  answer: object
  state: string
  events: readonly string[]
  notices: readonly string[]
  tokenVersion: number
  leaseIsFree: boolean
  calls: readonly string[]
}

const writeOnly = ['read', 'passwordRules', 'setPassword']
const withProbe = [...writeOnly, 'verifyPassword']
const completed = {
  answer: { ok: true, flow: { state: 'completed' } },
  state: 'completed',
  events: ['password.write-started', 'password.written'],
  notices: ['password-changed', 'password-changed'],
  tokenVersion: 1,
  leaseIsFree: true,
}
const unknown = {
  answer: { ok: false, because: 'flow-ended', flow: { state: 'ended', because: 'outcome-unknown' } },
  state: 'ended',
  events: ['password.write-started', 'password.write-unexplained', 'flow.ended'],
  notices: ['password-unexplained', 'password-unexplained'],
  tokenVersion: 1,
  leaseIsFree: false,
  calls: withProbe,
}
const unchanged = {
  answer: { ok: false, because: 'directory-unreachable' },
  state: 'proven',
  events: ['password.write-started', 'password.write-failed'],
  notices: [],
  tokenVersion: 0,
  leaseIsFree: true,
  calls: writeOnly,
}
const notWritable = { ...unchanged, answer: { ok: false, because: 'directory-not-writable' } }
const refusals: readonly DirectoryRefusal[] = [
  'password-in-history',
  'password-too-short-for-directory',
  'password-too-weak-for-directory',
  'password-too-young',
  'password-unchanged',
  'password-change-not-allowed',
  'password-too-long-for-directory',
]

/** "What step 5 records" of decision record 0001, row by row. */
const rows: readonly Row[] = [
  { name: 'done', fate: { is: 'written' }, ...completed, calls: writeOnly },
  ...refusals.map(
    (because): Row => ({
      name: `no: ${because}`,
      fate: { is: 'refused', because },
      answer: { ok: false, because: 'password-refused', reasons: [{ code: because }] },
      state: 'proven',
      events: ['password.write-started', 'password.refused'],
      notices: [],
      tokenVersion: 0,
      leaseIsFree: true,
      calls: writeOnly,
    }),
  ),
  {
    name: 'no: the account is gone',
    fate: { is: 'refused', because: 'account-unavailable' },
    answer: { ok: false, because: 'flow-ended', flow: { state: 'ended', because: 'account-unavailable' } },
    state: 'ended',
    events: ['password.write-started', 'password.write-failed', 'flow.ended'],
    notices: [],
    tokenVersion: 0,
    leaseIsFree: true,
    calls: writeOnly,
  },
  { name: 'nothing, it was not reached', fate: { is: 'fault', code: 'directory-unreachable' }, ...unchanged },
  {
    name: 'that a right is missing',
    fate: { is: 'fault', code: 'directory-rights-missing' },
    ...notWritable,
  },
  {
    name: 'that it is misconfigured',
    fate: { is: 'fault', code: 'directory-misconfigured' },
    ...notWritable,
  },
  {
    name: 'nothing after it was asked, and the probe signs in',
    fate: { is: 'unanswered', applied: true },
    ...completed,
    calls: withProbe,
  },
  {
    name: 'nothing after it was asked, and the probe is refused',
    fate: { is: 'unanswered', applied: false },
    ...unknown,
  },
  {
    name: 'nothing after it was asked, nor to the probe',
    fate: { is: 'unanswered', applied: true },
    probeFails: true,
    ...unknown,
  },
  {
    name: 'something unintelligible, and the probe is refused',
    fate: { is: 'fault', code: 'directory-answer-unusable' },
    ...unknown,
  },
]

const ledgerOf = (world: World) =>
  [...world.store.rows.ledgers.values()].find(
    ({ lease, writtenAt, subject }) =>
      lease !== null || writtenAt !== null || [...world.store.rows.subjects.values()].includes(subject),
  )

const noticesOf = (world: World) =>
  world.mails.map(({ order }) => order.kind).filter((kind) => kind !== 'recovery')

describe('when the directory says', () => {
  it.each(rows)('$name', async (row) => {
    const world = company()
    const holding = await prove(world, 'ada')
    const before = world.events().length
    world.directory.calls.splice(0)
    world.directory.nextWrite = row.fate
    world.directory.probeFails = row.probeFails === true

    const answer = await setPassword(world, holding)
    await world.runJobs()

    expect(answer).toMatchObject(row.answer)
    expect(await world.store.read(holding.tenant, holding.id)).toMatchObject({ state: row.state })
    expect(world.events().slice(before)).toEqual(row.events)
    expect(noticesOf(world)).toEqual(row.notices)
    expect(ledgerOf(world)?.tokenVersion).toBe(row.tokenVersion)
    expect(ledgerOf(world)?.lease === null).toBe(row.leaseIsFree)
    expect(world.directory.calls).toEqual(row.calls)
  })

  it('nothing after it was asked, and can’t be asked about passwords, the flow ends explained without a probe', async () => {
    const world = company()
    Object.assign(world.directory.abilities, { verifies: false })
    const holding = await prove(world, 'ada')
    world.directory.calls.splice(0)
    world.directory.nextWrite = { is: 'unanswered', applied: true }

    const answer = await setPassword(world, holding)
    await world.runJobs()

    expect(answer).toMatchObject(unknown.answer)
    expect(noticesOf(world)).toEqual(unknown.notices)
    expect(world.directory.calls).toEqual(writeOnly)
  })

  it('is asked with the password that was judged, of the account whose mailbox was proven', async () => {
    const world = company()

    await setPassword(world, await prove(world, 'ada'), aPassword('a new and long password'))

    expect(world.directory.writes).toEqual([{ key: 'key-of-ada', password: 'a new and long password' }])
  })

  it('nothing of its rules, it is asked all the same', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.passwordRules = async () => {
      throw new Fault('directory-rights-missing')
    }

    expect(await setPassword(world, holding)).toMatchObject({ ok: true })
  })

  it('an unlocked account at last when it was locked before', async () => {
    const world = aWorld({ accounts: [anAccount('ada', { locked: true })] })

    await setPassword(world, await prove(world, 'ada'))

    expect(world.directory.people.get('key-of-ada')?.locked).toBe(false)
  })
})

describe('before anything is written', () => {
  const changes: readonly [string, (directory: MemoryDirectory) => void][] = [
    ['disabled', (directory) => change(directory, { disabled: true })],
    ['federated', (directory) => change(directory, { federated: true })],
    ['privileged', (directory) => change(directory, { privileged: true })],
    ['enrolled in a second factor', (directory) => change(directory, { secondFactor: true })],
    ['deleted', (directory) => directory.people.clear()],
  ]

  it.each(changes)('an account that was %s after the proof ends the flow', async (_, happen) => {
    const world = company()
    const holding = await prove(world, 'ada')
    happen(world.directory)

    const answer = await setPassword(world, holding)

    expect(answer).toMatchObject({ because: 'flow-ended', flow: { because: 'account-unavailable' } })
    expect(world.directory.writes).toEqual([])
    expect(world.events().at(-1)).toBe('flow.ended')
  })

  it('a directory that is down leaves the flow as it was', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.down = true

    expect(await setPassword(world, holding)).toEqual({ ok: false, because: 'directory-unreachable' })
    world.directory.down = false
    expect(await setPassword(world, holding)).toMatchObject({ ok: true })
  })

  it('a password that policy refuses burns nothing; the twentieth ends the flow', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const refused = {
      ok: false,
      because: 'password-refused',
      reasons: [{ code: 'password-too-short', min: 8, length: 5 }],
    }

    for (let refusal = 1; refusal < 20; refusal += 1) {
      expect(await setPassword(world, holding, aPassword('short'))).toEqual(refused)
    }
    expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'proven', refusals: 19 } })
    expect(await setPassword(world, holding, aPassword('short'))).toMatchObject({
      because: 'flow-ended',
      flow: { because: 'too-many-refusals' },
    })
    expect(world.directory.writes).toEqual([])
    expect(world.events().slice(-2)).toEqual(['password.refused', 'flow.ended'])
  })

  it('refusals of policy and of the directory count together', async () => {
    const world = aWorld({ rules: { policyRefusalsPerFlow: 2 } })
    const holding = await prove(world, 'ada')
    await setPassword(world, holding, aPassword('short'))
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }

    expect(await setPassword(world, holding)).toMatchObject({ flow: { because: 'too-many-refusals' } })
    expect(world.events().slice(-2)).toEqual(['password.refused', 'flow.ended'])
  })

  it('a flow without proof is refused, and one that is over says so', async () => {
    const world = company()
    const waiting = await start(world, 'ada')
    const mine = await prove(world, 'ada')

    expect(await setPassword(world, waiting)).toEqual({ ok: false, because: 'not-proven' })
    await setPassword(world, mine)
    expect(await setPassword(world, mine)).toEqual({ ok: false, because: 'already-completed' })
    expect(world.directory.writes).toHaveLength(1)
  })
})

describe('one write at a time', () => {
  const late = () => {
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    return { fate: { is: 'late', until } as const, release }
  }

  /** Begins a write that hangs in the directory. */
  async function hang(world: World, holding: Holding, password = aPassword('the hanging password')) {
    const { fate, release } = late()
    world.directory.nextWrite = fate
    const arrived = new Promise<void>((resolve) => {
      world.directory.onWrite = () => resolve()
    })
    const answer = setPassword(world, holding, password)
    await arrived
    world.directory.onWrite = () => {}
    return { answer, release }
  }

  it('goes to the directory for one account, whatever flows race', async () => {
    const world = company()
    const [first, second] = [await prove(world, 'ada'), await prove(world, 'ada')]
    const { answer, release } = await hang(world, first)

    expect(await setPassword(world, second)).toEqual({ ok: false, because: 'write-in-progress' })
    expect(await setPassword(world, first)).toEqual({ ok: false, because: 'write-in-progress' })
    release()
    expect(await answer).toMatchObject({ ok: true })
    expect(world.directory.writes).toHaveLength(1)
  })

  it('stays forbidden after an unknown outcome until the lease runs out', async () => {
    const world = company()
    const [first, second] = [await prove(world, 'ada'), await prove(world, 'ada')]
    world.directory.nextWrite = { is: 'unanswered', applied: false }
    await setPassword(world, first)
    expect(await setPassword(world, second)).toMatchObject({ flow: { because: 'superseded' } })
    const third = await prove(world, 'ada')

    expect(await setPassword(world, third)).toEqual({ ok: false, because: 'write-in-progress' })
    world.clock.advance(18)
    expect(await setPassword(world, third)).toMatchObject({ ok: true })
  })

  it('whose process died is ended by the sweeper as unknown, and told', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { answer } = await hang(world, holding)
    void answer
    world.clock.advance(17)
    expect((await world.recovery.sweep()).ended).toBe(0)
    world.clock.advance(1)

    expect((await world.recovery.sweep()).ended).toBe(1)
    expect((await world.recovery.sweep()).ended).toBe(0)
    await world.runJobs()

    expect(await world.recovery.read(holding)).toMatchObject({ flow: { because: 'outcome-unknown' } })
    expect(noticesOf(world)).toEqual(['password-unexplained', 'password-unexplained'])
    expect(ledgerOf(world)?.tokenVersion).toBe(1)
  })

  it('that can’t be ended keeps no other from its end', async () => {
    const world = aWorld({ accounts: [account, anAccount('bob')] })
    await hang(world, await prove(world, 'ada'))
    await hang(world, await prove(world, 'bob'))
    world.clock.advance(18)
    let asked = 0
    const stumbling = world.another({
      tenant: (id) => {
        asked += 1
        if (asked === 1) throw new Error('a tenant that is not configured any more')
        return world.deps.tenant(id)
      },
    })

    await expect(stumbling.sweep()).rejects.toThrow('1 failed')

    expect(noticesOf(world).length + world.jobs.length).toBeGreaterThan(0)
    expect(world.events().filter((name) => name === 'password.write-unexplained')).toHaveLength(1)
  })

  it('whose process died leaves alone what the person has started since', async () => {
    const world = company()
    const before = await prove(world, 'ada')
    const holding = await prove(world, 'ada')
    await hang(world, holding)
    world.clock.advance(10)
    const since = await prove(world, 'ada')
    world.clock.advance(8)

    await world.recovery.sweep()

    expect(await world.recovery.read(before)).toMatchObject({ flow: { because: 'superseded' } })
    expect(await setPassword(world, since)).toMatchObject({ ok: true, flow: { state: 'completed' } })
  })

  it('that the sweeper has ended is not called a success, whatever the directory says later', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { answer, release } = await hang(world, holding)
    world.clock.advance(18)
    await world.recovery.sweep()
    release()

    expect(await answer).toMatchObject({ because: 'flow-ended', flow: { because: 'outcome-unknown' } })
    expect(world.events()).not.toContain('password.written')
    expect(ledgerOf(world)?.tokenVersion).toBe(1)
  })

  it('that was swept and forgotten is told as unknown, not as a flow that never was', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { answer, release } = await hang(world, holding)
    world.clock.advance(18)
    await world.recovery.sweep()
    world.clock.advance(2 * 86_400)
    await world.recovery.forget()
    release()

    expect(await answer).toMatchObject({ because: 'flow-ended', flow: { because: 'outcome-unknown' } })
  })

  it('that lost its lease to another flow ends as unknown, not in the middle', async () => {
    const world = company()
    const [first, second] = [await prove(world, 'ada'), await prove(world, 'ada')]
    const { answer, release } = await hang(world, first)
    world.clock.advance(18)
    expect(await setPassword(world, second)).toMatchObject({ ok: true })
    release()

    expect(await answer).toMatchObject({ flow: { state: 'ended', because: 'outcome-unknown' } })
    await world.runJobs()
    expect(noticesOf(world).toSorted()).toEqual([
      'password-changed',
      'password-changed',
      'password-unexplained',
      'password-unexplained',
    ])
    expect(ledgerOf(world)?.tokenVersion).toBe(2)
  })

  it('is found by the sweeper also when another flow took its lease and its process is dead', async () => {
    const world = company()
    const [first, second] = [await prove(world, 'ada'), await prove(world, 'ada')]
    await hang(world, first)
    world.clock.advance(18)
    await setPassword(world, second)

    expect((await world.recovery.sweep()).ended).toBe(1)
    expect(await world.recovery.read(first)).toMatchObject({ flow: { because: 'outcome-unknown' } })
  })

  it('is not sent any more when too little of its lease is left', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { store } = world
    const slow = world.another({
      store: {
        ...store,
        decide: async (target, decider) => {
          const answer = await store.decide(target, decider)
          // The process stands still after it has taken the lease.
          if ((await store.read(target.tenant, target.id))?.state === 'writing') world.clock.advance(9)
          return answer
        },
      },
    })

    const answer = await slow.setPassword({ ...holding, password: aPassword(), client: aClient() })

    expect(answer).toEqual({ ok: false, because: 'directory-unreachable' })
    expect(world.directory.writes).toEqual([])
    expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'proven' } })
  })
})

describe('a list of lost passwords that gives no answer', () => {
  it('is no guess of the person: however often, it ends no flow', async () => {
    const world = aWorld({
      wrap: (deps) => ({
        ...deps,
        tenant: (id) => ({
          ...deps.tenant(id),
          judge: async () => ({ ok: false, because: [{ code: 'password-unchecked' }] }),
        }),
      }),
    })
    const holding = await prove(world, 'ada')

    for (let tried = 0; tried <= world.rules.policyRefusalsPerFlow; tried += 1) {
      expect(await setPassword(world, holding)).toMatchObject({ because: 'password-refused' })
    }
    expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'proven', refusals: 0 } })
  })
})

describe('who is told', () => {
  it('every recovery address, once for each mailbox, with when and on what, and a "this was not me"', async () => {
    const addresses = ['ada@home.example', 'ADA@HOME.EXAMPLE', 'Ada@Work.example']
    const world = aWorld({ accounts: [anAccount('ada', { recoveryAddresses: addresses })] })

    await setPassword(world, await prove(world, 'ada'))
    await world.runJobs()

    const notices = world.mails.filter(({ order }) => order.kind === 'password-changed')
    expect(notices.map(({ order }) => order.to)).toEqual(['ada@home.example', 'Ada@Work.example'])
    for (const { order, disavowLink, disavowCode } of notices) {
      expect(order.facts).toMatchObject({
        username: 'ada',
        at: world.clock.now().toISOString(),
        device: 'Firefox on Windows',
      })
      expect([disavowLink, disavowCode]).not.toContain(null)
    }
  })

  it('the same people, if the account changes its addresses while the directory is asked', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.onWrite = () =>
      change(world.directory, { recoveryAddresses: ['thief@elsewhere.example'] })

    await setPassword(world, holding)
    await world.runJobs()

    expect(world.mails.slice(-2).map(({ order }) => order.to)).toEqual(others)
  })

  it('nobody, of a directory that the tenant no longer has', async () => {
    const partners = makeMemoryDirectory('partners', [anAccount('bob')])
    const directories = [partners]
    const world = aWorld({ directories })
    const holding = await prove(world, 'bob')
    const gone = world.another({
      tenant: (id) => ({ ...world.deps.tenant(id), directory: () => null }),
    })

    const answer = await gone.setPassword({ ...holding, password: aPassword(), client: aClient() })

    expect(answer).toEqual({ ok: false, because: 'directory-not-writable' })
  })
})

function change(directory: MemoryDirectory, facts: Partial<ReturnType<typeof anAccount>>): void {
  for (const [key, entry] of directory.people) directory.people.set(key, { ...entry, ...facts })
}
