import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { AuditStore } from './adapters/stores/audit/index.ts'
import { makeKeyMeeting, readNamesKey, resealNamesKey } from './adapters/stores/key-rings/index.ts'
import {
  checkDataKey,
  resealDataKeyWord,
  sealedColumns,
  tokenKeyUse,
} from './adapters/stores/recovery/index.ts'
import { type Resealed, resealColumn, rowsUnder } from './adapters/stores/resealing.ts'
import { type Keys, openKeys } from './config/key-rings.ts'
import { addKey, dropKeys } from './config/ring-file.ts'
import type { Config, KeysConfig } from './config/schema.ts'
import {
  type KeyKeeping,
  type KeyMeeting,
  type KeyTrouble,
  makeKeyKeeping,
  type RingName,
  ringNames,
  rotationIsDue,
  statesOf,
} from './core/keys/index.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { newId } from './kernel/ids.ts'
import type { Outside } from './kernel/outside.ts'
import { makeSealer, type Sealer } from './kernel/seal.ts'

/** The keys of this installation, and what they are used for, as far as the database knows. */
export interface InstalledKeys {
  keys: Keys
  /** Seals what is personal in flows and mails. */
  sealer: Sealer
  meeting: KeyMeeting
}

export const openInstalledKeys = (
  config: Config,
  database: Kysely<unknown>,
  outside: Outside,
): InstalledKeys => {
  const keys = openKeys(config.keys, join(config.data, 'keys'), outside)
  return { keys, sealer: makeSealer(keys.data, 'recovery', outside), meeting: makeKeyMeeting(database) }
}

/** Turns the rings to what all nodes write with, without taking part in the choice. */
export async function turnAsAgreed({ keys, meeting }: InstalledKeys): Promise<void> {
  for (const { ring, id, retiredAt } of await meeting.records()) {
    if (retiredAt === null) keys.rings[ring].use(id)
  }
}

/**
 * Makes sure that this node can read what the database holds, and agrees with the other nodes on what to write with.
 * @throws Fault `config-invalid` when the data key is not one of this database
 */
export async function settleKeys(
  installed: InstalledKeys,
  { database, outside, log }: { database: Kysely<unknown>; outside: Outside; log: Logger },
): Promise<{ keeping: KeyKeeping; namesKey: Uint8Array }> {
  const { keys, sealer, meeting } = installed
  await turnAsAgreed(installed)
  await checkDataKey(database, sealer)
  const namesKey = await readNamesKey(database, sealer, outside)
  const keeping = makeKeyKeeping({
    node: `${hostname()}/${newId(outside)}`,
    rings: keys.rings,
    meeting,
    turned: (ring, key) => log.info({ ring, key }, 'another key is written with'),
    warn: (trouble) => log.warn({ trouble }, troubleText(trouble)),
  })
  await keeping.round()
  return { keeping, namesKey }
}

function troubleText(trouble: KeyTrouble): string {
  switch (trouble.is) {
    case 'unreadable':
      return `the ${trouble.ring} keys can't be read anew, so they stay as they were`
    case 'missing':
      return `other nodes write with a ${trouble.ring} key that this node does not have: give it the same ring; until then it is not ready`
    case 'waiting':
      return `a new ${trouble.ring} key is not written with yet, because other nodes do not have it: give them the same ring`
    case 'returned':
      return `an older ${trouble.ring} key is written with again, which a newer one had replaced: if an old ring file was put back, put the newest back or rotate`
  }
}

export interface ResealDeps {
  database: Kysely<unknown>
  installed: Pick<InstalledKeys, 'sealer' | 'meeting'>
  audit: Pick<AuditStore, 'wrappedKeys'>
}

/** Brings everything that lies under an older data key under the one that is written with. */
export async function resealAll(
  { database, installed, audit }: ResealDeps,
  key: string,
  options: { signal: AbortSignal; progress(rows: number): void },
): Promise<Resealed> {
  const { sealer, meeting } = installed
  const total = { resealed: 0, unreadable: 0 }
  const progress = async (rows: number) => {
    options.progress(rows)
    await meeting.keepResealing(key)
  }
  for (const column of [...sealedColumns(sealer), audit.wrappedKeys]) {
    const done = await resealColumn(database, column, { signal: options.signal, progress })
    total.resealed += done.resealed
    total.unreadable += done.unreadable
  }
  if (await resealDataKeyWord(database, sealer)) total.resealed += 1
  if (await resealNamesKey(database, sealer)) total.resealed += 1
  const isWhole = !options.signal.aborted && sealer.keyId === key
  if (isWhole) await meeting.resealed(key)
  return total
}

