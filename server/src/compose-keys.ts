import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { adminRequestColumn } from './adapters/stores/admin-requests.ts'
import { agentServerKeyColumn } from './adapters/stores/agents/index.ts'
import type { AuditStore } from './adapters/stores/audit/index.ts'
import { makeKeyMeeting, namesKeyColumn, readNamesKey } from './adapters/stores/key-rings/index.ts'
import { checkDataKey, sealedColumns, tokenKeyUse } from './adapters/stores/recovery/index.ts'
import { sealedPlace } from './adapters/stores/resealing.ts'
import { type Keys, openKeys } from './config/key-rings.ts'
import { addKey, dropKeys } from './config/ring-file.ts'
import type { Config, KeysConfig } from './config/schema.ts'
import {
  type KeyKeeping,
  type KeyMeeting,
  makeCountUse,
  makeKeyKeeping,
  makeKeySchedule,
  makeResealAll,
  ringNames,
  type ScheduledRing,
  troubleText,
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

/** The two things that are done with everything that lies under keys, for the service and the command line. */
export function keyWork(
  { keys, sealer, meeting }: InstalledKeys,
  database: Kysely<unknown>,
  audit: AuditStore,
) {
  const columns = [
    ...sealedColumns(sealer),
    namesKeyColumn(sealer),
    audit.wrappedKeys,
    adminRequestColumn(sealer),
    agentServerKeyColumn(sealer),
  ]
  const places = columns.map((column) => sealedPlace(database, column))
  return {
    resealAll: makeResealAll({ places, meeting, active: () => sealer.keyId }),
    countUse: makeCountUse({
      rings: keys.rings,
      tokenUse: (key) => tokenKeyUse(database, key),
      places,
      logsToHandOver: () => audit.logsBefore(keys.audit.current()),
    }),
  }
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
  const work = keyWork(installed, database, audit)
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
    const done = await work.resealAll(key, options)
    if (done.resealed > 0) log.info({ ...done, key }, 'sealed anew under the present data key')
    if (done.unreadable > 0) log.error({ ...done, key }, 'no key of the ring opens some of what is sealed')
  }
  opening.use(startSweeper({ sweep: reseal, everyMs: resealEveryMs, warn: warn('resealing failed') }))
  opening.defer(() => stopping.abort())
  if (config.keys === null) return
  const schedule = makeKeySchedule({
    rings: scheduledRings(config.keys, installed.keys, outside),
    meeting: installed.meeting,
    countUse: work.countUse,
    now: outside.now,
    added: (ring, key) => log.info({ ring, key }, 'added a key to its ring'),
    dropped: (ring, keys) => log.info({ ring, keys }, 'took out keys that nothing needs any more'),
  })
  opening.use(
    startSweeper({ sweep: schedule, everyMs: scheduleEveryMs, warn: warn('keys can not be rotated') }),
  )
}

function scheduledRings(config: KeysConfig, { rings }: Keys, outside: Outside): ScheduledRing[] {
  return ringNames.flatMap((name) => {
    const { ringFile: path, rotateEveryDays: everyDays } = config[name]
    if (path === undefined || everyDays === undefined) return []
    const add: ScheduledRing['add'] = (from, after) => addKey(name, { path, from, outside, after })
    return [{ name, ring: rings[name], everyDays, add, drop: (ids) => dropKeys(name, path, ids) }]
  })
}
