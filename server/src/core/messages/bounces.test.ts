import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeyRing, makeKeyRing } from '../../kernel/keys.ts'
import { makeReturnPaths, readDeliveryStatus } from './bounces.ts'
import { isPlainMailbox } from './delivery-address.ts'

const key = (fill: number) => ({ id: `k${fill}`, bytes: new Uint8Array(32).fill(fill) })
const pathsUnder = (keys = makeKeyRing(key(1)), tenants: readonly string[] = ['northwind', 'contoso']) =>
  makeReturnPaths({ keys, domain: 'Bounces.example.test', tenants })
const ref = { tenant: 'contoso', id: '01jd9z6m3k8q4v5w6x7y8z9abc' }

describe('the return path of a message', () => {
  it('is one plain mailbox that leads back to it, whatever case it comes back in', () => {
    const path = pathsUnder().of(ref)

    expect(isPlainMailbox(path)).toBe(true)
    expect(pathsUnder().read(path)).toEqual(ref)
    expect(pathsUnder().read(path.toUpperCase())).toEqual(ref)
  })

  it('is still known after the key was rotated, and not once that key is gone', () => {
    const old = pathsUnder(makeKeyRing(key(1))).of(ref)

    expect(pathsUnder(makeKeyRing(key(2), [key(1)])).read(old)).toEqual(ref)
    expect(pathsUnder(makeKeyRing(key(2))).read(old)).toBeNull()
  })

  it('is made and known under the keys that the ring has now, whatever it had when the process started', () => {
    let ring = makeKeyRing(key(1))
    const turning: KeyRing = {
      get current() {
        return ring.current
      },
      get all() {
        return ring.all
      },
      find: (id) => ring.find(id),
    }
    const running = pathsUnder(turning)
    const old = running.of(ref)

    ring = makeKeyRing(key(2), [key(1)])
    const restarted = pathsUnder(makeKeyRing(key(2)))
    expect(restarted.read(running.of(ref))).toEqual(ref)
    expect(running.read(restarted.of(ref))).toEqual(ref)
    expect(running.read(old)).toEqual(ref)

    ring = makeKeyRing(key(2))
    expect(running.read(old)).toBeNull()
  })

  it('can’t be made for another message, another tenant, another domain or without the key', () => {
    const path = pathsUnder().of(ref)

    expect(pathsUnder(undefined, ['northwind']).read(path)).toBeNull()
    expect(pathsUnder().read(path.replace('01jd', '01je'))).toBeNull()
    expect(pathsUnder().read(path.replace('example.test', 'evil.test'))).toBeNull()
    fc.assert(
      fc.property(
        fc.nat({ max: path.length - 1 }),
        fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
        (at, letter) => {
          const changed = path.slice(0, at) + letter + path.slice(at + 1)
          fc.pre(changed.toLowerCase() !== path)

          expect(pathsUnder().read(changed)).toBeNull()
        },
      ),
    )
  })
})

describe('a delivery status', () => {
  const status = (recipient: string) => `Reporting-MTA: dns; mx.example.test\r\n\r\n${recipient}`

  it.each([
    ['Action: failed\r\nStatus: 5.1.1\r\n', { action: 'failed', status: '5.1' }],
    ['action: DELAYED\nstatus: 4.4.7\n', { action: 'delayed', status: '4.4' }],
    ['Action: failed (bounced)\nStatus: 5.7.1 (policy)\n', { action: 'failed', status: '5.7' }],
    ['Action: failed\n', { action: 'failed', status: '5.0' }],
    ['Action: failed\nStatus: 5.999.1\n', { action: 'failed', status: '5.0' }],
    [
      'Action: relayed\nStatus: 2.0.0\n\nAction: failed\nStatus: 5.2.2\n',
      { action: 'failed', status: '5.2' },
    ],
  ])('of %j is read', (text, expected) => {
    expect(readDeliveryStatus(status(text))).toEqual(expected)
  })

  it.each(['Action: delivered\nStatus: 2.0.0\n', 'Action: relayed\n', 'X: failed\n', ''])(
    'of %j is no bounce',
    (text) => {
      expect(readDeliveryStatus(status(text))).toBeNull()
    },
  )

  it('is one of few values, whatever was written', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (action, text) => {
        const read = readDeliveryStatus(`Action: failed${action}\nStatus: ${text}\n`)

        expect(read === null || /^[245]\.[0-7]$/.test(read.status)).toBe(true)
      }),
    )
  })
})
