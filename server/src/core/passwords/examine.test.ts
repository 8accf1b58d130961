import { describe, expect, it } from 'vitest'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import { examinePassword } from './examine.ts'
import { type PasswordPolicy, passwordPolicyDefaults } from './policy.ts'
import type { BreachList } from './ports.ts'

const lost = 'plum orbit saddle mirage'
const weak = 'Password1!'

function aList(known: readonly string[], asked: string[] = []): BreachList {
  return {
    name: 'list',
    async has(password) {
      asked.push(password.reveal())
      return known.includes(password.reveal())
    },
  }
}

const away: BreachList = {
  name: 'away',
  has: () => Promise.reject(new Fault('breach-list-unreachable')),
}

const examine = (password: string, over: Partial<PasswordPolicy>, lists: readonly BreachList[] = []) =>
  examinePassword(new Secret(password), {
    policy: { ...passwordPolicyDefaults, ...over },
    onlyFactor: true,
    context: {
      username: 'ada',
      displayName: 'Ada Byron',
      mails: [],
      contextWords: [],
      tenantName: 'Northwind',
      productWords: [],
    },
    breach: { lists, seconds: 1, whenUnanswered: 'refuse', warn: () => undefined },
  })

const nothing = { flaws: [], unanswered: [] }

describe('a password that is set already', () => {
  it.each([
    ['tell', false],
    ['require-change', true],
  ] as const)('is known to be lost, and policy says %s', async (breachedAtSignIn, mustChange) => {
    expect(await examine(lost, { breachedAtSignIn }, [aList([lost])])).toEqual({
      flaws: [{ is: 'breached', mustChange }],
      unanswered: [],
    })
    expect(await examine(lost, { breachedAtSignIn }, [aList([])])).toEqual(nothing)
  })

  it('is nobody’s to look up where policy says so', async () => {
    const asked: string[] = []

    expect(await examine(lost, { breachedAtSignIn: 'off' }, [aList([lost], asked)])).toEqual(nothing)
    expect(asked).toEqual([])
  })

  it('is not lost because a list is away, whatever new ones have to wait for', async () => {
    expect(await examine(lost, {}, [away])).toEqual({
      flaws: [],
      unanswered: [{ list: 'away', because: 'breach-list-unreachable' }],
    })
  })

  it('is held to the rules of today where policy says so, and else is not', async () => {
    expect(await examine(weak, { recheckAtSignIn: 'tell' })).toMatchObject({
      flaws: [{ is: 'weak', mustChange: false }],
    })
    expect(await examine(weak, { recheckAtSignIn: 'require-change' })).toMatchObject({
      flaws: [{ is: 'weak', mustChange: true }],
    })
    expect(await examine('seven otters borrow umbrellas', { recheckAtSignIn: 'require-change' })).toEqual(
      nothing,
    )
    expect(await examine(weak, {})).toEqual(nothing)
  })

  it('can be both, and the worse comes first', async () => {
    const asked = { breachedAtSignIn: 'tell', recheckAtSignIn: 'require-change' } as const

    expect(await examine(weak, asked, [aList([weak])])).toMatchObject({
      flaws: [
        { is: 'breached', mustChange: false },
        { is: 'weak', mustChange: true },
      ],
    })
  })
})
