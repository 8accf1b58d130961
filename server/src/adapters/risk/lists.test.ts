import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { networkKey } from '../../kernel/client-network.ts'
import { openMailboxLists } from './mailbox-lists.ts'
import { openNetworkLists } from './network-lists.ts'
import { makeRanges, readRange } from './ranges.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-lists-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function aFile(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const rangesOf = (...texts: string[]) =>
  makeRanges(texts.map((text) => readRange(text)).filter((range) => range !== null))

describe('ranges of networks', () => {
  it('have the addresses that one of their networks has, and no other', () => {
    const byte = fc.integer({ min: 0, max: 3 })
    const network = fc.record({
      bytes: fc.tuple(byte, byte, byte, byte),
      length: fc.integer({ min: 0, max: 32 }),
    })
    const number = (bytes: readonly number[]) => bytes.reduce((all, one) => all * 256 + one, 0)
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 12 }),
        fc.tuple(byte, byte, byte, byte),
        (networks, address) => {
          const ranges = rangesOf(...networks.map(({ bytes, length }) => `${bytes.join('.')}/${length}`))
          const isIn = networks.some(({ bytes, length }) => {
            const size = 2 ** (32 - length)
            return Math.floor(number(bytes) / size) === Math.floor(number(address) / size)
          })

          expect(ranges.has(networkKey(address.join('.')))).toBe(isIn)
        },
      ),
    )
  })

  it('are the same whatever their order, and joined where they touch', () => {
    expect(rangesOf('10.0.1.0/24', '10.0.0.0/24', '10.0.0.128/25').size).toBe(1)
    expect(rangesOf('10.0.0.0/24', '10.0.2.0/24').size).toBe(2)
  })

  it('take an IPv6 address for its network, as requests are counted', () => {
    const ranges = rangesOf('2001:db8:1::/48', '2001:db8:2:3::4', '::ffff:192.0.2.9')

    expect(ranges.has(networkKey('2001:db8:1:ffff::1'))).toBe(true)
    expect(ranges.has(networkKey('2001:db8:2:3::ffff'))).toBe(true)
    expect(ranges.has(networkKey('2001:db8:2:4::4'))).toBe(false)
    expect(ranges.has(networkKey('192.0.2.9'))).toBe(true)
    expect(ranges.has('unknown')).toBe(false)
  })

  it.each(['10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/', 'host.example', ''])(
    'are not made of %j',
    (text) => {
      expect(readRange(text)).toBeNull()
    },
  )
})

describe('lists of networks', () => {
  it('say which labels a network has, by address and by provider, for the tenants that name them', async () => {
    const tor = await aFile('tor.txt', '# exits\n203.0.113.7\n\n')
    const servers = await aFile('servers.txt', 'AS64512 ; a company\r\n198.51.100.0/24\r\n')
    const tenants = [
      {
        id: 'one',
        lists: [{ label: 'tor', file: tor } as const, { label: 'hosting', file: servers } as const],
      },
      { id: 'two', lists: [] },
    ]
    const lists = await openNetworkLists(tenants, () => undefined)
    const rest = { vpn: 'absent', reputation: 'absent', own: 'absent' }

    expect(lists.labelsOf('one', '203.0.113.7', null)).toEqual({ tor: true, hosting: false, ...rest })
    expect(lists.labelsOf('one', '198.51.100.9', null)).toEqual({ tor: false, hosting: true, ...rest })
    expect(lists.labelsOf('one', '192.0.2.1', 64_512)).toEqual({ tor: false, hosting: true, ...rest })
    expect(lists.labelsOf('one', 'unknown', null)).toEqual({ tor: 'unknown', hosting: 'unknown', ...rest })
    expect(Object.values(lists.labelsOf('two', '203.0.113.7', null))).toEqual(Array(5).fill('absent'))
  })

  it('are taken up again when their file has changed, and kept when it can’t be read', async () => {
    const file = await aFile('changing.txt', '192.0.2.0/24\n')
    const warnings: unknown[] = []
    const lists = await openNetworkLists([{ id: 't', lists: [{ label: 'tor', file }] }], (error) =>
      warnings.push(error),
    )
    const isTor = (network: string) => lists.labelsOf('t', network, null).tor
    await aFile('changing.txt', '198.51.100.0/24\n')
    await lists.refresh()
    const taken = [isTor('192.0.2.1'), isTor('198.51.100.1')]
    await aFile('changing.txt', '198.51.100.0/24\nnonsense\n')
    await utimes(file, 1, 1)
    await lists.refresh()

    expect(taken).toEqual([false, true])
    expect(isTor('198.51.100.1')).toBe(true)
    expect(warnings).toMatchObject([{ detail: `${file}: line 2 is no entry of this list` }])
  })

  it('are refused at the start with file and line', async () => {
    const file = await aFile('broken.txt', '192.0.2.0/24\n\nnot a network\n')
    const opened = openNetworkLists([{ id: 't', lists: [{ label: 'vpn', file }] }], () => undefined)

    await expect(opened).rejects.toMatchObject({
      code: 'config-invalid',
      detail: `${file}: line 3 is no entry of this list`,
    })
  })
})

describe('lists of lost mailboxes', () => {
  it('have addresses and digests of addresses, however they are written', async () => {
    const digest = '39f2b0c720afb91f8d1058eacd9a56f2cee2a0535cc810a46a0b531e6cdd1c08'
    const file = await aFile('mailboxes.txt', `Ada@Example.org\n${digest.toUpperCase()}\n`)
    const lists = await openMailboxLists(
      [
        { id: 'one', file },
        { id: 'two', file: null },
      ],
      () => undefined,
    )

    expect(lists.has('one', 'ada@example.org')).toBe(true)
    expect(lists.has('one', 'EVE@example.org')).toBe(true)
    expect(lists.has('one', 'bob@example.org')).toBe(false)
    expect(lists.has('two', 'ada@example.org')).toBe('absent')
  })

  it('are refused with a line that is neither', async () => {
    const file = await aFile('names.txt', 'ada\n')

    await expect(openMailboxLists([{ id: 't', file }], () => undefined)).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })
})
