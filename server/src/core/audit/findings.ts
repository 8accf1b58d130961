/** What is wrong with a copy of a log, one finding a row where rows can be told apart. */
export type FindingKind =
  /** The row's bytes are not those that were sealed. */
  | 'changed'
  /** A sealed row is gone. */
  | 'dropped'
  /** A sealed row, unchanged, lies where another belongs. */
  | 'moved'
  /** A row that was never sealed. */
  | 'inserted'
  /** Searches go by columns that say something else than the sealed entry. */
  | 'columns-changed'
  /** Rows and tree were rewritten together: the culprit is among these rows, more can't be said. */
  | 'rewritten'
  /** Rows and tree end before the checkpoint: the log was set back to an older state. */
  | 'truncated'
  /** The rows are as sealed, the stored hash of one is not. */
  | 'hash-changed'
  | 'tile-changed'
  /** A checkpoint beside the log that the log's key did not sign, or that can't be read. */
  | 'checkpoint-forged'
  /** The newest checkpoint beside the log is missing. */
  | 'checkpoint-dropped'
  /** The public key beside an export is not the one that is known from elsewhere, nor one that it handed over to. */
  | 'key-changed'
  /** The log tells of a change of keys that the old key did not vouch for. */
  | 'handover-forged'
  /** Something could not even be read. */
  | 'damaged'
  /** There are more findings than are worth listing. */
  | 'more'

export interface Finding {
  kind: FindingKind
  /** The leaf index where the row belongs; for an inserted one, where it lies. */
  leaf: number | null
  /** The last leaf of a run, when the finding speaks of several. */
  to: number | null
  /** For `moved`: where it lies now. */
  at: number | null
  /** The event's id as the row tells it; null when the row is gone. */
  event: string | null
  /** For `rewritten`: the ids in the run, at most 1000. */
  events: readonly string[]
  /** The checkpoint that contradicts it, and where that is held. */
  contradicts: string | null
  detail: string | null
}

export const finding = (kind: FindingKind, facts: Partial<Omit<Finding, 'kind'>> = {}): Finding => ({
  kind,
  leaf: null,
  to: null,
  at: null,
  event: null,
  events: [],
  contradicts: null,
  detail: null,
  ...facts,
})

/** A place where a copy's row and the sealed hash do not fit. */
export interface Suspect {
  leaf: number
  /** The sealed hash at this leaf; null where the sealed log has none. */
  expected: Uint8Array | null
  /** The row that lies there; null where there is none. */
  actual: { hash: Uint8Array; event: string | null } | null
}

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/**
 * Explains suspects. Every event has an id of its own, so leaf hashes are unique and a row that was only moved is
 * recognised by its hash; what is left is changed, inserted or dropped.
 */
export function explain(suspects: readonly Suspect[]): Finding[] {
  const belongsAt = new Map<string, number>()
  for (const { leaf, expected } of suspects) if (expected !== null) belongsAt.set(hex(expected), leaf)
  const present = new Set<number>()
  const moved: Finding[] = []
  const strangers: Suspect[] = []
  for (const suspect of suspects) {
    if (suspect.actual === null) continue
    const home = belongsAt.get(hex(suspect.actual.hash))
    if (home === undefined || present.has(home)) strangers.push(suspect)
    else {
      present.add(home)
      moved.push(finding('moved', { leaf: home, at: suspect.leaf, event: suspect.actual.event }))
    }
  }
  const named = strangers.map((suspect) => stranger(suspect, present))
  const changed = new Set(named.filter(({ kind }) => kind === 'changed').map(({ leaf }) => leaf))
  const dropped = suspects
    .filter(({ leaf, expected }) => expected !== null && !present.has(leaf) && !changed.has(leaf))
    .map(({ leaf }) => finding('dropped', { leaf }))
  return [...named, ...dropped, ...runs(moved)].sort((a, b) => (a.leaf ?? 0) - (b.leaf ?? 0))
}

function stranger({ leaf, expected, actual }: Suspect, present: ReadonlySet<number>): Finding {
  const stands = expected !== null && !present.has(leaf)
  return finding(stands ? 'changed' : 'inserted', { leaf, event: actual?.event ?? null })
}

/** One row taken out makes all later ones move up by one; that is one finding, not a million. */
function runs(moved: readonly Finding[]): Finding[] {
  const result: Finding[] = []
  for (const next of moved.toSorted((a, b) => (a.leaf ?? 0) - (b.leaf ?? 0))) {
    const last = result.at(-1)
    if (last !== undefined && continues(last, next)) {
      result[result.length - 1] = { ...last, to: next.leaf }
    } else {
      result.push(next)
    }
  }
  return result
}

const continues = (run: Finding, next: Finding): boolean =>
  run.leaf !== null &&
  run.at !== null &&
  next.leaf === (run.to ?? run.leaf) + 1 &&
  next.at === run.at + (next.leaf - run.leaf)

/** One sentence for a person. */
export function findingText(one: Finding): string {
  const place =
    one.to === null || one.to === one.leaf ? `leaf ${one.leaf}` : `leaves ${one.leaf} to ${one.to}`
  const event = one.event === null ? '' : ` (event ${one.event})`
  const against = one.contradicts === null ? '' : `; contradicts ${one.contradicts}`
  return `${sentences[one.kind](one, place)}${event}${against}.`
}

const sentences: Record<FindingKind, (one: Finding, place: string) => string> = {
  changed: (_, place) => `${place} was changed after it was sealed`,
  dropped: (_, place) => `${place} was removed`,
  moved: ({ at }, place) => `${place} was moved to ${at}`,
  inserted: (_, place) => `${place} was never sealed`,
  'columns-changed': (_, place) => `the search columns of ${place} do not say what the sealed entry says`,
  rewritten: ({ events }, place) =>
    `${place} were rewritten together with the tree; one or more of these events: ${events.join(', ')}`,
  truncated: (_, place) => `${place} are gone: the log was set back to an older state`,
  'hash-changed': (_, place) => `the stored hash of ${place} was changed, the event itself is as sealed`,
  'tile-changed': ({ detail }) => `${detail} of the stored tree was changed`,
  'checkpoint-forged': ({ detail }) => `${detail}`,
  'checkpoint-dropped': ({ detail }) => `${detail}`,
  'key-changed': ({ detail }) => `${detail}`,
  'handover-forged': ({ detail }) => `${detail}`,
  damaged: ({ detail }) => `${detail}`,
  more: ({ detail }) => `${detail} are affected`,
}
