import { describe, expect, it } from 'vitest'
import { makeInbox } from './inbox.ts'

describe('an inbox', () => {
  it('hands texts on in their order, to whoever waits and to whoever comes later', async () => {
    const inbox = makeInbox(100)
    const waiting = inbox.next()
    for (const text of ['one', 'two', 'three']) expect(inbox.push(text)).toBe(true)
    inbox.end()

    expect([await waiting, await inbox.next(), await inbox.next(), await inbox.next()]).toEqual([
      ...['one', 'two', 'three'],
      null,
    ])
    expect(inbox.push('four')).toBe(false)
  })

  it('takes no more than may wait, until some is taken out or more may', async () => {
    const inbox = makeInbox(10)

    expect([inbox.push('123456'), inbox.push('12345'), inbox.push('1234')]).toEqual([true, false, true])
    expect(await inbox.next()).toBe('123456')
    expect([inbox.push('123456'), inbox.push('1')]).toEqual([true, false])
    inbox.widen(11)
    expect(inbox.push('1')).toBe(true)
  })

  it('is not waited for once the signal fires', async () => {
    const inbox = makeInbox(10)
    const leaving = new AbortController()
    const waiting = inbox.next(leaving.signal)
    leaving.abort()

    expect(await waiting).toBeNull()
    expect(inbox.push('later')).toBe(true)
    expect(await inbox.next()).toBe('later')
  })
})
