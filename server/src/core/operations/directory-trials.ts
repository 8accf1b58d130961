import { Secret } from '../../kernel/secret.ts'
import type { DirectoryEntry } from '../accounts/index.ts'
import type { DirectoryRefusal, PasswordChange } from '../accounts/ports.ts'
import type { DirectoryTestOptions, LeftAs, Tools } from './directory-test.ts'

/** What is known of the password of the account. */
type Known =
  | { is: 'unchanged' }
  | { is: 'random' | 'chosen'; text: Secret }
  /** A write got no answer, and neither did the question which it is. */
  | { is: 'unclear' }

interface Trials extends Tools {
  key: string
  known(): Known
  learn(known: Known): void
}

/** Whoever sets the limit higher than this has no lockout that a person would meet. */
const wrongPasswordsMax = 100

const refusalWords: Record<DirectoryRefusal | 'current-password-wrong', string> = {
  'password-in-history': 'it says that the password was used before',
  'password-too-short-for-directory': 'it says that the password is too short',
  'password-too-weak-for-directory': 'it says that the password is too weak',
  'password-too-young': 'it says that the present password is too young',
  'password-unchanged': 'it says that this is the present password',
  'password-change-not-allowed': 'it says that the password of this account may not be changed',
  'password-too-long-for-directory': 'it says that the password is too long',
  'account-unavailable': 'it says that the account is not one whose password may be written',
  'current-password-wrong': 'it says that the present password is another one',
}

/** Everything that writes, one after the other; each trial leaves a password that the next one knows, or says so. */
export async function tryPasswords(
  tools: Tools,
  entry: DirectoryEntry,
  options: DirectoryTestOptions,
): Promise<LeftAs> {
  let present: Known = { is: 'unchanged' }
  const trials: Trials = {
    ...tools,
    key: entry.key,
    known: () => present,
    learn: (known) => {
      present = known
    },
  }
  tools.begin('setPassword')
  if (await set(trials, 'a reset by the service account')) {
    tools.works('setPassword', 'the service account sets a password')
  }
  await tryToVerify(trials)
  await tryToChange(trials)
  await tryHistory(trials)
  await tryToUnlock(trials, options.lock)
  await tryMustChange(trials)
  await setLast(trials, options.finalPassword)
  return leftAs(trials)
}

/** Sets a random password, or the one given. Whatever is not plain success is told. */
async function set(trials: Trials, what: string, chosen: Secret | null = null): Promise<boolean> {
  const { ask, fails, open, routed, needs, key, learn } = trials
  const password = chosen ?? trials.drawPassword()
  const asked = await ask('setPassword', `${what} fails`, (signal) =>
    routed.directory.setPassword(key, password, signal),
  )
  const next: Known = { is: chosen === null ? 'random' : 'chosen', text: password }
  if (!asked.ok) {
    if (asked.code === 'directory-outcome-unknown') await findOut(trials, next)
    return false
  }
  const { answer } = asked
  if (answer.ok) {
    learn(next)
    return true
  }
  const { because } = answer
  const says = `${what}: ${refusalWords[because]}`
  if (because === 'password-too-young') {
    open('setPassword', `${says}. Its minimum age holds for resets too; wait, and run this again`)
  } else fails('setPassword', says, { code: because, ...needs('setPassword') })
  return false
}

/**
 * One proof of the password that may have been written; a write is never sent twice. When it is refused, a late write may
 * still land (decision record 0001).
 */
async function findOut({ ask, routed, key, learn }: Trials, next: Known & { text: Secret }): Promise<void> {
  learn({ is: 'unclear' })
  if (!routed.directory.abilities.verifies) return
  const asked = await ask('verifyPassword', 'which password it has can not be asked either', (signal) =>
    routed.directory.verifyPassword(key, next.text, signal),
  )
  if (asked.ok && asked.answer.ok) learn(next)
}

const verify = (trials: Trials, password: Secret, what: string) =>
  trials.ask('verifyPassword', `${what} can not be proven`, (signal) =>
    trials.routed.directory.verifyPassword(trials.key, password, signal),
  )

async function tryToVerify(trials: Trials): Promise<void> {
  const { begin, works, open, fails, known, needs, routed } = trials
  begin('verifyPassword')
  if (!routed.directory.abilities.verifies) {
    open('verifyPassword', provesNone, needs('verifyPassword'))
    return
  }
  const present = known()
  if (!('text' in present)) open('verifyPassword', unknownWords)
  else {
    const asked = await verify(trials, present.text, 'the new password')
    if (asked.ok && asked.answer.ok) works('verifyPassword', 'the new password signs in')
    else if (asked.ok) {
      const { because } = asked.answer.ok ? { because: 'wrong' } : asked.answer
      const says = `the new password is taken for ${because}`
      fails('verifyPassword', says, needs('verifyPassword'))
    }
  }
  const refused = [
    ['a wrong password', trials.drawPassword()],
    ['an empty password', new Secret('')],
  ] as const
  for (const [what, password] of refused) {
    const asked = await verify(trials, password, what)
    if (!asked.ok) continue
    if (asked.answer.ok) fails('verifyPassword', `${what} signs in`)
    else works('verifyPassword', `${what} does not (${asked.answer.because})`)
  }
}

