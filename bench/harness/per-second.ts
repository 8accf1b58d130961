/** How many keys a second are done with, so many at once; each once. */
export async function perSecond(
  { keys, atOnce }: { keys: readonly string[]; atOnce: number },
  work: (key: string) => Promise<void>,
): Promise<number> {
  const waiting = [...keys]
  const one = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await work(key)
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, one))
  return keys.length / ((performance.now() - began) / 1_000)
}

/** Rounds of both sides in turns, the baseline first. */
export async function inTurns(
  { rounds, keys, atOnce }: { rounds: number; keys: readonly string[]; atOnce: number },
  sides: Record<'resets' | 'alone', (key: string, password: string) => Promise<void>>,
): Promise<Record<'resets' | 'alone', number[]>> {
  const measured = { resets: new Array<number>(), alone: new Array<number>() }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of ['alone', 'resets'] as const) {
      const password = `violet tundra kettle ${side} ${round}`
      measured[side].push(await perSecond({ keys, atOnce }, (key) => sides[side](key, password)))
    }
  }
  return measured
}
