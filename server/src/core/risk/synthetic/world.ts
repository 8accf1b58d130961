import type { AutomationHint, ListLabel, Whereabouts } from '../facts.ts'
import type { Label } from '../recording.ts'
import type { Chance } from './chance.ts'

export interface Network extends Whereabouts {
  key: string
  labels: readonly ListLabel[]
}

export interface Person {
  subject: string
  home: Network
  mobile: Network
  city: City
  devices: readonly string[]
  /** How many steps of proof they can pass. */
  steps: number
  isPrivileged: boolean
  mailbox: string
  /** Their mailbox is on a list of lost ones, whether or not somebody uses it. */
  isOnList: boolean
  /** Comes by a VPN that they pay for. */
  vpn: Network | null
  journey: { from: number; to: number; network: Network } | null
}

/** Somebody asks for an account. */
export interface Visit {
  at: Date
  network: Network
  person: Person
  device: string | null
  automation: AutomationHint
  label: Label
  kind: string
  steps: number
  /** Proofs of this account that failed within the last day. */
  failed: number
}

export interface World {
  people: readonly Person[]
  cities: readonly City[]
  office: Network
  vpns: readonly Network[]
  /** First day of the month, midnight; people were there for two weeks before. */
  begin: Date
  days: number
}

export interface City {
  name: string
  country: string
  latitude: number
  longitude: number
  /** Base of the numbers of its providers. */
  asn: number
}

/** Where the people of the made-up company live, and some more places to travel to and to be attacked from. */
const cities: readonly City[] = [
  ['Copenhagen', 'DK', 55.7, 12.6],
  ['Aarhus', 'DK', 56.2, 10.2],
  ['Odense', 'DK', 55.4, 10.4],
  ['Berlin', 'DE', 52.5, 13.4],
  ['Hamburg', 'DE', 53.6, 10],
  ['Munich', 'DE', 48.1, 11.6],
  ['Amsterdam', 'NL', 52.4, 4.9],
  ['London', 'GB', 51.5, -0.1],
  ['New York', 'US', 40.7, -74],
  ['Singapore', 'SG', 1.4, 103.8],
  ['Sao Paulo', 'BR', -23.6, -46.6],
  ['Lagos', 'NG', 6.5, 3.4],
  ['Jakarta', 'ID', -6.2, 106.8],
  ['Kyiv', 'UA', 50.5, 30.5],
].map(([name, country, latitude, longitude], index) => ({
  name: String(name),
  country: String(country),
  latitude: Number(latitude),
  longitude: Number(longitude),
  asn: 64_512 + index * 10,
}))

const homeCities = cities.slice(0, 6)
export const expectedCountries = ['DK', 'DE']

const at = ({ country, latitude, longitude }: City) => ({ country, point: { latitude, longitude } })

export const networkIn = (
  city: City,
  { key, provider, labels = [] }: { key: string; provider: number; labels?: readonly ListLabel[] },
): Network => ({ key, ...at(city), asn: city.asn + provider, labels })

/** So many addresses do the people of one mobile provider share, in each city. */
const sharedMobileNetworks = 12

export function makeWorld(
  chance: Chance,
  { people: count, begin, days }: { people: number; begin: Date; days: number },
): World {
  const vpns = cities.flatMap((city) =>
    [0, 1].map((number) =>
      networkIn(city, {
        key: `vpn/${city.name}/${number}`,
        provider: 7,
        labels: number === 0 ? ['vpn'] : [],
      }),
    ),
  )
  const [capital] = homeCities
  if (capital === undefined) throw new RangeError('a world has cities')
  return {
    people: Array.from({ length: count }, (_, index) => aPerson(chance, index, { vpns, days })),
    cities,
    office: networkIn(capital, { key: 'office', provider: 0, labels: ['own'] }),
    vpns,
    begin,
    days,
  }
}

function aPerson(
  chance: Chance,
  index: number,
  { vpns, days }: { vpns: readonly Network[]; days: number },
): Person {
  const city = chance.oneOf(homeCities)
  const from = chance.whole(0, days)
  const stay = chance.oneOf(cities)
  return {
    subject: `person/${index}`,
    city,
    home: networkIn(city, { key: `home/${index}`, provider: chance.whole(1, 3) }),
    mobile: networkIn(city, {
      key: `mobile/${city.name}/${chance.whole(1, sharedMobileNetworks)}`,
      provider: 4,
    }),
    devices: Array.from({ length: chance.whole(1, 3) }, (_, device) => `device/${index}/${device}`),
    steps: chance.is(0.08) ? 1 : chance.is(0.3) ? 3 : 2,
    isPrivileged: chance.is(0.02),
    mailbox: `mailbox/${index}`,
    isOnList: chance.is(0.04),
    vpn: chance.is(0.08) ? chance.oneOf(vpns) : null,
    journey: chance.is(0.08)
      ? {
          from,
          to: from + chance.whole(2, 6),
          network: networkIn(stay, { key: `hotel/${stay.name}/${index}`, provider: 5 }),
        }
      : null,
  }
}