const provesNone = 'this directory can not be asked whether a password is right'
const unknownWords = 'not tried: it takes a password that is known, and none could be set'

async function change(trials: Trials, next: Secret, owed: boolean): Promise<PasswordChange | null> {
  const { ask, routed, key, known } = trials
  const present = known()
  if (!('text' in present)) return null
  const passwords = { current: present.text, next, owed }
  const asked = await ask('changePassword', 'a change with the present password in hand fails', (signal) =>
    routed.directory.changePassword(key, passwords, signal),
  )
  if (asked.ok) return asked.answer
  if (asked.code === 'directory-outcome-unknown') await findOut(trials, { is: 'random', text: next })
  return null
}

async function tryToChange(trials: Trials): Promise<void> {
  const { begin, works, open, fails, known, learn, needs, routed } = trials
  begin('changePassword')
  if (!routed.directory.abilities.verifies) {
    open('changePassword', `not tried: ${provesNone}`, needs('verifyPassword'))
    return
  }
  if (!('text' in known())) {
    open('changePassword', unknownWords)
    return
  }
  const next = trials.drawPassword()
  const changed = () => {
    learn({ is: 'random', text: next })
    const who = routed.directory.abilities.changeAsUser
      ? 'as the person, so that the rules for people hold'
      : 'by the service account, after the present password was proven'
    works('changePassword', `a password is changed with the present one in hand, ${who}`)
  }
  const answer = await change(trials, next, false)
  if (answer === null) return
  if (answer.ok) {
    changed()
    return
  }
  if (answer.because !== 'password-too-young') {
    const more = { code: answer.because, ...needs('changePassword') }
    fails('changePassword', `a change: ${refusalWords[answer.because]}`, more)
    return
  }
  works('changePassword', 'the minimum age of passwords holds: another change so soon is refused')
  const owed = await change(trials, next, true)
  if (owed?.ok === true) {
    changed()
    works('changePassword', 'the minimum age is waived for somebody who was asked to change')
  } else if (owed !== null) {
    const says = 'the minimum age can not be waived for somebody who was asked to change'
    fails('changePassword', says, { code: owed.because, ...needs('minimumAge') })
  }
}

/** Tells by the present password, which every history has. */
async function tryHistory(trials: Trials): Promise<void> {
  const { begin, works, open, fails, known, needs, routed } = trials
  begin('history')
  const present = known()
  if (!('text' in present)) {
    open('history', unknownWords)
    return
  }
  const { abilities } = routed.directory
  const byReset = await trials.ask('history', 'the same password once more, by a reset, fails', (signal) =>
    routed.directory.setPassword(trials.key, present.text, signal),
  )
  if (byReset.ok) {
    const is = remembered(byReset.answer)
    if (is === 'yes') works('history', 'a reset does not take a password that was used before')
    else if (is === 'unclear') open('history', 'a reset was refused for another reason than the history')
    else if (abilities.history) {
      const says = 'a reset takes a password that was used before, although the configuration says otherwise'
      fails('history', says, needs('history'))
    } else open('history', 'a reset takes a password that was used before', needs('history'))
  }
  if (!abilities.changeAsUser || !abilities.verifies) return
  const byChange = await change(trials, present.text, true)
  if (byChange === null) return
  const is = remembered(byChange)
  if (is === 'yes') works('history', 'a change does not take a password that was used before')
  else if (is === 'unclear') open('history', 'a change was refused for another reason than the history')
  else open('history', 'a change takes a password that was used before: the directory keeps no history')
}

function remembered(answer: PasswordChange): 'yes' | 'no' | 'unclear' {
  if (answer.ok) return 'no'
  return ['password-in-history', 'password-unchanged'].includes(answer.because) ? 'yes' : 'unclear'
}

