import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const words = 'contextWords: [northwind, traders]'
const mistakes = (rules: string) => folder.mistakesWith(words, `${words}\n        ${rules}`)

describe('rules of passwords for some', () => {
  it.each([
    'overrides: [{ for: { service: intranet }, minLength: 20 }]',
    'overrides: [{ for: { directory: people, group: "cn=admins,dc=x" }, strength: 4, bannedWords: [contoso] }]',
    'overrides: [{ for: { subtree: "ou=Finance, dc=northwind, dc=example" }, maxLength: 64 }]',
    'classes: { required: 3, named: [digit], allowed: latin-1 }',
    'overrides: [{ for: { directory: people }, classes: { allowed: ascii } }]',
    'minAgeHours: 24\n        maxAgeDays: 365\n        remindDays: [30, 7]\n        graceDays: 0',
  ])('may be: %s', (rules) => {
    expect(mistakes(rules)).toEqual([])
  })

  it.each([
    ['overrides: [{ for: { service: intrnet } }]', 'names the service `intrnet`', 'Did you mean `intranet`?'],
    ['overrides: [{ for: { directory: guests } }]', 'names the directory `guests`', 'It has people.'],
    ['overrides: [{ for: {}, minLength: 20 }]', 'names nobody', 'Name a `service`'],
    ['overrides: [{ for: { subtree: finance } }]', 'is no DN', 'ou=finance,dc=example'],
    ['overrides: [{ minLength: 20 }]', 'overrides[0].for', ''],
    ['overrides: [{ for: { group: x }, minLenght: 20 }]', 'minLenght', 'minLength'],
    ['overrides: [{ for: { group: x }, minLength: 4 }]', 'overrides[0].minLength', '8'],
    ['maxAgeDays: 7', 'maxAgeDays', '14'],
    ['minAgeHours: 1000', 'minAgeHours', '168'],
    ['remindDays: [0]', 'remindDays[0]', '1'],
    ['classes: { required: 5 }', 'classes.required', '4'],
    ['classes: { named: [vowel] }', 'classes.named[0]', ''],
    ['overrides: [{ for: { group: x }, overrides: [] }]', 'overrides[0].overrides', ''],
  ])('may not be: %s', (rules, problem, hint) => {
    const found = mistakes(rules)

    expect(found).toHaveLength(1)
    expect(found[0]).toContain(problem)
    expect(found[0]).toContain(hint)
  })

  it('may not name what can’t be: another directory than that of the service, a subtree without a tree', () => {
    const part = folder.text.slice(folder.text.indexOf('    services:\n'), folder.text.indexOf(words))
    const withGuests = (rules: string) =>
      folder.mistakesWith(
        `${part}${words}`,
        `      - name: guests\n        kind: local\n${part}${words}\n        overrides: [${rules}]`,
      )

    expect(withGuests('{ for: { service: intranet, directory: people } }')).toEqual([])
    const [found] = withGuests('{ for: { service: intranet, directory: guests } }')
    expect(found).toContain('for.directory is not the directory of `service`')
    expect(found).toContain('The passwords of `intranet` are in `people`')
    const [treeless] = withGuests('{ for: { directory: guests, subtree: "ou=x,dc=y" } }')
    expect(treeless).toContain('for.subtree lies in no directory that has a tree')
    expect(withGuests('{ for: { subtree: "ou=x,dc=y" } }')).toEqual([])
  })
})
