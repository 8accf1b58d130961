import { describe, expect, it } from 'vitest'
import { systemOutside } from '../../kernel/outside.ts'
import { idleSecondsMax, isFormOf, makeSessions, sessionSecondsMax } from './sessions.ts'

function someSessions() {
  let at = Date.UTC(2026, 10, 20)
  const sessions = makeSessions({ now: () => new Date(at), randomBytes: systemOutside.randomBytes })
  return { ...sessions, wait: (seconds: number) => void (at += seconds * 1000) }
}

describe('a session of the console', () => {
  it('is found by its cookie and by nothing else', () => {
    const sessions = someSessions()
    const cookie = sessions.open().reveal()

    expect(sessions.find(cookie)).not.toBeNull()
    for (const other of [undefined, '', cookie.slice(1), `${cookie}A`])
      expect(sessions.find(other)).toBeNull()
  })

  it('ends after fifteen minutes without use, and use keeps it', () => {
    const sessions = someSessions()
    const cookie = sessions.open().reveal()

    sessions.wait(idleSecondsMax - 1)
    const used = sessions.find(cookie)
    sessions.wait(idleSecondsMax - 1)
    const usedAgain = sessions.find(cookie)
    sessions.wait(idleSecondsMax)

    expect(used).not.toBeNull()
    expect(usedAgain).not.toBeNull()
    expect(sessions.find(cookie)).toBeNull()
  })

  it('ends after eight hours, however busy', () => {
    const sessions = someSessions()
    const cookie = sessions.open().reveal()
    const step = 600

    const seen: boolean[] = []
    for (let waited = step; waited <= sessionSecondsMax; waited += step) {
      sessions.wait(step)
      seen.push(sessions.find(cookie) !== null)
    }

    expect(seen.slice(0, -1)).not.toContain(false)
    expect(seen.at(-1)).toBe(false)
  })

  it('ends when it is left, and no other one does', () => {
    const sessions = someSessions()
    const [left, kept] = [sessions.open().reveal(), sessions.open().reveal()]

    sessions.end(left)

    expect(sessions.find(left)).toBeNull()
    expect(sessions.find(kept)).not.toBeNull()
  })

  it('takes its own forms only', () => {
    const sessions = someSessions()
    const [mine, other] = [sessions.open(), sessions.open()].map((cookie) => sessions.find(cookie.reveal())!)

    expect(isFormOf(mine!, mine!.csrf)).toBe(true)
    for (const csrf of [undefined, '', other!.csrf]) expect(isFormOf(mine!, csrf)).toBe(false)
  })
})
