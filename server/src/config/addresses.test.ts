import { describe, expect, it } from 'vitest'
import {
  isHostName,
  isLoopbackHost,
  isNetwork,
  isTimeZone,
  mailAddressProblem,
  originOf,
  publicUrlProblem,
  webAddressProblem,
} from './addresses.ts'

describe('a public URL', () => {
  it.each([
    'https://recovery.example.org',
    'https://recovery.example.org/',
    'https://recovery.example.org:8443',
    'http://localhost:8080',
    'http://127.0.0.1:8080',
    'http://[::1]:8080',
    'http://portal.localhost',
  ])('may be %s', (url) => {
    expect(publicUrlProblem(url)).toBeNull()
  })

  it.each([
    'http://recovery.example.org',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'https://recovery.example.org/path',
    'https://recovery.example.org?',
    'https://recovery.example.org/#x',
    'https://user@recovery.example.org',
    'https://user:password@recovery.example.org',
    'javascript:alert(1)',
    'ftp://recovery.example.org',
    'recovery.example.org',
    '//recovery.example.org',
    '',
  ])('may not be %j', (url) => {
    expect(publicUrlProblem(url)).not.toBeNull()
  })

  it('is kept in the form that browsers send as origin', () => {
    expect(originOf('https://Recovery.EXAMPLE.org:443/')).toBe('https://recovery.example.org')
    expect(originOf('https://bücher.example')).toBe('https://xn--bcher-kva.example')
  })
})

it('lets a web address have a path, but no password and no plain text over a network', () => {
  expect(webAddressProblem('https://help.example.org/reset?x=1')).toBeNull()
  expect(webAddressProblem('http://help.example.org/')).toBe('must begin with https://')
  expect(webAddressProblem('https://a:b@help.example.org/')).toContain('password')
})

it.each([
  ['localhost', true],
  ['LOCALHOST', true],
  ['a.localhost', true],
  ['127.255.0.1', true],
  ['::1', true],
  ['[::1]', true],
  ['128.0.0.1', false],
  ['localhost.example.org', false],
  ['notlocalhost', false],
  ['::2', false],
])('says whether %s is this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected)
})

it.each(['recovery@example.org', 'no-reply+rekey@mail.example.org', "o'neil@example.org"])(
  'takes %s as a sender',
  (address) => {
    expect(mailAddressProblem(address)).toBeNull()
  },
)

it.each([
  'root@localhost',
  'recovery@mailhost',
  'recovery@[192.0.2.1]',
  'recovery@192.0.2.1',
  'recovery@example.local',
  'a@b@example.org',
  '"a b"@example.org',
  'a b@example.org',
  'a@example.org\r\nBcc: b@example.org',
  'Recovery <recovery@example.org>',
  'a..b@example.org',
  '@example.org',
  'recovery@-example.org',
  'recovery@example.org.',
  `${'a'.repeat(65)}@example.org`,
])('refuses %j as a sender', (address) => {
  expect(mailAddressProblem(address)).not.toBeNull()
})

it.each([
  ['10.0.0.0/8', true],
  ['192.0.2.7', true],
  ['2001:db8::/32', true],
  ['::1/128', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['10.0.0/8', false],
  ['2001:db8::/129', false],
  ['proxy.example.org', false],
  ['10.0.0.0/8/8', false],
])('knows whether %s is a network: %s', (text, expected) => {
  expect(isNetwork(text)).toBe(expected)
})

it('knows host names and time zones', () => {
  expect(isHostName('console.example.org')).toBe(true)
  expect(isHostName('console.example.org:8081')).toBe(false)
  expect(isHostName('-a.example')).toBe(false)
  expect(isTimeZone('Europe/Copenhagen')).toBe(true)
  expect(isTimeZone('Europe/Nowhere')).toBe(false)
})
