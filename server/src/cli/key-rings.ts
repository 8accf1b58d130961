import type { Environment } from '../config/environment.ts'
import { loadConfig } from '../config/load.ts'
import { addKey, dropKeys } from '../config/ring-file.ts'
import type { KeysConfig } from '../config/schema.ts'
import { type KeyState, type RingName, ringNames } from '../core/keys/index.ts'
import { Fault } from '../kernel/fault.ts'
import type { Outside } from '../kernel/outside.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import { demoKeepsItsKeys } from './keys.ts'

/** What the command line asks of the installation's keys; never a key itself. */
export interface OpenedKeys extends AsyncDisposable {
  /** Ring by ring, oldest key first. */
  states(): Promise<readonly KeyState[]>
  /** Nodes that run, with the ids of the keys they have. */
  nodes(): Promise<readonly { node: string; ring: RingName; ids: readonly string[] }[]>
  /** Brings everything under the data key that is written with. */
  reseal(progress: (rows: number) => void): Promise<{ key: string; resealed: number; unreadable: number }>
}

interface Said {
  json: boolean
  terminal: Terminal
}

export interface RotateCommand extends Said {
  /** A ring, or `all`. */
  ring: string
  /** How long until the new key is written with, such as `5m`. */
  after: string
  env: Environment
  outside: Outside
}

/**
 * `rekey keys rotate`: adds the next key to a ring file. The running service takes it up by itself; nothing is restarted
 * and nothing is asked of the database.
 */
export function keysRotate({ ring, after, env, outside, json, terminal }: RotateCommand): ExitCode {
  const keys = installedKeys(env)
  const from = new Date(outside.now().getTime() + milliseconds(after))
  const paths = ringsNamed(ring).map((name) => ({ name, path: pathOf(keys, name) }))
  const added = paths.map(({ name, path }) => {
    const key = addKey(name, { path, from, outside })
    if (key === null) throw new Fault('config-invalid', { detail: `${path} holds no key` })
    return { ring: name, key: key.id, from: key.from.toISOString(), file: path }
  })
  if (json) terminal.out(JSON.stringify({ ok: true, added }, null, 2))
  else {
    for (const { ring: name, key, from: moment, file } of added) {
      terminal.out(
        `${name}: ${key} is in ${file} and is written with from ${moment}, once all nodes have it.`,
      )
    }
    terminal.err(
      'Nodes that do not share the file need a copy of it; `rekey keys list` says who has which key.',
    )
  }
  return exitCodes.ok
}

/** `rekey keys list`: what every key is doing, and what still needs it. */
export async function keysList(opened: OpenedKeys, { json, terminal }: Said): Promise<ExitCode> {
  const states = await opened.states()
  const nodes = await opened.nodes()
  const lacking = (state: KeyState) =>
    nodes.filter(({ ring, ids }) => ring === state.ring && !ids.includes(state.id)).map(({ node }) => node)
  if (json) {
    const keys = states.map((state) => ({ ...state, nodesWithout: lacking(state) }))
    terminal.out(JSON.stringify({ ok: true, keys }, null, 2))
    return exitCodes.ok
  }
  for (const state of states) {
    const without = lacking(state)
    const missing = without.length === 0 ? '' : `; not known to ${without.join(', ')}`
    terminal.out(`${state.ring.padEnd(6)} ${state.id}  ${stateText(state)}${missing}`)
  }
  return exitCodes.ok
}

/** `rekey keys prune`: takes out of the ring files what nothing needs any more. */
export async function keysPrune(
  opened: OpenedKeys,
  { env, json, terminal }: Said & { env: Environment },
): Promise<ExitCode> {
  const keys = installedKeys(env)
  const unneeded = (await opened.states()).filter(
    ({ need, ring }) => need === null && keys[ring].ringFile !== undefined,
  )
  for (const { ring, id } of unneeded) dropKeys(ring, pathOf(keys, ring), [id])
  const dropped = unneeded.map(({ ring, id }) => ({ ring, key: id }))
  if (json) terminal.out(JSON.stringify({ ok: true, dropped }, null, 2))
  else if (dropped.length === 0) terminal.out('Every key is still needed, or was a day ago.')
  else for (const { ring, key } of dropped) terminal.out(`${ring}: ${key} is gone.`)
  return exitCodes.ok
}

