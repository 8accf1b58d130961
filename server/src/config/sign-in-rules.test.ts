import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
  folder.write('secrets/oidc-client', 'bm90aGluZyB0aGF0IGFueWJvZHkga25vd3M\n')
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const oidc = {
  issuer: 'https://sign-in.northwind.example',
  clientId: 'rekey',
  clientSecret: '{ file: secrets/oidc-client }',
  label: 'Northwind sign-in',
}
const signIn = (over: Readonly<Record<string, string | number>> = {}) =>
  `{ oidc: { ${Object.entries({ ...oidc, ...over })
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} } }`
/** Put beside the name of the tenant. */
const mistakes = (text: string) =>
  folder.mistakesWith('    name: Northwind\n', `    name: Northwind\n    signIn: ${text}\n`).join('\n')

it('the company’s sign-in needs four things and has defaults for the rest', () => {
  const text = folder.text.replace('    name: Northwind\n', `    name: Northwind\n    signIn: ${signIn()}\n`)
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })

  expect(checked).toMatchObject({
    ok: true,
    config: {
      tenants: [
        {
          signIn: {
            password: true,
            oidc: {
              claim: 'preferred_username',
              names: 'account',
              scopes: ['openid', 'profile', 'email'],
              maxAgeSeconds: 300,
            },
          },
        },
      ],
    },
  })
})

it.each([
  [{ issuer: 'http://sign-in.northwind.example' }, 'issuer must begin with https://'],
  [{ issuer: 'https://sign-in.northwind.example?realm=a' }, 'issuer must have neither query nor fragment'],
  [{ issuer: 'sign-in' }, 'issuer is not a URL'],
  [{ scopes: '[profile]' }, 'scopes lacks `openid`'],
  [{ scopes: "['open id', openid]" }, 'must be a scope without spaces and quotes'],
  [{ directory: 'poeple' }, 'Did you mean `people`?'],
  [{ maxAgeSeconds: 86400 }, 'maxAgeSeconds'],
  [{ passesThrough: '[https://other.example/sign-in]' }, 'must end after the host'],
  [{ names: 'mail' }, 'names'],
  [{ clientSecret: 'hunter2' }, 'clientSecret'],
  [{ redirectUri: 'https://elsewhere.example' }, 'redirectUri'],
])('says what is wrong with %j', (over, said) => {
  expect(mistakes(signIn(over))).toContain(said)
})

it('takes an issuer on this machine without https, for trials', () => {
  expect(mistakes(signIn({ issuer: 'http://localhost:9000' }))).toBe('')
})

it('wants a way for people to sign in', () => {
  expect(mistakes('{ password: false }')).toContain('lets nobody sign in')
  expect(mistakes(`{ password: false, ${signIn().slice(1)}`)).toBe('')
})