/** How many things need each key, by ring and id. */
export async function keyUse({
  database,
  keys,
  audit,
}: {
  database: Kysely<unknown>
  keys: Keys
  audit: AuditStore
}): Promise<Record<(typeof ringNames)[number], Map<string, number>>> {
  const use = {
    token: new Map<string, number>(),
    data: new Map<string, number>(),
    audit: new Map<string, number>(),
  }
  for (const { id } of keys.rings.token.keys()) use.token.set(id, await tokenKeyUse(database, id))
  const columns = [
    { table: 'flow', column: 'sealed' },
    { table: 'message', column: 'sealed' },
    { table: 'disavowal', column: 'sealed' },
    { table: 'installation', column: 'sealed' },
    { table: 'names_key', column: 'sealed' },
    audit.wrappedKeys,
  ]
  for (const { id } of keys.rings.data.keys()) {
    let rows = 0
    for (const column of columns) rows += await rowsUnder(database, column, id)
    use.data.set(id, rows)
  }
  const notHandedOver = await audit.logsBefore(keys.audit.current())
  for (const { id } of keys.rings.audit.keys()) use.audit.set(id, notHandedOver)
  return use
}

const keepEveryMs = 5_000
const resealEveryMs = 15_000
const scheduleEveryMs = 60_000

/** What goes on with keys while the service runs: looking for new ones, resealing, rotating when it is due. */
export function keepKeys(deps: {
  config: Config
  installed: InstalledKeys
  keeping: KeyKeeping
  database: Kysely<unknown>
  audit: AuditStore
  outside: Outside
  log: Logger
  opening: AsyncDisposableStack
}): void {
  const { config, installed, keeping, database, audit, outside, log, opening } = deps
  const stopping = new AbortController()
  const warn = (what: string) => (error: unknown) => log.error({ err: error }, what)
  // The first time for a change that was made while nothing ran.
  let handsOver = true
  const keep = async () => {
    const turned = await keeping.round()
    handsOver ||= turned.includes('audit')
    if (handsOver) await audit.handOver()
    handsOver = false
  }
  opening.use(startSweeper({ sweep: keep, everyMs: keepEveryMs, warn: warn('keys can not be kept') }))
  const reseal = async () => {
    const key = await installed.meeting.claimResealing()
    if (key === null || key !== installed.sealer.keyId) return
    const options = { signal: stopping.signal, progress: () => undefined }
    const done = await resealAll({ database, installed, audit }, key, options)
    if (done.resealed + done.unreadable > 0)
      log.info({ ...done, key }, 'sealed anew under the present data key')
  }
  opening.use(startSweeper({ sweep: reseal, everyMs: resealEveryMs, warn: warn('resealing failed') }))
  opening.defer(() => stopping.abort())
  if (config.keys === null) return
  const schedule = makeKeySchedule({ keys: config.keys, installed, database, audit, outside, log })
  opening.use(
    startSweeper({ sweep: schedule, everyMs: scheduleEveryMs, warn: warn('keys can not be rotated') }),
  )
}

/** The next key comes this long before it is written with, so that it is in every node's ring by then. */
const graceMs = 5 * 60_000

/** Adds the next key to rings whose newest one is old enough, and takes out what nothing needs any more. */
const makeKeySchedule =
  (deps: {
    keys: KeysConfig
    installed: InstalledKeys
    database: Kysely<unknown>
    audit: AuditStore
    outside: Outside
    log: Logger
  }) =>
  async (): Promise<void> => {
    const { keys, installed, database, audit, outside, log } = deps
    for (const ring of ringNames) {
      const { ringFile: path, rotateEveryDays } = keys[ring]
      if (path === undefined || rotateEveryDays === undefined) continue
      const known = installed.keys.rings[ring].keys()
      const newest = known.at(-1)
      if (newest === undefined || !rotationIsDue(newest, rotateEveryDays, outside.now())) continue
      // Nodes that do not share the file would each draw a key of their own.
      if (!(await allKnow(installed.meeting, ring, newest.id))) continue
      const from = new Date(outside.now().getTime() + graceMs)
      const added = addKey(ring, { path, from, outside, after: newest.id })
      if (added !== null) log.info({ ring, key: added.id }, 'added a key to its ring')
    }
    const use = await keyUse({ database, keys: installed.keys, audit })
    const records = await installed.meeting.records()
    for (const ring of ringNames) {
      const { ringFile: path, rotateEveryDays } = keys[ring]
      if (path === undefined || rotateEveryDays === undefined) continue
      const states = statesOf(ring, installed.keys.rings[ring].keys(), {
        records,
        use: use[ring],
        now: outside.now(),
      })
      const unneeded = states.filter(({ need }) => need === null).map(({ id }) => id)
      if (unneeded.length === 0) continue
      dropKeys(ring, path, unneeded)
      log.info({ ring, keys: unneeded }, 'took out keys that nothing needs any more')
    }
  }

async function allKnow(meeting: KeyMeeting, ring: RingName, key: string): Promise<boolean> {
  const nodes = await meeting.nodes()
  return nodes.every((node) => node.ring !== ring || node.ids.includes(key))
}
