import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { loadConfig } from './load.ts'
import { mistakeText } from './mistakes.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

/** The warnings after the example's recovery addresses were changed; the configuration stays right. */
function warningsWith(line: string): string[] {
  const text = folder.text.replace('recoveryAddresses: [recoveryAddress]', line)
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
  if (!checked.ok) throw new Error(checked.mistakes.map((each) => mistakeText('rekey.yaml', each)).join('\n'))
  return checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))
}

describe('a configuration is right, and warned about,', () => {
  it.each(['recoveryAddresses: []', 'username: uid'])(
    'when no attribute holds recovery addresses (%s)',
    (line) => {
      expect(warningsWith(line)).toEqual([
        expect.stringMatching(
          /^rekey\.yaml:\d+:\d+ {2}tenants\[0\]\.directories\[0\]\.attributes\.recoveryAddresses .*nobody .* can recover/,
        ),
      ])
    },
  )

  it.each(['mail', 'MAIL', 'proxyAddresses'])('when people would need their password for %s', (name) => {
    expect(warningsWith(`recoveryAddresses: [recoveryAddress, ${name}]`)).toEqual([
      expect.stringContaining(
        `has \`${name}\`: a mailbox that needs the forgotten password is no way back in`,
      ),
    ])
  })

  it('and the service that starts with it knows', () => {
    const line = 'recoveryAddresses: [recoveryAddress]'
    folder.write('rekey.yaml', folder.text.replace(line, 'recoveryAddresses: [mail]'))

    const { warnings } = loadConfig({ ...folder.env, REKEY_CONFIG: folder.file })

    expect(warnings).toMatchObject([{ path: 'tenants[0].directories[0].attributes.recoveryAddresses' }])
  })
})

it('a tenant whose passwords may wait is told what that means', () => {
  const text = folder.text.replace(
    '    policy:\n',
    () => '    degraded: { acceptMinutes: 30 }\n    policy:\n',
  )
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })

  expect(checked.ok && checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))).toEqual([
    expect.stringMatching(
      /tenants\[0\]\.degraded keeps new passwords for up to 30 minutes[^]*backups of the database/,
    ),
  ])
})

it.each([0, 721])('passwords that would wait for %i minutes are a mistake', (minutes) => {
  const line = `    degraded: { acceptMinutes: ${minutes} }\n    policy:\n`
  const text = folder.text.replace('    policy:\n', () => line)

  expect(checkConfig(text, folder.file, { env: folder.env, files: 'read' }).ok).toBe(false)
})

describe('an embedded directory is warned about', () => {
  const warningsOf = (lockoutTries: string, limits = '') => {
    const directory = `      - name: guests\n        kind: local\n${lockoutTries}    services:`
    const text = folder.text
      .replace('    services:', () => directory)
      .replace('    policy:\n', () => `${limits}    policy:\n`)
    const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
    if (!checked.ok)
      throw new Error(checked.mistakes.map((each) => mistakeText('rekey.yaml', each)).join('\n'))
    return checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))
  }
  const locksAfter = (tries: number) => `        lockoutTries: ${tries}\n`
  const triesADay = (tries: number) => `    limits: { failedTriesPerDay: ${tries} }\n`

  it.each([
    [locksAfter(20), '', 'locks after 20 wrong passwords', 'Set it to 21 or more'],
    ['', triesADay(15), 'locks after 30 wrong passwords', 'Set it to 31 or more'],
  ])('that strangers at the portal could lock people out of (%j, %j)', (directory, limits, problem, hint) => {
    const warnings = warningsOf(directory, limits)

    expect(warnings).toEqual([expect.stringContaining('tenants[0].directories[1].lockoutTries')])
    expect(warnings[0]).toContain(problem)
    expect(warnings[0]).toContain(hint)
  })

  it.each([
    ['', ''],
    [locksAfter(21), ''],
    [locksAfter(41), triesADay(20)],
  ])('and not above that (%j, %j)', (directory, limits) => {
    expect(warningsOf(directory, limits)).toEqual([])
  })
})

describe('an order of directories that decides is warned about', () => {
  const warningsOf = (routing: string, others = '      - { name: guests, kind: local }\n') => {
    const text = folder.text.replace('    services:', () => `${others}    routing: ${routing}\n    services:`)
    const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
    if (!checked.ok) throw new Error(checked.mistakes.map(({ problem }) => problem).join('\n'))
    return checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))
  }

  it('with whom it hides', () => {
    expect(warningsOf('{ ambiguous: first }')).toEqual([
      expect.stringMatching(
        /routing\.ambiguous is `first`: a name in `people` hides the same name in `guests`/,
      ),
    ])
  })

  it('and not where it decides nothing', () => {
    expect(warningsOf('{ ambiguous: refuse }')).toEqual([])
    expect(warningsOf('{ ambiguous: first }', '')).toEqual([])
  })
})

describe('a SCIM service is warned about', () => {
  const warningsOf = (recoveryAddresses: string, verify = '') => {
    const directory = `      - name: guests
        kind: scim
        url: https://id.example.org/scim/v2
        authentication: { by: token, token: { file: secrets/ldap-password } }
        attributes: { recoveryAddresses: ['${recoveryAddresses}'] }
        privileged: nobody
${verify}    services:`
    const text = folder.text.replace('    services:', () => directory)
    const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
    if (!checked.ok)
      throw new Error(checked.mistakes.map((each) => mistakeText('rekey.yaml', each)).join('\n'))
    return checked.warnings.map((warning) => mistakeText('rekey.yaml', warning))
  }
  const verify = '        verify: { by: basic, url: https://id.example.org/me }\n'
  const own = 'emails[type eq "home"].value'

  it('when nobody can say whether a password is right', () => {
    expect(warningsOf(own)).toEqual([
      expect.stringMatching(/directories\[1\]\.kind has no `verify`.*sign in/),
    ])
    expect(warningsOf(own, verify)).toEqual([])
  })

  it.each(['emails', 'emails.value', 'emails[type eq "work"].value', 'Emails[primary eq true]'])(
    'when mailboxes at work are among those for recovery: %s',
    (path) => {
      expect(warningsOf(path, verify)).toEqual([expect.stringContaining('is no way back in')])
    },
  )
})

it('a configuration with mailboxes of their own is not warned about, nor is the demo', () => {
  expect(warningsWith('recoveryAddresses: [recoveryAddress]')).toEqual([])
  expect(loadConfig({}).warnings).toEqual([])
})
