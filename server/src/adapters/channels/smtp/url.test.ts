import { describe, expect, it } from 'vitest'
import { Secret } from '../../../kernel/secret.ts'
import { smtpConfigFromUrl } from './url.ts'

const read = (url: string) => smtpConfigFromUrl(new Secret(url))

describe('an SMTP URL', () => {
  it.each([
    ['smtps://mail.example.test', { host: 'mail.example.test', port: 465, tls: 'implicit' }],
    ['smtp://mail.example.test', { host: 'mail.example.test', port: 587, tls: 'starttls' }],
    ['smtp://mail.example.test:25/', { host: 'mail.example.test', port: 25, tls: 'starttls' }],
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, tls: 'none' }],
    ['smtp://localhost:1025?tls=starttls', { host: 'localhost', port: 1025, tls: 'starttls' }],
    ['smtp://[::1]:1025', { host: '::1', port: 1025, tls: 'none' }],
    ['smtps://mail.example.test?ca=/etc/ca.pem', { port: 465, caFile: '/etc/ca.pem' }],
  ])('%s', (url, expected) => {
    expect(read(url)).toMatchObject(expected)
  })

  it('carries credentials with any characters, percent-encoded', () => {
    const config = read('smtps://rekey%40example.test:p%40ss%3Aw%2Frd%20%25@mail.example.test')

    expect(config.username).toBe('rekey@example.test')
    expect(config.password?.reveal()).toBe('p@ss:w/rd %')
    expect(JSON.stringify(config)).not.toContain('p@ss')
  })

  it.each([
    'canary',
    'http://canary@mail.example.test',
    'smtp://',
    'smtp://u:canary@mail.example.test/path',
    'smtp://u:canary@mail.example.test#hash',
    'smtp://u:canary@mail.example.test?tls=maybe',
    'smtp://u:canary@mail.example.test?rejectUnauthorized=false',
    'smtp://u:canary%zz@mail.example.test',
  ])('that is wrong is refused and not quoted: %s', (url) => {
    const refusal = (() => {
      try {
        return read(url)
      } catch (error) {
        return error
      }
    })()

    expect(refusal).toMatchObject({ code: 'config-invalid' })
    expect(String(refusal)).not.toContain('canary')
  })
})
