/** What is kept in a ring each: see `keys` in the configuration. */
export const ringNames = ['token', 'data', 'audit'] as const
export type RingName = (typeof ringNames)[number]

/** A key as nodes speak of it: never its bytes. */
export interface KnownKey {
  /** A digest; the same in every place the key is kept in. */
  id: string
  /** The moment from which it may be written with. */
  from: Date
}

/** A ring of this process that can turn while it runs. */
export interface TurningRing {
  /** Keys that can be written with, oldest first; never empty. */
  keys(): readonly KnownKey[]
  /** The id of the key that is written with. */
  active(): string
  /** Writes with this key from now on; one that the ring does not have is ignored. */
  use(id: string): void
  /** Looks whether the place the ring is kept in has changed. Throws `config-invalid` and stays as it was. */
  reload(): void
}

/** What the nodes of an installation know of one ring. */
export interface RingSeen {
  /** By the database's clock. */
  now: Date
  /** The key that all write with; null before the first start. */
  active: string | null
  /** Keys that were written with and then replaced, in this ring or a newer state of it. */
  retired: readonly string[]
  /** Other nodes that have shown themselves lately, with the keys they know. */
  others: readonly { node: string; ids: readonly string[] }[]
}

/** Since when a key was written with, and until when. Kept after the key is gone. */
export interface RingRecord {
  ring: RingName
  id: string
  activeAt: Date
  /** Null for the one that is written with. */
  retiredAt: Date | null
  /** When nothing was left that lies under an older key; data keys only. */
  resealedAt: Date | null
}

/** Where nodes meet to agree on keys. */
export interface KeyMeeting {
  /**
   * Says which keys this node knows and learns what the others do, ring by ring; what `choose` returns is written with
   * by all from then on. One node at a time.
   */
  meet(
    node: string,
    known: Readonly<Record<RingName, readonly string[]>>,
    choose: (ring: RingName, seen: RingSeen) => string | null,
  ): Promise<void>
  /** This node stops: nobody waits for it any more. */
  leave(node: string): Promise<void>
  records(): Promise<readonly RingRecord[]>
  /** Nodes that have shown themselves lately, with the keys they know. */
  nodes(): Promise<readonly { node: string; ring: RingName; ids: readonly string[] }[]>
  /**
   * Takes on bringing everything under the data key that is written with, for the next minute; null when that is done,
   * when another node is at it, or when a node may not have turned its ring yet.
   */
  claimResealing(): Promise<string | null>
  /** Goes on for another minute. */
  keepResealing(id: string): Promise<void>
  /** Notes that nothing lies under a key older than this data key any more. */
  resealed(id: string): Promise<void>
}

/** How many things need each key, by ring and id. */
export type KeyUse = Readonly<Record<RingName, ReadonlyMap<string, number>>>

export interface Resealed {
  resealed: number
  /** Rows that no key of the ring opens. They stay as they are. */
  unreadable: number
}

/** Something that lies under data keys. */
export interface SealedPlace {
  /** A node that can't open it does not start, so one that can't must not be the one that says that all is done. */
  isVital: boolean
  /** Brings it under the key that is written with. Cut off at any point, it is simply run again. */
  reseal(options: { signal: AbortSignal; progress(rows: number): unknown }): Promise<Resealed>
  /** How many rows lie under this key. */
  under(key: string): Promise<number>
}
