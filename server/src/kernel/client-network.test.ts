import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clientAddress,
  networkKey,
  networksAround,
  normalizeAddress,
  readTrustedProxies,
} from './client-network.ts'

const proxies = readTrustedProxies(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7'])
const client = (peer: string | undefined, forwardedFor?: string) => clientAddress(peer, forwardedFor, proxies)

describe('the address of a client', () => {
  it.each([
    ['nobody forwards', '198.51.100.9', undefined, '198.51.100.9'],
    ['a stranger claims another one', '198.51.100.9', '203.0.113.5', '198.51.100.9'],
    ['a stranger claims to be a proxy', '198.51.100.9', '10.0.0.1', '198.51.100.9'],
    ['a trusted proxy names it', '10.1.2.3', '203.0.113.5', '203.0.113.5'],
    ['two trusted proxies name it', '10.1.2.3', '203.0.113.5, 10.9.9.9', '203.0.113.5'],
    ['it wrote something of its own in front', '10.1.2.3', '1.1.1.1, 203.0.113.5, 10.9.9.9', '203.0.113.5'],
    ['it wrote a trusted address in front', '10.1.2.3', '10.6.6.6, 203.0.113.5', '203.0.113.5'],
    ['all are proxies', '10.1.2.3', '10.0.0.5', '10.0.0.5'],
    ['the socket maps IPv4 into IPv6', '::ffff:10.1.2.3', '203.0.113.5', '203.0.113.5'],
    ['the header maps IPv4 into IPv6', '10.1.2.3', '::ffff:cb00:7105', '203.0.113.5'],
    ['the proxy speaks IPv6', '2001:db8:1:0::9', '2001:DB8:2::5', '2001:db8:2:0:0:0:0:5'],
    ['the proxy writes ports', '10.1.2.3', '203.0.113.5:4711', '203.0.113.5'],
    ['the proxy writes brackets and ports', '10.1.2.3', '[2001:db8:2::5]:4711', '2001:db8:2:0:0:0:0:5'],
    ['a single address is trusted', '192.0.2.7', '203.0.113.5', '203.0.113.5'],
    ['its neighbour is not', '192.0.2.8', '203.0.113.5', '192.0.2.8'],
    ['garbage stands where it should', '10.1.2.3', '203.0.113.5, unknown', '10.1.2.3'],
    ['garbage stands further left', '10.1.2.3', '<script>, 203.0.113.5', '203.0.113.5'],
    ['the header is empty', '10.1.2.3', '', '10.1.2.3'],
    ['the header is commas', '10.1.2.3', ',,,', '10.1.2.3'],
    ['the socket carries a zone', 'fe80::1%eth0', undefined, 'fe80:0:0:0:0:0:0:1'],
  ])('when %s', (_, peer, forwardedFor, expected) => {
    expect(client(peer, forwardedFor)).toBe(expected)
  })

  it('is unknown when the socket has none', () => {
    expect(client(undefined, '203.0.113.5')).toBeNull()
    expect(client('', '203.0.113.5')).toBeNull()
    expect(client('not an address', '203.0.113.5')).toBeNull()
  })

  it('is never taken from what the client wrote, whatever it writes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (written) => {
        expect(client('10.1.2.3', `${written}, 203.0.113.5`)).toBe('203.0.113.5')
        expect(client('203.0.113.5', written)).toBe('203.0.113.5')
      }),
    )
  })

  it('does not read a header without end', () => {
    expect(client('10.1.2.3', '10.0.0.1,'.repeat(1_000_000))).toBe('10.1.2.3')
    expect(client('10.1.2.3', `203.0.113.5${',10.0.0.1'.repeat(1_000)}`)).toBe('10.0.0.1')
  })
})

describe('trusted proxies', () => {
  it.each([
    '',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '0.0.0.0/0',
    '::/129',
    '10.0.0',
  ])('are not read from %j', (network) => {
    expect(() => readTrustedProxies([network])).toThrow(expect.objectContaining({ code: 'config-invalid' }))
  })
})

describe('the network that requests are counted by', () => {
  it('is the whole address in IPv4, however it is written', () => {
    expect(networkKey('203.0.113.5')).toBe('203.0.113.5')
    expect(networkKey('::ffff:203.0.113.5')).toBe('203.0.113.5')
  })

  it('is the /64 in IPv6, or what the operator says', () => {
    expect(networkKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2:0:0:0:0/64')
    expect(networkKey('2001:DB8:1:2::9')).toBe(networkKey('2001:db8:1:2:3:4:5:6'))
    expect(networkKey('2001:db8:1:2::9')).not.toBe(networkKey('2001:db8:1:3::9'))
    expect(networkKey('2001:db8:1234:5678::9', 56)).toBe('2001:db8:1234:5600:0:0:0:0/56')
    expect(networkKey('2001:db8::9', 128)).toBe('2001:db8:0:0:0:0:0:9/128')
  })

  it('is the same for every spelling of one address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const normal = normalizeAddress(address)

        expect(normal).not.toBeNull()
        expect(normalizeAddress(normal ?? '')).toBe(normal)
        expect(normalizeAddress(address.toUpperCase())).toBe(normal)
        expect(networkKey(address)).toBe(networkKey(normal ?? ''))
      }),
    )
  })
})

describe('what lies around a network', () => {
  it('is a /24 and a /16 of IPv4, a /48 and a /32 of IPv6, and nothing of nowhere', () => {
    expect(networksAround(networkKey('203.0.113.5'))).toEqual(['203.0.113.0/24', '203.0.0.0/16'])
    expect(networksAround(networkKey('2001:db8:1:2::9'))).toEqual([
      '2001:db8:1:0:0:0:0:0/48',
      '2001:db8:0:0:0:0:0:0/32',
    ])
    expect(networksAround('unknown')).toEqual([])
  })
})