export interface ForgetCommand extends Said {
  ring: string
  key: string
  /** Also when something needs it. */
  force: boolean
  env: Environment
}

/** `rekey keys forget`: takes one key out, for a key that somebody else may have. */
export async function keysForget(opened: OpenedKeys, command: ForgetCommand): Promise<ExitCode> {
  const { ring, key, force, env, json, terminal } = command
  const state = (await opened.states()).find((one) => one.ring === ring && one.id === key)
  if (state === undefined) throw new Fault('config-invalid', { detail: `the ${ring} ring has no key ${key}` })
  const because =
    state.need === 'active' ? stateText(state) : state.need !== null && !force ? stateText(state) : null
  if (because !== null) {
    const hint =
      state.need === 'active'
        ? 'Rotate first.'
        : 'With --force it goes all the same, and what needs it is lost.'
    const message = `${key} stays: ${because}. ${hint}`
    if (json) terminal.out(JSON.stringify({ ok: false, error: { code: 'key-needed', message } }, null, 2))
    else terminal.err(message)
    return exitCodes.wrong
  }
  dropKeys(state.ring, pathOf(installedKeys(env), state.ring), [key])
  if (json) terminal.out(JSON.stringify({ ok: true, dropped: [{ ring, key }] }, null, 2))
  else terminal.out(`${ring}: ${key} is gone.`)
  return exitCodes.ok
}

/** `rekey keys reseal`: brings everything that lies under an older data key under the present one, now. */
export async function keysReseal(opened: OpenedKeys, { json, terminal }: Said): Promise<ExitCode> {
  let looked = 0
  const done = await opened.reseal((rows) => {
    const before = looked
    looked += rows
    if (Math.floor(before / progressStep) < Math.floor(looked / progressStep)) {
      terminal.err(`${looked.toLocaleString('en')} rows looked at`)
    }
  })
  const ok = done.unreadable === 0
  if (json) terminal.out(JSON.stringify({ ok, ...done }, null, 2))
  else {
    terminal.out(
      `${done.resealed.toLocaleString('en')} of ${looked.toLocaleString('en')} rows were sealed anew under ${done.key}.`,
    )
    if (!ok)
      terminal.err(
        `${done.unreadable.toLocaleString('en')} rows are sealed under keys that are not in the ring.`,
      )
  }
  return ok ? exitCodes.ok : exitCodes.wrong
}

const progressStep = 10_000

function installedKeys(env: Environment): KeysConfig {
  const { keys } = loadConfig(env).config
  if (keys !== null) return keys
  throw new Fault('config-invalid', { detail: demoKeepsItsKeys })
}

function pathOf(keys: KeysConfig, ring: RingName): string {
  const path = keys[ring].ringFile
  if (path !== undefined) return path
  throw new Fault('config-invalid', {
    detail: `keys.${ring} names its keys one by one; only a ring file (keys.${ring}.ringFile) can be rotated like this: \`rekey keys rings\` makes one of them`,
  })
}

function ringsNamed(ring: string): readonly RingName[] {
  const found = ringNames.filter((name) => ring === 'all' || name === ring)
  if (found.length > 0) return found
  throw new Fault('config-invalid', { detail: `there is no ring "${ring}": name token, data, audit or all` })
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function milliseconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return Number(count) * (units[unit] ?? 0)
  throw new Fault('config-invalid', { detail: `"${text}" is no time: write 90s, 5m, 2h or 1d` })
}

/** As the rest of a sentence that begins with the key. */
function stateText({ need, from, activeAt, retiredAt, use }: KeyState): string {
  const until = retiredAt === null ? '' : ` until ${retiredAt.toISOString()}`
  switch (need) {
    case 'active':
      return `is written with since ${activeAt?.toISOString() ?? 'the start'}`
    case 'coming':
      return `is written with from ${from.toISOString()} on, once all nodes have it`
    case 'young':
      return `was written with${until}, less than 25 hours ago`
    case 'used':
      return `was written with${until}; ${use ?? 'some'} things still need it`
    case null:
      return `was written with${until}; nothing needs it any more`
  }
}
