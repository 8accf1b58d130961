import { type CityResponse, open, type Reader, validate } from 'maxmind'
import { languages } from '../../core/messages/index.ts'
import type { Place } from '../../core/messages/ports.ts'
import { Fault } from '../../kernel/fault.ts'

/** Knows roughly where an address is. */
export interface Geo {
  /**
   * City and country, or what is known of them; null when the address is not known. Rough on purpose and by nature:
   * it says whose request this may have been, and nothing may be decided by it.
   */
  place(address: string): Place | null
}

/** A longer name is no name of a place; it would come from a file that somebody tampered with. */
const cityLengthMax = 64

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
    place(address) {
      if (!validate(address)) return null
      const found = reader.get(address)
      return found === null ? null : placeOf(found)
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
function placeOf(found: Partial<CityResponse>): Place | null {
  const country = countryOf(found.country?.iso_code ?? found.registered_country?.iso_code)
  const city = cityOf(found.city?.names)
  return country === null && city === null ? null : { country, city }
}

const countryOf = (code: unknown): string | null =>
  typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null

/** Most cities have one name in most languages: only those that differ from the English one are kept. */
function cityOf(names: object | undefined): Place['city'] {
  const table = (names ?? {}) as Readonly<Record<string, unknown>>
  const en = cleanName(table['en'])
  if (en === null) return null
  const others = Object.keys(languages).flatMap((language) => {
    const name = cleanName(table[language])
    return name === null || name === en ? [] : [[language, name] as const]
  })
  return { ...Object.fromEntries(others), en }
}

function cleanName(name: unknown): string | null {
  if (typeof name !== 'string') return null
  const clean = name.replace(/[\p{Cc}\p{Cf}]/gu, '').trim()
  return clean === '' || clean.length > cityLengthMax ? null : clean
}
