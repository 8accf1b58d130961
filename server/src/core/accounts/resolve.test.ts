import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import { resolveIdentifier } from './resolve.ts'

const signal = () => AbortSignal.timeout(10_000)

const people = () =>
  makeMemoryDirectory('people', [
    anAccount('ada', { upn: 'ada@northwind.example' }),
    anAccount('kate'),
    anAccount('both'),
    anAccount('carol', { mails: ['desk@northwind.example'] }),
    anAccount('dave', { mails: ['DESK@northwind.example'] }),
  ])
const partners = () => makeMemoryDirectory('partners', [anAccount('both')])

const routed = () => [
  { directory: people(), domains: ['NORTHWIND', 'people'] },
  { directory: partners(), domains: ['partners'] },
]

const find = async (typed: string) => {
  const answer = await resolveIdentifier(typed, routed(), signal())
  return answer.found ? `${answer.account.directory} ${answer.account.key}` : answer.because
}

describe('an identifier names', () => {
  it.each([
    ['an account by user name', 'ADA', 'people key-of-ada'],
    [
      'one account, though its address and its UPN are the same',
      'ada@northwind.example',
      'people key-of-ada',
    ],
    ['nobody by a mailbox that two have', 'desk@northwind.example', 'ambiguous'],
    ['one of these two by user name', 'dave', 'people key-of-dave'],
    ['nobody by a name that two directories have', 'both', 'ambiguous'],
    ['one of these by its domain', 'Partners\\both', 'partners key-of-both'],
    ['an account by its domain in any case', 'northwind\\both', 'people key-of-both'],
    ['nobody in a domain that no directory lists', 'elsewhere\\ada', 'none'],
    ['nobody when it is unknown', 'nobody', 'none'],
    ['nobody when it can’t be read', 'ada\u0000', 'unreadable'],
    ['nobody by full-width letters, though the directory matches them', '\uff41\uff44\uff41', 'none'],
    ['nobody by the Kelvin sign, though the directory matches it', '\u212aate', 'none'],
    ['nobody by invisible characters, though the directory drops them', 'a\u00adda', 'none'],
  ])('%s', async (_, typed, expected) => {
    expect(await find(typed)).toBe(expected)
  })

  it('nothing while one of the directories can’t be asked: it might have made the name ambiguous', async () => {
    const directories = routed()
    const [, second] = directories
    if (second !== undefined) Object.assign(second.directory, { down: true })

    await expect(resolveIdentifier('ada', directories, signal())).rejects.toBeInstanceOf(Fault)
  })
})
