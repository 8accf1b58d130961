import { afterEach, beforeEach, expect, it } from 'vitest'
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

const others = '      - { name: app, kind: local, title: Warehouse }\n      - { name: shop, kind: local }\n'

/** Everything that is said of the example with two more directories and these links. */
function said(linked: string): string {
  const text = folder.text.replace(
    '    services:',
    () => `${others}    routing: { linked: ${linked} }\n    services:`,
  )
  const checked = checkConfig(text, folder.file, { env: folder.env, files: 'read' })
  const all = checked.ok ? checked.warnings : checked.mistakes
  return all.map((each) => mistakeText('rekey.yaml', each)).join('\n')
}

const app = '{ directory: app, by: username }'

it('directories that have one password are told of one by one, each once', () => {
  expect(said(`[{ leads: people, follow: [${app}, { directory: shop, by: upn, as: mail }] }]`)).toBe('')
  expect(said(`[{ leads: peple, follow: [${app}] }]`)).toMatch(/linked\[0\]\.leads .*\n.*mean `people`/)
  expect(said('[{ leads: people, follow: [{ directory: spho, by: key }] }]')).toContain('follow[0].directory')
  expect(said(`[{ leads: people, follow: [{ directory: people, by: key }] }]`)).toContain('is linked already')
  expect(said(`[{ leads: people, follow: [${app}] }, { leads: shop, follow: [${app}] }]`)).toContain(
    'linked[1].follow[0].directory names `app`, which is linked already',
  )
  expect(said('[{ leads: people, follow: [] }]')).toContain('follow')
})

it('a link that people may be able to change themselves is warned about', () => {
  expect(said('[{ leads: people, follow: [{ directory: app, by: mail }] }]')).toContain(
    'linked[0].follow[0].by is `mail`: whoever can write a mail address into an account of `people`',
  )
})
