import { describe, expect, it } from 'vitest'
import { makeGather, NothingDone } from './gather.ts'

interface Go {
  items: readonly string[]
  end(error?: Error): void
}

/** A gather whose goes end when the test says so; each answers an item with the item in capitals. */
function aGather(options: { itemsMax?: number; goesMax?: number; apart?: (item: string) => string } = {}) {
  const goes: Go[] = []
  const gather = makeGather<string, string>({
    itemsMax: 3,
    goesMax: 1,
    ...options,
    together: async (items) => {
      await new Promise<void>((resolve, reject) => {
        goes.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) })
      })
      return items.map((item) => item.toUpperCase())
    },
  })
  /** The items of each go so far. */
  const seen = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return goes.map(({ items }) => items.join(''))
  }
  const end = async (at: number, error?: Error) => {
    await seen()
    goes[at]?.end(error)
  }
  // What a call answers is looked at later than it may be rejected.
  const call = (item: string) => {
    const answer = gather(item)
    answer.catch(() => undefined)
    return answer
  }
  return { gather: call, seen, end }
}

const told = (calls: readonly Promise<string>[]) =>
  Promise.all(calls.map((call) => call.catch((error: unknown) => String(error))))

describe('gathering calls', () => {
  it('does what comes in one turn in one go, and the rest in the next, in the order it came', async () => {
    const { gather, seen, end } = aGather()
    const calls = [...'abcd'].map(gather)
    expect(await seen()).toEqual(['abc'])
    calls.push(...[...'ef'].map(gather))
    expect(await seen()).toEqual(['abc'])

    await end(0)
    expect(await seen()).toEqual(['abc', 'def'])
    await end(1)

    expect(await told(calls)).toEqual([...'ABCDEF'])
  })

  it('has no more goes under way than it may', async () => {
    const { gather, seen, end } = aGather({ itemsMax: 1, goesMax: 2 })
    const calls = [...'abc'].map(gather)
    expect(await seen()).toEqual(['a', 'b'])

    await end(1)
    expect(await seen()).toEqual(['a', 'b', 'c'])
    await end(0)
    await end(2)

    expect(await told(calls)).toEqual([...'ABC'])
  })

  it('never does two items with one word together, and lets nothing of another word wait for that', async () => {
    const { gather, seen, end } = aGather({ apart: (item) => item })
    const calls = [...'aabac'].map(gather)
    expect(await seen()).toEqual(['abc'])

    await end(0)
    await end(1)
    await end(2)

    expect(await seen()).toEqual(['abc', 'a', 'a'])
    expect(await told(calls)).toEqual([...'AABAC'])
  })

  it('does the items of a go that failed one by one, so that only the one to blame fails', async () => {
    const { gather, seen, end } = aGather()
    const calls = [...'abc'].map(gather)
    await end(0, new NothingDone(new Error('one of them')))
    await end(1)
    await end(2, new NothingDone(new Error('it was me')))
    await end(3)

    expect(await seen()).toEqual(['abc', 'a', 'b', 'c'])
    expect(await told(calls)).toEqual(['A', 'Error: it was me', 'C'])
  })

  it.each([
    ['a server that shuts down', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['a socket that broke', Object.assign(new Error('read'), { code: 'ECONNRESET' })],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['no connection to be had', new Error('timeout exceeded when trying to connect')],
    [
      'a commit without an answer',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
  ])('does nothing again after %s', async (_, error) => {
    const { gather, seen, end } = aGather()
    const calls = [...'abc'].map(gather)
    await end(0, error)

    expect(await told(calls)).toEqual([String(error), String(error), String(error)])
    expect(await seen()).toEqual(['abc'])
  })

  it('lets the rest of those it does one by one fail at once when the connection is lost among them', async () => {
    const { gather, seen, end } = aGather()
    const calls = [...'abc'].map(gather)
    await end(0, new NothingDone(new Error('one of them')))
    await end(1)
    await end(2, new Error('lost'))

    expect(await told(calls)).toEqual(['A', 'Error: lost', 'Error: lost'])
    expect(await seen()).toEqual(['abc', 'a', 'b'])
  })

  it('goes on after a go that failed', async () => {
    const { gather, end } = aGather()
    const first = gather('a')
    await end(0, new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    const second = gather('b')
    await end(1)

    expect(await second).toBe('B')
  })
})
