import { afterEach, beforeEach, expect, it } from 'vitest'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const secret = '{ file: secrets/ldap-password }'
const token = `{ by: token, token: ${secret} }`
const client = (tokenUrl: string) =>
  `{ by: client-credentials, tokenUrl: '${tokenUrl}', clientId: rekey, clientSecret: ${secret} }`
const safe = 'https://id.example.org/scim/v2'
const open = 'http://id.example.org/scim/v2'

const mistakesOf = (of: { url?: string; authentication?: string; verify?: string }) =>
  folder.mistakesWith(
    '    services:',
    `      - name: guests
        kind: scim
        url: ${of.url ?? safe}
        authentication: ${of.authentication ?? token}
        attributes: { recoveryAddresses: ['emails[type eq "home"].value'] }
        privileged: nobody
        verify: ${of.verify ?? `{ by: basic, url: ${safe}/Me }`}
    services:`,
  )

it.each([
  ['url', { url: open }],
  ['authentication.tokenUrl', { authentication: client(open) }],
  ['verify.url', { verify: `{ by: basic, url: '${open}' }` }],
  ['verify.tokenUrl', { verify: `{ by: password-grant, tokenUrl: '${open}', clientId: rekey }` }],
])('passwords and tokens for a SCIM service do not leave this machine in the clear: %s', (path, of) => {
  expect(mistakesOf(of)).toEqual([
    expect.stringContaining(`tenants[0].directories[1].${path} must begin with https://`),
  ])
})

it('a SCIM service is reached by https, or on this machine', () => {
  const here = 'http://127.0.0.1:8443/scim/v2'

  expect(mistakesOf({})).toEqual([])
  expect(
    mistakesOf({ url: here, authentication: client(here), verify: `{ by: basic, url: '${here}' }` }),
  ).toEqual([])
  expect(mistakesOf({ url: 'https://rekey:secret@id.example.org/scim/v2' })).toEqual([
    expect.stringContaining('must not contain a user name or password'),
  ])
})
