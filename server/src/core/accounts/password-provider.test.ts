import { describe, expect, it } from 'vitest'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { type ProvidedAccounts, providerOf } from './password-provider.ts'

const all: ProvidedAccounts = { directory: 'people', domain: null, group: null, subtree: null }
const someone = {
  ...anAccount('ada', {
    federated: true,
    mails: ['Ada@Contoso.example'],
    upn: 'ada@corp.example',
    groups: ['CN=Partners,DC=corp,DC=example'],
    place: 'CN=Ada,OU=Guests,DC=corp,DC=example',
  }),
  directory: 'people',
}
const ofContoso = (some: Partial<ProvidedAccounts>, account = someone) =>
  providerOf([{ name: 'contoso', accounts: [{ ...all, ...some }] }], account) === 'contoso'

describe('who keeps the password of a federated account', () => {
  it.each([
    [{}, true],
    [{ directory: 'others' }, false],
    [{ domain: 'contoso.example' }, true],
    [{ domain: 'CONTOSO.example' }, true],
    [{ domain: 'corp.example' }, true],
    [{ domain: 'toso.example' }, false],
    [{ domain: 'example' }, false],
    [{ group: 'cn=partners,dc=corp,dc=example' }, true],
    [{ group: 'cn=others,dc=corp,dc=example' }, false],
    [{ subtree: 'ou=guests,dc=corp,dc=example' }, true],
    [{ subtree: 'ou=staff,dc=corp,dc=example' }, false],
    [{ domain: 'contoso.example', group: 'cn=others,dc=corp,dc=example' }, false],
  ])('is the one whose every condition holds: %o', (some, is) => {
    expect(ofContoso(some)).toBe(is)
  })

  it('is told by a user name that is an address, and by none that is not', () => {
    const nameless = { ...someone, mails: [], upn: null }

    expect(ofContoso({ domain: 'contoso.example' }, { ...nameless, username: 'ada@contoso.example' })).toBe(
      true,
    )
    expect(ofContoso({ domain: 'contoso.example' }, { ...nameless, username: 'contoso.example' })).toBe(false)
  })

  it('is told by a domain in the spelling of any script', () => {
    const account = { ...someone, mails: ['ada@bücher.example'] }

    expect(ofContoso({ domain: 'xn--bcher-kva.example' }, account)).toBe(true)
    expect(ofContoso({ domain: 'BÜCHER.example' }, account)).toBe(true)
  })

  it('is nobody for an account whose password is kept here', () => {
    expect(ofContoso({}, { ...someone, federated: false })).toBe(false)
  })

  it('is the first of several, and nobody where there is none', () => {
    const two = ['first', 'second'].map((name) => ({ name, accounts: [all] }))

    expect(providerOf(two, someone)).toBe('first')
    expect(providerOf([], someone)).toBeNull()
  })
})
