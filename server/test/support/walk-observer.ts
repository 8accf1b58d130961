import type { MessageOrder } from '../../src/core/messages/ports.ts'
import { keepsPassword } from '../../src/core/recovery/flow.ts'
import type { Answered, Refused } from '../../src/core/recovery/index.ts'
import { after, leaseSeconds } from '../../src/core/recovery/rules.ts'
import type { WriteFate } from './memory-directory.ts'
import type { Mail, World } from './recovery-world.ts'

/**
 * Watches a walk from outside: it sees the mails that were ordered, the answers that are given and the writes that
 * reach the directory, and keeps its own account of who may write. It asks the core nothing. What happens within
 * one step may happen in any order, so a death counts from the next step on.
 */
export interface Observer {
  /** What must never happen and did, in words. */
  readonly violations: readonly string[]
  /** Before a password is given to a flow. Passwords are unique, so a write tells whose it is. */
  offers(password: string, flow: string): void
  clicked(token: string, answer: Answered | Refused): void
  typed(typed: { flow: string; code: string }, answer: Answered | Refused): void
  /** `key`: whose app it is; null for one that nobody has set up. */
  typedApp(typed: { flow: string; key: string | null; step: number }, answer: Answered | Refused): void
  arrived(write: { key: string; password: string; fate: WriteFate }): void
  answered(password: string, answer: Answered | Refused): void
  disavowed(mail: Mail, written: boolean): void
  withdrawn(invitation: string): void
  /** An operator ended everything of the account with this key. */
  endedAll(key: string): void
  activated(mail: Mail, answer: Answered | Refused): void
  /** Before a flow asks for a lock to be lifted. The directory is not told for which flow. */
  asksToUnlock(flow: string): void
  unlockArrived(unlock: { key: string }): void
  unlockAnswered(answer: Answered | Refused): void
  /** After every step. */
  stepIsOver(): void
  /** When nothing is under way any more. */
  looksBack(): void
}

/** A mail with link and code. */
export const isWayIn = ({ kind }: MessageOrder): boolean => kind === 'recovery' || kind === 'unlock'

const isOfPassword = (kind: MessageOrder['kind']): boolean =>
  kind === 'password-changed' || kind === 'account-activated'

const daySeconds = 86_400

