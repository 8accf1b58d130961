import { BlockList, isIP } from 'node:net'
import { type AsnResponse, type CityResponse, open, type Reader, type Response, validate } from 'maxmind'
import { languages } from '../../core/messages/index.ts'
import type { Place } from '../../core/messages/ports.ts'
import type { Point, Whereabouts } from '../../core/risk/index.ts'
import type { Geography } from '../../core/risk/ports.ts'
import { Fault } from '../../kernel/fault.ts'

/** Knows roughly where an address is. */
export interface Geo extends Geography {
  /**
   * City and country, or what is known of them; null when the address is not known. Rough on purpose and by nature:
   * it says whose request this may have been. `whereIs` is what risk goes by.
   */
  place(address: string): Place | null
}

/** A longer name is no name of a place; it would come from a file that somebody tampered with. */
const cityLengthMax = 64

const nowhere: Geo = { place: () => null, whereIs: () => 'absent' }

/**
 * Opens databases in the MaxMind DB format that the operator supplies: of cities (GeoLite2-City, DB-IP City Lite …), of
 * providers (GeoLite2-ASN …), or none. Files are held in memory as long as the process lives (GeoLite2-City: some 60 MB);
 * newer ones are read at the next start.
 *
 * @throws Fault `config-invalid` when a file can't be read or is something else.
 */
export async function openGeo(file: string | null, asnFile: string | null = null): Promise<Geo> {
  const [cities, providers] = [
    file === null ? null : await read<CityResponse>(file, { type: /City/i, what: 'city database' }),
    asnFile === null
      ? null
      : await read<AsnResponse>(asnFile, { type: /ASN/i, what: 'database of providers' }),
  ]
  if (cities === null && providers === null) return nowhere
  return {
    place(address) {
      if (cities === null || !validate(address)) return null
      const found = cities.get(address)
      return found === null ? null : placeOf(found)
    },
    whereIs(network) {
      const address = network.replace(/\/\d+$/, '')
      if (!validate(address)) return 'unknown'
      // Somebody inside the house is nowhere on the internet.
      if (special.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')) return 'absent'
      const city = cities?.get(address) ?? null
      const asn = providers?.get(address)?.autonomous_system_number
      return whereaboutsOf(city, asn)
    },
  }
}

/** Addresses that belong to no place: private, of this machine, of one link, behind a provider (RFC 6890). */
const special = new BlockList()
for (const [network, length] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  special.addSubnet(network, length, 'ipv4')
}
for (const [network, length] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  special.addSubnet(network, length, 'ipv6')
}

async function read<Found extends Response>(
  file: string,
  { type, what }: { type: RegExp; what: string },
): Promise<Reader<Found>> {
  try {
    const reader = await open<Found>(file)
    if (!type.test(reader.metadata.databaseType)) throw new Error(`type ${reader.metadata.databaseType}`)
    return reader
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `${file} is not a readable ${what}` })
  }
}

function whereaboutsOf(city: Partial<CityResponse> | null, asn: unknown): Whereabouts {
  return {
    country: countryOf(city?.country?.iso_code ?? city?.registered_country?.iso_code),
    asn: typeof asn === 'number' && Number.isSafeInteger(asn) ? asn : null,
    point: pointOf(city?.location),
  }
}

function pointOf(location: { latitude?: unknown; longitude?: unknown } | undefined): Point | null {
  const { latitude, longitude } = location ?? {}
  const isWithin = (degrees: unknown, max: number): degrees is number =>
    typeof degrees === 'number' && Math.abs(degrees) <= max
  return isWithin(latitude, 90) && isWithin(longitude, 180) ? { latitude, longitude } : null
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
