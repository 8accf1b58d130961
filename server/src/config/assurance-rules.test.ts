import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const words = 'contextWords: [northwind, traders]'
const mistakes = (rules: string) => folder.mistakesWith(words, `${words}\n      recovery:\n        ${rules}`)

describe('docs/proofs.md', () => {
  it('shows a policy that is one', () => {
    const page = readFileSync(new URL('../../../docs/proofs.md', import.meta.url), 'utf8')
    const [, policy = ''] = /```yaml\npolicy:\n {2}recovery:\n([\s\S]+?)```/.exec(page) ?? []
    const rules = policy.trimEnd().replaceAll(/^ {4}/gm, '        ').trimStart()

    expect(rules).toContain('whenEnrolled')
    expect(mistakes(rules)).toEqual([])
    expect(mistakes(rules.replace('kinds: 1', 'kinds: 0'))).toHaveLength(1)
  })
})

describe('how much has to be proven', () => {
  it.each([
    'assurance: { kinds: 2 }',
    'assurance: { points: 3, include: [totp], first: [email_link, email_code] }',
    'assurance: { whenEnrolled: { kinds: 3 } }',
    'assurance: { overrides: [{ for: { group: "cn=admins,dc=x" }, kinds: 3 }] }',
    'assurance: { atRisk: { medium: { kinds: 1 }, high: { phishingResistant: false } } }',
    'coolDownHours: 24',
  ])('may be: %s', (rules) => {
    expect(mistakes(rules)).toEqual([])
  })

  it.each([
    ['assurance: { kinds: 0 }', 'assurance.kinds', '1'],
    ['assurance: { kinds: 9 }', 'assurance.kinds', '4'],
    // Never weaker than signing in.
    ['assurance: { whenEnrolled: { kinds: 1 } }', 'whenEnrolled.kinds', '2'],
    ['assurance: { include: [fax] }', 'assurance.include[0]', ''],
    ['assurance: { first: [] }', 'assurance.first', ''],
    ['assurance: { overrides: [{ for: {}, kinds: 2 }] }', 'names nobody', 'Name a `service`'],
    [
      'assurance: { overrides: [{ for: { directory: guests }, kinds: 2 }] }',
      'names the directory `guests`',
      '',
    ],
    [
      'methods: [email_link]\n        assurance: { include: [totp] }',
      'names `totp`, which is not offered',
      'policy.recovery.methods',
    ],
    ['methods: [email_link, sms_code]', 'no text can be sent', 'Configure `texts`'],
    ['coolDownHours: 1000', 'coolDownHours', '168'],
  ])('may not be: %s', (rules, problem, hint) => {
    const found = mistakes(rules)

    expect(found).toHaveLength(1)
    expect(found[0]).toContain(problem)
    expect(found[0]).toContain(hint)
  })
})

describe('a code by text message', () => {
  it('may be offered where texts are configured, and is not unless it is named', () => {
    folder.write('secrets/sms', 'c21zIHRva2Vu\n')
    const texts =
      'texts: { countries: [DK], prices: { currency: EUR, text: 0.08 }, providers: [{ name: main, kind: sms-http, ' +
      'from: Northwind, vendor: { is: twilio, account: AC1, token: { file: secrets/sms } } }] }'
    const offering = folder.text.replace(
      words,
      `${words}\n      recovery: { methods: [email_link, sms_code] }`,
    )
    const check = (text: string) => checkConfig(text, folder.file, { env: folder.env, files: 'read' })
    const [offered, plain] = [check(`${offering}\n${texts}\n`), check(folder.text)]

    expect(offered).toMatchObject({ ok: true })
    expect(plain.ok && plain.config.tenants[0]?.policy.recovery.methods).toEqual([
      'email_link',
      'email_code',
      'totp',
      'recovery_code',
      'passkey',
    ])
  })
})
