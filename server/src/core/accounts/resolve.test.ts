import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import { type Ambiguity, lookUpIdentifier, resolveIdentifier, resolveKey } from './resolve.ts'

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
  const answer = await resolveIdentifier(
    typed,
    { directories: routed(), ambiguous: 'refuse', links: [] },
    signal(),
  )
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
})

describe('with a directory that gives no answer', () => {
  const third = () => makeMemoryDirectory('guests', [anAccount('gus'), anAccount('both')])

  /** What a name comes to while some directories are down. */
  const findWithout = async (typed: string, ambiguous: Ambiguity, down: readonly string[]) => {
    const directories = [...routed(), { directory: third(), domains: ['guests'] }]
    for (const { directory } of directories) directory.down = down.includes(directory.name)
    const answer = await lookUpIdentifier(typed, { directories, ambiguous, links: [] }, signal())
    const asked = directories.flatMap(({ directory: { calls } }) => calls).length
    const outage = answer.outage === null ? '' : ', outage'
    return `${answer.found ? answer.account.directory : answer.because}${outage}, ${String(asked)} asked`
  }

  it.each([
    ['ada', 'refuse', ['partners'], 'undecided, outage, 3 asked'],
    ['both', 'refuse', ['partners'], 'ambiguous, outage, 3 asked'],
    ['both', 'refuse', ['people', 'guests'], 'undecided, outage, 3 asked'],
    ['nobody', 'refuse', ['guests'], 'undecided, outage, 3 asked'],
    ['people\\ada', 'refuse', ['partners', 'guests'], 'people, 1 asked'],
    ['partners\\both', 'refuse', ['partners'], 'undecided, outage, 1 asked'],
    ['both', 'first', [], 'people, 3 asked'],
    ['gus', 'first', [], 'guests, 3 asked'],
    ['nobody', 'first', [], 'none, 3 asked'],
    // Those behind the first that has the name can't change anything; those before it can.
    ['both', 'first', ['partners', 'guests'], 'people, outage, 3 asked'],
    ['both', 'first', ['people'], 'undecided, outage, 3 asked'],
    ['gus', 'first', ['partners'], 'undecided, outage, 3 asked'],
    ['nobody', 'first', ['guests'], 'undecided, outage, 3 asked'],
  ] as const)('%s, by the rule "%s" and without %j: %s', async (typed, ambiguous, down, expected) => {
    expect(await findWithout(typed, ambiguous, down)).toBe(expected)
  })

  it('somebody who needs it gets its fault', async () => {
    const directories = routed()
    const [, second] = directories
    if (second !== undefined) second.directory.down = true

    await expect(
      resolveIdentifier('ada', { directories, ambiguous: 'refuse', links: [] }, signal()),
    ).rejects.toBeInstanceOf(Fault)
  })

  it('the log can name the directories that have a name', async () => {
    const named = await resolveIdentifier(
      'both',
      { directories: routed(), ambiguous: 'refuse', links: [] },
      signal(),
    )
    const mailed = 'desk@northwind.example'
    const twiceInOne = await resolveIdentifier(
      mailed,
      { directories: routed(), ambiguous: 'first', links: [] },
      signal(),
    )

    expect(named).toMatchObject({ because: 'ambiguous', directories: ['people', 'partners'] })
    expect(twiceInOne).toMatchObject({ because: 'ambiguous', directories: ['people'] })
  })
})

it('a key that entries of two directories have is nobody’s, unless the first in order decides', async () => {
  const byKey = (ambiguous: Ambiguity) =>
    resolveKey('key-of-both', { directories: routed(), ambiguous, links: [] }, signal())

  expect(await byKey('refuse')).toMatchObject({ because: 'ambiguous', directories: ['people', 'partners'] })
  expect(await byKey('first')).toMatchObject({ account: { directory: 'people', key: 'key-of-both' } })
})
