import type { ListLabel } from '../facts.ts'
import type { Chance } from './chance.ts'
import { type Network, networkIn, type Visit, type World } from './world.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

type Attack = (chance: Chance, world: World, share: number) => Visit[]

/** Every kind that is mixed into the month. */
export const attacks: readonly Attack[] = [
  sprayingFromServers,
  guessingAtOneAccount,
  takenPhoneNumbers,
  takenMailboxes,
  slowBotnet,
  colleagues,
]

const from = (
  chance: Chance,
  { cities }: World,
  { key, provider, labels = [] }: { key: string; provider: number; labels?: readonly ListLabel[] },
): Network => networkIn(chance.oneOf(cities), { key, provider, labels })

const sometime = (chance: Chance, { begin, days }: World): number =>
  begin.getTime() + chance.share() * days * dayMs

const times = (count: number): readonly number[] =>
  Array.from({ length: Math.round(count) }, (_, index) => index)

/** A few rented servers, hundreds of names each, within an hour or two; some passwords fit. */
function sprayingFromServers(chance: Chance, world: World, share: number): Visit[] {
  return times(3).flatMap((wave) => {
    const begin = sometime(chance, world)
    return times(4).flatMap((server) => {
      const labels: ListLabel[] = chance.is(0.8) ? ['hosting'] : chance.is(0.5) ? ['tor'] : []
      const network = from(chance, world, { key: `server/${wave}/${server}`, provider: 8, labels })
      const program = chance.is(0.7) ? 'program' : 'unusual'
      return times(120 * share).map(
        (attempt): Visit => ({
          at: new Date(begin + (attempt + chance.share()) * ((90 / (120 * share)) * minuteMs)),
          network,
          person: chance.oneOf(world.people),
          device: null,
          automation: program,
          label: 'attack',
          kind: 'spraying',
          steps: chance.is(0.03) ? 1 : 0,
          failed: 0,
        }),
      )
    })
  })
}

/** One account, one line, try after try. */
function guessingAtOneAccount(chance: Chance, world: World, share: number): Visit[] {
  return times(18 * share).flatMap((number) => {
    const begin = sometime(chance, world)
    const person = chance.oneOf(world.people)
    const place = { key: `guesser/${number}`, provider: chance.whole(1, 4) }
    // Who guesses at one person often knows them.
    const network = chance.is(0.5) ? networkIn(person.city, place) : from(chance, world, place)
    const automation = chance.is(0.4) ? 'unusual' : 'browser'
    return times(chance.whole(6, 14)).map(
      (attempt): Visit => ({
        at: new Date(begin + attempt * 3 * minuteMs),
        network,
        person,
        device: null,
        automation,
        label: 'attack',
        kind: 'guessing',
        steps: chance.is(0.05) ? 1 : 0,
        failed: attempt,
      }),
    )
  })
}

/** Who has somebody's number gets texts, and often mails that are reset by text: two steps. Most call from the same country. */
function takenPhoneNumbers(chance: Chance, world: World, share: number): Visit[] {
  return times(25 * share).map((number): Visit => {
    const person = chance.oneOf(world.people)
    const isNear = chance.is(0.6)
    const key = `swapper/${number}`
    const network = isNear
      ? networkIn(person.city, { key, provider: 4 })
      : from(chance, world, { key, provider: 4 })
    return {
      at: new Date(sometime(chance, world)),
      network,
      person,
      device: null,
      automation: 'browser',
      label: 'attack',
      kind: 'taken-number',
      steps: 2,
      failed: chance.whole(0, 1),
    }
  })
}

/** Who reads somebody's mails passes one step. Most hide where they are. */
function takenMailboxes(chance: Chance, world: World, share: number): Visit[] {
  return times(60 * share).map((number): Visit => {
    const lost = world.people.filter(({ isOnList }) => isOnList)
    const person = chance.is(0.6) && lost.length > 0 ? chance.oneOf(lost) : chance.oneOf(world.people)
    const network = chance.is(0.4)
      ? chance.oneOf(world.vpns)
      : from(chance, world, {
          key: `reader/${number}`,
          provider: chance.is(0.3) ? 8 : chance.whole(1, 4),
          labels: chance.is(0.3) ? ['hosting'] : [],
        })
    return {
      at: new Date(sometime(chance, world)),
      network,
      person,
      device: null,
      automation: chance.is(0.15) ? 'unusual' : 'browser',
      label: 'attack',
      kind: 'taken-mailbox',
      steps: 1,
      failed: 0,
    }
  })
}

/** Other people's home routers, one try each, all month long: no count ever notices. */
function slowBotnet(chance: Chance, world: World, share: number): Visit[] {
  return times(700 * share).map((number): Visit => {
    const person = chance.oneOf(world.people)
    const place = {
      key: `router/${number}`,
      provider: chance.whole(1, 4),
      labels: chance.is(0.35) ? (['reputation'] as const) : [],
    }
    return {
      at: new Date(sometime(chance, world)),
      network: chance.is(0.5) ? networkIn(person.city, place) : from(chance, world, place),
      person,
      device: null,
      automation: chance.is(0.4) ? 'unusual' : 'browser',
      label: 'attack',
      kind: 'slow-botnet',
      steps: chance.is(0.04) ? 1 : 0,
      failed: 0,
    }
  })
}

/** Somebody at the same office, with a browser of their own and a look into an open mailbox. No signal sees much of it. */
function colleagues(chance: Chance, world: World, share: number): Visit[] {
  return times(12 * share).map((number): Visit => {
    const day = Math.floor(chance.share() * world.days)
    return {
      at: new Date(world.begin.getTime() + day * dayMs + (9 + chance.share() * 8) * 60 * minuteMs),
      network: world.office,
      person: chance.oneOf(world.people),
      device: `device/colleague/${number}`,
      automation: 'browser',
      label: 'attack',
      kind: 'colleague',
      steps: 1,
      failed: 0,
    }
  })
}
