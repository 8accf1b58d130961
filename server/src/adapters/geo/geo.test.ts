import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Geo, openGeo } from './geo.ts'

type Value = string | number | { degrees: number } | { [key: string]: Value }

let folder: string
let geo: Geo

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-geo-'))
  const file = join(folder, 'city.mmdb')
  const copenhagen = {
    city: {
      names: { en: 'Copenhagen', de: 'Kopenhagen', es: 'Copenhague', fr: 'Copenhagen', ru: 'Копенгаген' },
    },
    country: { iso_code: 'DK', names: { en: 'Denmark', de: 'Dänemark' } },
  }
  await writeFile(
    file,
    aDatabaseFile('GeoLite2-City', [
      ['203.0.113.0', copenhagen],
      [
        '198.51.102.0',
        {
          country: { iso_code: 'SE' },
          location: { latitude: { degrees: 59.3 }, longitude: { degrees: 18.1 } },
        },
      ],
      ['198.51.103.0', { location: { latitude: { degrees: 990 }, longitude: { degrees: 18.1 } } }],
      ['198.51.100.0', { registered_country: { iso_code: 'FR' } }],
      ['198.51.101.0', { country: { iso_code: 'a country' }, city: { names: { de: 'Nur Deutsch' } } }],
      ['192.0.2.0', { city: { names: { en: 'x'.repeat(200) } } }],
      ['100.64.0.0', { city: { names: { en: 'Left\u202e\nRight' } } }],
    ]),
  )
  const providers = join(folder, 'providers.mmdb')
  await writeFile(
    providers,
    aDatabaseFile('GeoLite2-ASN', [['198.51.102.0', { autonomous_system_number: 64_512 }]]),
  )
  geo = await openGeo(file, providers)
})
afterAll(() => rm(folder, { recursive: true }))

describe('the rough place of an address', () => {
  it('is city and country', () => {
    expect(geo.place('203.0.113.77')).toMatchObject({ country: 'DK', city: { en: 'Copenhagen' } })
  })

  it('has the city’s names in languages of ours, and only those that say more than the English one', () => {
    expect(geo.place('203.0.113.77')?.city).toEqual({
      en: 'Copenhagen',
      de: 'Kopenhagen',
      es: 'Copenhague',
    })
  })

  it('is the country alone when the file knows no city', () => {
    expect(geo.place('198.51.100.1')).toEqual({ country: 'FR', city: null })
  })

  it('is unknown when the file has a country without a code and a city without an English name', () => {
    expect(geo.place('198.51.101.1')).toBeNull()
  })

  it.each(['9.9.9.9', '127.0.0.1', '2001:db8::1', '', 'not an address', '203.0.113.77, 1.1.1.1'])(
    'is unknown for %j',
    (address) => {
      expect(geo.place(address)).toBeNull()
    },
  )

  it('brings no oversized names, control characters or direction overrides into a mail', () => {
    expect(geo.place('192.0.2.1')).toBeNull()
    expect(geo.place('100.64.0.1')).toEqual({ country: null, city: { en: 'LeftRight' } })
  })

  it('is unknown everywhere without a file', async () => {
    expect((await openGeo(null)).place('203.0.113.77')).toBeNull()
  })
})

describe('the whereabouts of a network', () => {
  it('are country, provider and point', () => {
    const point = { latitude: 59.3, longitude: 18.1 }

    expect(geo.whereIs('198.51.102.7')).toEqual({ country: 'SE', asn: 64_512, point })
  })

  it('are what the files know of them, and nothing that can’t be', () => {
    expect(geo.whereIs('198.51.100.7')).toEqual({ country: 'FR', asn: null, point: null })
    expect(geo.whereIs('198.51.103.7')).toEqual({ country: null, asn: null, point: null })
    expect(geo.whereIs('2001:db8:0:1:0:0:0:0/64')).toEqual({ country: null, asn: null, point: null })
  })

  it('are not known of what is no address', () => {
    expect(geo.whereIs('unknown')).toBe('unknown')
  })

  it.each([
    '10.1.2.3',
    '172.31.0.9',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    'fd00:1:2:3:0:0:0:0/64',
    '0:0:0:0:0:0:0:0/64',
  ])('are none inside the house: %s', (network) => {
    expect(geo.whereIs(network)).toBe('absent')
  })

  it('are none without files', async () => {
    expect((await openGeo(null)).whereIs('198.51.102.7')).toBe('absent')
  })
})

describe('a geo file', () => {
  it('that is missing, broken or of another type is refused at the start', async () => {
    const broken = join(folder, 'broken.mmdb')
    const other = join(folder, 'asn.mmdb')
    await writeFile(broken, 'this is text')
    await writeFile(other, aDatabaseFile('GeoLite2-ASN', []))

    for (const file of [join(folder, 'missing.mmdb'), broken, other]) {
      await expect(openGeo(file)).rejects.toMatchObject({ code: 'config-invalid' })
    }
    for (const file of [broken, join(folder, 'city.mmdb')]) {
      await expect(openGeo(null, file)).rejects.toMatchObject({ code: 'config-invalid' })
    }
  })
})

/** Writes /24 networks in the MaxMind DB format 2.0 with 24-bit records: https://maxmind.github.io/MaxMind-DB/ */
function aDatabaseFile(type: string, networks: readonly (readonly [string, Value])[]): Buffer {
  const nodes: (number | string)[][] = [['empty', 'empty']]
  const sections: Buffer[] = []
  const offsets: number[] = []
  for (const [network, value] of networks) {
    offsets.push(Buffer.concat(sections).length)
    sections.push(encode(value))
    const bits = network
      .split('.')
      .slice(0, 3)
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
    let node = 0
    for (const [at, bit] of [...bits].entries()) {
      const side = Number(bit)
      const record = nodes[node] as (number | string)[]
      if (at === bits.length - 1) record[side] = `data ${offsets.length - 1}`
      else if (typeof record[side] === 'number') node = record[side]
      else {
        nodes.push(['empty', 'empty'])
        record[side] = nodes.length - 1
        node = nodes.length - 1
      }
    }
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [at, record] of nodes.entries()) {
    for (const side of [0, 1]) {
      const target = record[side]
      const index = typeof target === 'string' ? /\d+/.exec(target)?.[0] : undefined
      const data = index === undefined ? nodes.length : nodes.length + 16 + (offsets[Number(index)] ?? 0)
      tree.writeUIntBE(typeof target === 'number' ? target : data, at * 6 + side * 3, 3)
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: type,
    ip_version: 4,
    node_count: nodes.length,
    record_size: 24,
  })
  const marker = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')])
  return Buffer.concat([tree, Buffer.alloc(16), ...sections, marker, metadata])
}

function encode(value: Value): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (typeof value['degrees'] === 'number') {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(value['degrees'])
    return Buffer.concat([control(3, 8), bytes])
  }
  const entries = Object.entries(value)
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, inner]) => [encode(key), encode(inner)]),
  ])
}

const control = (type: number, size: number) =>
  size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29])
