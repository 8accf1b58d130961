import type { KeyUse, RingName, SealedPlace, TurningRing } from './ports.ts'

export interface KeyUseDeps {
  rings: Readonly<Record<RingName, Pick<TurningRing, 'keys'>>>
  /** How many flows, mails and disavowals need a token key. */
  tokenUse(key: string): Promise<number>
  places: readonly SealedPlace[]
  /** How many logs are not handed over to the newest signing key yet: they need every older one. */
  logsToHandOver(): Promise<number>
}

/** How many things need each key. */
export const makeCountUse =
  ({ rings, tokenUse, places, logsToHandOver }: KeyUseDeps) =>
  async (): Promise<KeyUse> => {
    const waiting = await logsToHandOver()
    return {
      token: await counted(rings.token, tokenUse),
      data: await counted(rings.data, async (key) => {
        let rows = 0
        for (const place of places) rows += await place.under(key)
        return rows
      }),
      audit: await counted(rings.audit, async () => waiting),
    }
  }

async function counted(
  ring: Pick<TurningRing, 'keys'>,
  count: (key: string) => Promise<number>,
): Promise<ReadonlyMap<string, number>> {
  const use = new Map<string, number>()
  for (const { id } of ring.keys()) use.set(id, await count(id))
  return use
}
