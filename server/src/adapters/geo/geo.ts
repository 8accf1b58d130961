import { type CityResponse, open, type Reader, validate } from 'maxmind'
import { Fault } from '../../kernel/fault.ts'

/** Knows roughly where an address is. */
export interface Geo {
  /**
   * "Copenhagen, Denmark", or only the country, in `locale` where the file has it and else in English; null when
   * the address is not known. Rough on purpose and by nature: it says whose request this may have been, and
   * nothing may be decided by it.
   */
  place(address: string, locale?: string): string | null
}

/** A longer name is no name of a place; it would come from a file that somebody tampered with. */
const placeLengthMax = 100

const nowhere: Geo = { place: () => null }

/**
 * Opens a city database in the MaxMind DB format (GeoLite2-City, DB-IP City Lite …) that the operator supplies,
 * or none. The file is held in memory as long as the process lives (GeoLite2-City: some 60 MB); a newer one is
 * read at the next start.
 *
 * @throws Fault `config-invalid` when the file can't be read or is something else.
 */
export async function openGeo(file: string | null): Promise<Geo> {
  if (file === null) return nowhere
  const reader = await read(file)
  return {
    place(address, locale = 'en') {
      if (!validate(address)) return null
      const found = reader.get(address)
      return found === null ? null : nameOf(found, locale)
    },
  }
}

async function read(file: string): Promise<Reader<CityResponse>> {
  try {
    const reader = await open<CityResponse>(file)
    if (!/City/i.test(reader.metadata.databaseType)) throw new Error(`type ${reader.metadata.databaseType}`)
    return reader
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `${file} is not a readable city database` })
  }
}

/** A file may lack any of these, whatever its type promises. */
function nameOf(found: Partial<CityResponse>, locale: string): string | null {
  const country = nameIn(found.country?.names ?? found.registered_country?.names, locale)
  const city = nameIn(found.city?.names, locale)
  const place = [city, country].filter((name) => name !== null).join(', ')
  return place === '' || place.length > placeLengthMax ? null : place
}

function nameIn(names: object | undefined, locale: string): string | null {
  const table = (names ?? {}) as Readonly<Record<string, unknown>>
  const language = locale.split('-')[0] ?? locale
  const name = [locale, language, 'en'].map((key) => table[key]).find((text) => typeof text === 'string')
  if (typeof name !== 'string') return null
  return name.replace(/[\p{Cc}\p{Cf}]/gu, '').trim() || null
}