/** `enrolled`: directory keys of those who have an app, which a mailbox alone must not bring back. */
export function makeObserver(world: World, enrolled: readonly string[] = []): Observer {
  const violations: string[] = []
  const { messages, events, flows, ledgers, waiting } = world.store.rows
  /** The account (directory key) whose mailbox was proven, by flow. */
  const proven = new Map<string, string>()
  /** Whose proofs a flow has, and of which kinds. */
  const given = new Map<string, { key: string; kinds: Set<'mailbox' | 'device'> }>()
  const appSteps = new Set<string>()
  /** Flows whose mails have been used. */
  const spent = new Set<string>()
  const offered = new Map<string, string>()
  /** When the directory was given a password that it shows, by its key; nobody has one before. */
  const firstShown = new Map<string, number>()
  /** Which flow's write without an answer may still be under way until when, by directory key. */
  const inTheAir = new Map<string, { flow: string; until: number }>()
  const wantsMoreUntil = new Map<string, number>()
  /** Invitations that were used, and those that were taken back. */
  const invitations = { used: new Set<string>(), withdrawn: new Set<string>() }
  /** Which invitation opened a flow. */
  const opened = new Map<string, string>()
  /** Flows that a withdrawal ended in this step. */
  const ended = new Set<string>()
  /** Flows that asked for a lock to be lifted, in this step. */
  const unlocking = new Set<string>()
  const versions = new Map<string, number>()
  const dead = { orders: new Set<string>(), flows: new Set<string>() }
  let before = {
    orders: [] as readonly MessageOrder[],
    flows: [] as readonly string[],
    at: world.clock.now(),
  }
  let killed = new Set<string>()

  const now = () => world.clock.now().getTime()
  const keyOf = (order: MessageOrder): string =>
    [...world.directory.people.values()].find(({ recoveryAddresses }) => recoveryAddresses.includes(order.to))
      ?.key ?? 'nobody'
  const isWritten = (flow: string) =>
    events.some((event) => event.name === 'password.written' && event.flow === flow)
  /** Whether Rekey wrote, or may have written, a password of the account before a moment. */
  const hasPassword = (subject: string, until: Date) =>
    events.some(
      ({ name, at, facts, ...event }) =>
        event.subject === subject &&
        at < until &&
        (['password.written', 'password.write-unexplained'].includes(name) ||
          facts['after'] === 'completion'),
    )
  const check = (holds: boolean, otherwise: string) => {
    if (!holds) violations.push(otherwise)
  }

  /** One kind is enough for most; two for who has an app, or has said "this was not me". */
  function give(flow: string, key: string, kind: 'mailbox' | 'device') {
    const before = given.get(flow) ?? { key, kinds: new Set() }
    check(before.key === key, 'the proofs of two people are in one flow')
    given.set(flow, { key, kinds: before.kinds.add(kind) })
    const need = enrolled.includes(key) || (wantsMoreUntil.get(key) ?? 0) > now() ? 2 : 1
    if (before.kinds.size >= need) proven.set(flow, key)
  }

  function accept(mail: Mail | undefined, flow: string, what: 'link' | 'code') {
    if (mail === undefined) {
      violations.push(`a ${what} was accepted that was never mailed`)
      return
    }
    const { order } = mail
    const origin = order.flow ?? ''
    check(!spent.has(origin), `a ${what} was accepted though the flow's mails had been used`)
    check(!dead.orders.has(order.id), `a ${what} was accepted that was dead`)
    check(now() < Date.parse(order.facts.validUntil ?? ''), `a ${what} was accepted too late`)
    check(
      !before.orders.some(
        (other) => isWayIn(other) && other.flow === origin && other.generation > order.generation,
      ),
      `a ${what} was accepted though a newer mail had replaced it`,
    )
    spent.add(origin)
    give(flow, keyOf(order), 'mailbox')
  }

  const mailWith = (fits: (mail: Mail) => boolean) =>
    world.mails.find((mail) => isWayIn(mail.order) && fits(mail))

  return {
    violations,
    offers: (password, flow) => offered.set(password, flow),
    clicked(token, answer) {
      if (answer.ok)
        accept(
          mailWith(({ link }) => link === token),
          answer.flow.id,
          'link',
        )
    },
    typed({ flow, code }, answer) {
      const fits = (mail: Mail) => mail.order.flow === flow && mail.code === code
      if (answer.ok) accept(mailWith(fits), flow, 'code')
    },
    typedApp({ flow, key, step }, answer) {
      if (!answer.ok) return
      if (key === null) {
        violations.push('a code of an app was accepted that nobody has')
        return
      }
      check(!appSteps.has(`${key} ${step}`), 'a code of an app was accepted twice')
      appSteps.add(`${key} ${step}`)
      give(flow, key, 'device')
    },
    arrived({ key, password, fate }) {
      const flow = offered.get(password) ?? ''
      check(proven.get(flow) === key, 'a password reached the directory without its proof')
      check(!dead.flows.has(flow), 'a dead flow wrote a password')
      const { kind } = [...flows.values()].find(({ id }) => id === flow) ?? {}
      check(kind !== 'unlock', 'a flow for a lock wrote a password')
      const other = inTheAir.get(key)
      // One that a probe found in force is over, also when its process died before it could say so.
      const isOver = other === undefined || other.until <= now() || isWritten(other.flow)
      check(isOver, 'a write began while another may have been under way')
      check(world.directory.people.get(key)?.disabled === false, 'a disabled account was written to')
      const isTaken =
        fate.is === 'written' || (fate.is === 'unanswered' && fate.applied) || fate.is === 'late'
      if (isTaken && !firstShown.has(key)) firstShown.set(key, now())
      const hasNoAnswer = fate.is === 'unanswered' || (fate.is === 'late' && fate.refused === undefined)
      if (hasNoAnswer) inTheAir.set(key, { flow, until: now() + leaseSeconds(world.rules) * 1_000 })
    },
    answered(password, answer) {
      const flow = offered.get(password) ?? ''
      const key = proven.get(flow)
      const isInForce = [...world.directory.passwords.values()].includes(password)
      if (answer.ok && answer.flow.state === 'accepted') {
        check(world.rules.acceptSeconds > 0, 'a password was accepted to wait that must not')
        return
      }
      if (answer.ok) {
        check(isInForce, 'a success was told that is none')
        check(answer.flow.state === 'completed', 'a success did not complete its flow')
        if (key !== undefined) {
          inTheAir.delete(key)
          killed.add(key)
        }
        return
      }
      const mayBe =
        answer.because === 'flow-ended' &&
        answer.flow.state === 'ended' &&
        ['outcome-unknown', 'disavowed'].includes(answer.flow.because)
      check(mayBe || !isInForce, `${answer.because} was told, and the password is in force`)
    },
    withdrawn(id) {
      invitations.withdrawn.add(id)
      for (const [flow, invitation] of opened) if (invitation === id) ended.add(flow)
    },
    endedAll: (key) => killed.add(key),
    activated({ order }, answer) {
      if (!answer.ok) return
      const id = order.invitation ?? 'none'
      check(order.kind === 'invitation', 'what is no invitation was accepted as one')
      check(!invitations.used.has(id), 'an invitation was accepted twice')
      check(!invitations.withdrawn.has(id), 'an invitation was accepted that had been taken back')
      check(now() < Date.parse(order.facts.validUntil ?? ''), 'an invitation was accepted too late')
      const sent = before.orders.filter(
        ({ kind, subject }) => kind === order.kind && subject === order.subject,
      )
      const newest = sent.at(-1)?.invitation
      const isOld = newest !== id && sent.some(({ invitation }) => invitation === id)
      check(!isOld, 'an invitation was accepted though a newer one had replaced it')
      check(!hasPassword(order.subject, before.at), 'an account was activated that had a password')
      invitations.used.add(id)
      opened.set(answer.flow.id, id)
      proven.set(answer.flow.id, keyOf(order))
    },
    asksToUnlock: (flow) => unlocking.add(flow),
    unlockArrived({ key }) {
      const may = [...unlocking].some((flow) => proven.get(flow) === key && !dead.flows.has(flow))
      check(may, 'a lock was lifted without its proof')
      check(world.directory.people.get(key)?.disabled === false, 'a disabled account was unlocked')
    },
    unlockAnswered(answer) {
      if (answer.ok) check(answer.flow.state === 'completed', 'an unlock did not complete its flow')
    },
    disavowed(mail, written) {
      const key = keyOf(mail.order)
      killed.add(key)
      if (written) wantsMoreUntil.set(key, now() + daySeconds * 1_000)
    },
    stepIsOver() {
      for (const order of before.orders) if (killed.has(keyOf(order))) dead.orders.add(order.id)
      for (const flow of before.flows) if (killed.has(proven.get(flow) ?? '')) dead.flows.add(flow)
      for (const flow of ended) dead.flows.add(flow)
      ended.clear()
      killed = new Set()
      unlocking.clear()
      before = { orders: [...messages], flows: [...proven.keys()], at: world.clock.now() }
      for (const [name, { tokenVersion }] of ledgers) {
        check(tokenVersion >= (versions.get(name) ?? 0), 'a token version went back')
        versions.set(name, tokenVersion)
      }
      for (const [name, flow] of flows) {
        check(
          keepsPassword(flow) === waiting.has(name),
          `a password is kept for a flow that is ${flow.state}`,
        )
      }
    },
    looksBack() {
      check(
        [...flows.values()].every(({ state }) => state !== 'writing' && state !== 'accepted'),
        'a write has no end that could be explained',
      )
      for (const order of messages.filter(isWayIn)) {
        const at = new Date(order.facts.at)
        const wasInvited = messages.some(
          ({ kind, subject, facts }) =>
            kind === 'invitation' && subject === order.subject && new Date(facts.at) < at,
        )
        const isShown = (firstShown.get(keyOf(order)) ?? Number.POSITIVE_INFINITY) <= at.getTime()
        const isOpen = !wasInvited || isShown || hasPassword(order.subject, after(at, 0.001))
        check(isOpen, 'recovery brought back an account that was never activated')
      }
      const count = (name: string, flow: string | null) =>
        events.filter((event) => event.name === name && event.flow === flow).length
      for (const event of events) {
        if (event.name === 'account.unlocked') {
          check(count('proof.accepted', event.flow) > 0, 'a lock was lifted without a recorded proof')
          const told = messages.filter(({ kind, flow }) => kind === 'account-unlocked' && flow === event.flow)
          const isNews = event.facts['outcome'] === 'unlocked'
          check(told.length >= (isNews ? 2 : 0), 'not every address was told of a lifted lock')
        }
        if (event.name !== 'password.written' && event.name !== 'flow.moved') continue
        check(count(event.name, event.flow) === 1, `${event.name} was recorded twice for one flow`)
        if (event.name === 'flow.moved') continue
        check(count('proof.accepted', event.flow) > 0, 'a password was written without a recorded proof')
        const told = messages.filter(({ kind, flow }) => isOfPassword(kind) && flow === event.flow)
        check(told.length === 2, 'not every address was told of a new password')
      }
    },
  }
}
