import { Fault } from '../../kernel/fault.ts'
import type { KeyMeeting, Resealed, SealedPlace } from './ports.ts'

export interface ResealDeps {
  places: readonly SealedPlace[]
  meeting: Pick<KeyMeeting, 'keepResealing' | 'resealed'>
  /** The data key that this process writes with. */
  active(): string
}

/**
 * Brings everything that lies under an older data key under this one, which is written with. That it is done is noted
 * only when nothing cut it off and this process still writes with that key.
 *
 * @throws Fault `config-invalid` when this process lacks a key that another one must have
 */
export const makeResealAll =
  ({ places, meeting, active }: ResealDeps) =>
  async (key: string, options: { signal: AbortSignal; progress(rows: number): void }): Promise<Resealed> => {
    const total = { resealed: 0, unreadable: 0 }
    const progress = async (rows: number) => {
      options.progress(rows)
      await meeting.keepResealing(key)
    }
    // Vital ones first: who lacks a key finds out before going through everything else.
    for (const place of places.toSorted((a, b) => Number(b.isVital) - Number(a.isVital))) {
      const { resealed, unreadable } = await place.reseal({ signal: options.signal, progress })
      if (place.isVital && unreadable > 0) {
        throw new Fault('config-invalid', {
          detail:
            'no key of keys.data opens what no node can start without: give this node the ring that the others have',
        })
      }
      total.resealed += resealed
      total.unreadable += unreadable
    }
    if (!options.signal.aborted && active() === key) await meeting.resealed(key)
    return total
  }