async function tryToUnlock(trials: Trials, lock: boolean): Promise<void> {
  const { begin, ask, works, open, fails, routed, key, known, needs } = trials
  begin('unlock')
  const { unlock, lockedIsVisible } = routed.directory.abilities
  if (!unlock) {
    open('unlock', 'this directory has no lock that could be lifted', needs('unlock'))
    return
  }
  const isLocked = lock ? await lockOut(trials) : false
  if (isLocked === null) return
  const asked = await ask('unlock', 'a lock can not be lifted', (signal) =>
    routed.directory.unlock(key, signal),
  )
  if (!asked.ok) return
  const { answer } = asked
  if (!answer.ok) {
    fails('unlock', refusalWords[answer.because], { code: answer.because, ...needs('unlock') })
    return
  }
  if (!isLocked) {
    works('unlock', 'the service account may lift a lock; none was there (--lock makes one first)')
    return
  }
  if (!answer.wasLocked && lockedIsVisible) {
    fails('unlock', 'the account was locked, and the unlock did not see it', needs('unlock'))
  }
  const present = known()
  if (!('text' in present)) {
    works('unlock', 'the lock is lifted; with which password is not known')
    return
  }
  const after = await verify(trials, present.text, 'the password after the unlock')
  if (!after.ok) return
  if (after.answer.ok) works('unlock', 'the lock is lifted, and the password signs in again')
  else {
    const says = `after the unlock the right password is taken for ${after.answer.because}`
    fails('unlock', says, needs('unlock'))
  }
}

/** Sends wrong passwords until it locks. False when it does not; null when that can't be told. */
async function lockOut(trials: Trials): Promise<boolean | null> {
  const { ask, works, open, routed, key } = trials
  if (!routed.directory.abilities.verifies) {
    open('unlock', `a lock can not be made: ${provesNone}`)
    return false
  }
  for (let tries = 1; tries <= wrongPasswordsMax; tries++) {
    const tried = await verify(trials, trials.drawPassword(), 'a wrong password')
    if (!tried.ok) return null
    const asked = await ask('unlock', 'whether it is locked can not be read', (signal) =>
      routed.directory.read(key, signal),
    )
    if (!asked.ok) return null
    if (asked.answer?.locked === true) {
      works('unlock', `it locks after ${counted(tries)}`)
      return true
    }
  }
  open('unlock', `it did not lock after ${counted(wrongPasswordsMax)}`)
  return false
}

const counted = (tries: number) => `${tries} wrong ${tries === 1 ? 'password' : 'passwords'}`

async function tryMustChange(trials: Trials): Promise<void> {
  const { begin, ask, works, open, fails, routed, key, known, needs } = trials
  begin('requireChange')
  const need = needs('requireChange')
  if (!routed.directory.abilities.mustChange) {
    open('requireChange', 'this directory has no mark "must change" that could be set', need)
    return
  }
  const asked = await ask('requireChange', 'the mark "must change" can not be set', (signal) =>
    routed.directory.requireChange(key, signal),
  )
  if (!asked.ok) return
  const { answer } = asked
  if (!answer.ok) {
    fails('requireChange', refusalWords[answer.because], { code: answer.because, ...need })
    return
  }
  const marked = await isMarked(trials)
  if (marked === null) return
  if (!marked) {
    fails('requireChange', 'the mark "must change" was set, and the entry does not show it', need)
    return
  }
  works('requireChange', 'the mark "must change" is set, and the entry shows it')
  const present = known()
  if ('text' in present && routed.directory.abilities.verifies) {
    const proven = await verify(trials, present.text, 'the password of a marked account')
    if (proven.ok && proven.answer.ok && proven.answer.mustChange) {
      works('requireChange', 'the right password of a marked account is told from a wrong one')
    } else if (proven.ok) {
      const says = 'the mark is there, and a sign-in hears nothing of it'
      fails('requireChange', says, need)
    }
  }
  if (!(await set(trials, 'a new password that takes the mark off'))) return
  if (await isMarked(trials)) {
    fails('requireChange', 'a new password leaves the mark, so people are asked to change twice', need)
  } else works('requireChange', 'a new password takes the mark off')
}

/** Null when it can't be read, which was told. */
async function isMarked({ ask, routed, key }: Trials): Promise<boolean | null> {
  const asked = await ask('requireChange', 'whether it is marked can not be read', (signal) =>
    routed.directory.read(key, signal),
  )
  return asked.ok ? (asked.answer?.password.mustChange ?? null) : null
}

async function setLast(trials: Trials, chosen: Secret | null): Promise<void> {
  const { begin, known } = trials
  begin('setPassword')
  // What could not be set before is not tried again, unless somebody waits for it.
  if (chosen === null && known().is === 'unchanged') return
  const what = chosen === null ? 'a last random password' : 'the password that was typed'
  if (await set(trials, what, chosen)) trials.works('setPassword', `${what} is set`)
}

async function leftAs({ routed, key, known }: Trials): Promise<LeftAs> {
  const entry = await routed.directory.read(key, AbortSignal.timeout(leftMilliseconds)).catch(() => null)
  return {
    password: known().is,
    locked: entry?.locked ?? null,
    mustChange: entry?.password.mustChange ?? null,
  }
}

const leftMilliseconds = 10_000
