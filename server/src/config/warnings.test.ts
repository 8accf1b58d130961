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

it('a configuration with mailboxes of their own is not warned about, nor is the demo', () => {
  expect(warningsWith('recoveryAddresses: [recoveryAddress]')).toEqual([])
  expect(loadConfig({}).warnings).toEqual([])
})
