import { describe, expect, it } from 'vitest'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import { judgeFully, passwordPolicyDefaults } from './policy.ts'
import type { BreachList } from './ports.ts'

const lost = 'plum orbit saddle mirage'
const against = {
  change: null,
  policy: passwordPolicyDefaults,
  onlyFactor: true,
  context: {
    username: 'ada',
    displayName: 'Ada Byron',
    mails: [],
    contextWords: [],
    tenantName: 'Northwind',
    productWords: [],
  },
}

function aList(name: string, known: readonly string[], asked: string[] = []): BreachList {
  return {
    name,
    async has(password) {
      asked.push(password.reveal())
      return known.includes(password.reveal())
    },
  }
}

const broken = (code: 'breach-list-unreachable' | 'breach-list-damaged', name: string): BreachList => ({
  name,
  has: () => Promise.reject(new Fault(code)),
})

const judge = (
  password: string,
  lists: readonly BreachList[],
  whenUnanswered: 'accept' | 'refuse' = 'refuse',
) =>
  judgeFully(new Secret(password), {
    ...against,
    breach: { lists, seconds: 1, whenUnanswered, warn: () => undefined },
  })

describe('lists of lost passwords', () => {
  it('refuse what they know, and are asked about its normal form', async () => {
    const asked: string[] = []
    expect(await judge(lost, [aList('one', []), aList('two', [lost])])).toEqual({
      ok: false,
      because: [{ code: 'password-breached' }],
    })
    expect(await judge('cafe\u0301 orbit saddle mirage', [aList('one', [], asked)])).toMatchObject({
      ok: true,
      unanswered: [],
    })
    expect(asked).toEqual(['caf\u00e9 orbit saddle mirage'])
  })

  it('are asked about nothing that breaks another rule, and none after the first that knows it', async () => {
    const asked: string[] = []
    await judge('short', [aList('one', [], asked)])
    await judge(lost, [aList('one', [lost]), aList('two', [], asked)])

    expect(asked).toEqual([])
  })

  it('that give no answer leave it to policy', async () => {
    const lists = [broken('breach-list-damaged', 'index'), broken('breach-list-unreachable', 'api')]

    expect(await judge(lost, lists)).toEqual({ ok: false, because: [{ code: 'password-unchecked' }] })
    expect(await judge(lost, lists, 'accept')).toMatchObject({
      ok: true,
      unanswered: [
        { list: 'index', because: 'breach-list-damaged' },
        { list: 'api', because: 'breach-list-unreachable' },
      ],
    })
  })

  it('that know the password are believed whatever is wrong with others', async () => {
    const lists = [broken('breach-list-unreachable', 'api'), aList('index', [lost])]

    expect(await judge(lost, lists, 'accept')).toEqual({
      ok: false,
      because: [{ code: 'password-breached' }],
    })
  })

  it('that hang are given up, and the others are asked all the same', async () => {
    const hanging: BreachList = { name: 'disk', has: () => new Promise(() => undefined) }
    const warned: string[] = []
    const judged = await judgeFully(new Secret(lost), {
      ...against,
      breach: {
        lists: [hanging, aList('index', [lost])],
        seconds: 0.05,
        whenUnanswered: 'accept',
        warn: (list, { code }) => warned.push(`${list} ${code}`),
      },
    })

    expect(warned).toEqual(['disk breach-list-unreachable'])
    expect(judged).toEqual({ ok: false, because: [{ code: 'password-breached' }] })
  })

  it('that break in a way nobody foresaw accept nothing', async () => {
    const list = { name: 'one', has: () => Promise.reject(new TypeError('a bug')) }

    await expect(judge(lost, [list], 'accept')).rejects.toThrow('a bug')
  })
})
