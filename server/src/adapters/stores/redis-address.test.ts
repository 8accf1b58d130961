import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import { redisSocket } from './redis-address.ts'

const canary = 'canary-password'
const socketFor = (url: string, caFile?: string) =>
  redisSocket({ url: new Secret(url), ...(caFile === undefined ? {} : { caFile }) })

describe('the address of Redis', () => {
  it.each([
    `redis://:${canary}@localhost:6379`,
    `redis://:${canary}@127.0.0.9`,
    `redis://:${canary}@[::1]:6379/3`,
  ])('may be in the clear on this machine: %s', (url) => {
    expect(socketFor(url)).toEqual({ tls: false })
  })

  it('may be the path of a socket', () => {
    expect(socketFor('unix:///run/redis/my%20redis.sock')).toEqual({
      tls: false,
      path: '/run/redis/my redis.sock',
    })
  })

  it('is encrypted beyond it, and the name is the certificate’s', () => {
    expect(socketFor(`rediss://rekey:${canary}@redis.example.org:6380`)).toEqual({
      tls: true,
      servername: 'redis.example.org',
    })
    expect(socketFor(`rediss://:${canary}@192.0.2.7`)).toEqual({ tls: true })
  })

  it.each([
    `redis://:${canary}@redis.example.org`,
    `redis://:${canary}@192.0.2.7`,
    `redis://:${canary}@localhost.example.org`,
    `https://:${canary}@localhost`,
    `rediss://:${canary}@redis.example.org?tls=off`,
    `redis:${canary}`,
    `unix://${canary}/run/redis.sock`,
    `unix:///${canary}?tls=off`,
    'unix://',
    `unix:${canary}.sock`,
    `unix:///run/${canary}%.sock`,
    `unix:///run/${canary}%00.sock`,
    `unix:///run/redis.sock#${canary}`,
    canary,
  ])('is refused otherwise, without quoting it: %s', (url) => {
    expect(() => socketFor(url)).toThrow(/^config-invalid: the Redis URL (?!.*canary)/)
  })

  it('comes with an authority that has to be one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rekey-'))
    const file = join(folder, 'ca.pem')
    try {
      writeFileSync(file, 'nothing')
      expect(() => socketFor('rediss://redis.example.org', file)).toThrow('holds no PEM certificate')
      writeFileSync(file, '-----BEGIN CERTIFICATE-----')
      expect(socketFor('rediss://redis.example.org', file)).toMatchObject({
        ca: '-----BEGIN CERTIFICATE-----',
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
