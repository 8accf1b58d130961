import { afterEach, beforeEach, expect, it } from 'vitest'
import { voiceOf } from '../tenant-settings.ts'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { mistakeText } from './mistakes.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const contoso = {
  name: 'contoso',
  title: '"Contoso sign-in"',
  issuer: 'https://login.contoso.example/tenant/v2.0',
  accounts: '[{ directory: people, domain: contoso.example }]',
}
type Written = Readonly<Record<string, string | undefined>>
/** Without what is undefined. */
const provider = (over: Written = {}) => {
  const written: Written = { ...contoso, ...over }
  const lines = Object.entries(written).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  )
  return `{ ${lines.join(', ')} }`
}
const withProviders = (...providers: readonly string[]) =>
  `    name: Northwind\n    passThrough: [${providers.join(', ')}]\n`
const mistakes = (...providers: readonly string[]) =>
  folder.mistakesWith('    name: Northwind\n', withProviders(...providers)).join('\n')

it.each([
  [{}, 'https://login.contoso.example/.well-known/change-password'],
  [{ passwordPage: 'https://contoso.example/reset?lang=en' }, 'https://contoso.example/reset?lang=en'],
  [{ issuer: undefined, passwordPage: 'https://contoso.example/reset' }, 'https://contoso.example/reset'],
])('a provider of passwords has the page that is given, or that of its origin: %o', (over, page) => {
  const text = folder.text.replace('    name: Northwind\n', withProviders(provider(over)))
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
  const [tenant] = checked.ok ? checked.config.tenants : []

  expect(tenant && voiceOf(tenant).passwordProviders).toEqual([
    { name: 'contoso', title: 'Contoso sign-in', page },
  ])
})

it.each([
  [{ issuer: 'http://login.contoso.example' }, 'issuer must begin with https://'],
  [{ passwordPage: 'http://contoso.example/reset' }, 'passwordPage must begin with https://'],
  [{ passwordPage: 'javascript:alert(1)' }, 'passwordPage'],
  [{ issuer: undefined }, 'has neither `issuer` nor `passwordPage`'],
  [{ accounts: '[{ directory: poeple }]' }, 'Did you mean `people`?'],
  [{ accounts: '[{ directory: people, domain: ada@contoso.example }]' }, 'is not a domain'],
  [{ accounts: '[{ directory: people, subtree: guests }]' }, 'is no DN'],
  [{ accounts: '[]' }, 'accounts'],
  [{ title: undefined }, 'title'],
])('a provider of passwords that leads nowhere or is nobody’s is a mistake: %o', (over, words) => {
  expect(mistakes(provider(over))).toContain(words)
})

it.each([
  ['', ['passThrough[0].accounts[0].directory names `people`, which has no condition in `federated`']],
  ['        federated: [{ attribute: employeeType, values: [guest] }]\n', []],
])('a provider of passwords nobody can be told of is warned about (%j)', (federated, warned) => {
  const text = folder.text
    .replace('    name: Northwind\n', withProviders(provider()))
    .replace('        kind: ldap\n', (kind) => kind + federated)
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })

  expect(checked.ok && checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))).toEqual(
    warned.map((words) => expect.stringContaining(words)),
  )
})

it('two providers of passwords can not have one name', () => {
  expect(mistakes(provider(), provider())).toContain('passThrough[1].name')
  expect(mistakes(provider(), provider({ name: 'fabrikam' }))).toBe('')
})
