import { chmod } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Warning } from '../support/connector-outside.ts'
import { directoryContract } from './directory.contract.ts'
import { aRoster, oidcHarness, openRoster } from './directory-oidc.ts'

directoryContract(oidcHarness)

const inTime = () => AbortSignal.timeout(20_000)
const good = 'key,username,recovery\n1,ada,ada@home.example\n2,bob,bob@home.example\n'
const usernames = async (directory: ReturnType<typeof openRoster>) => {
  const names: string[] = []
  for await (const page of directory.list(inTime())) names.push(...page.map(({ username }) => username))
  return names
}

describe('a roster', () => {
  it.each([
    ['', 1, 'it is empty'],
    ['username\nada\n', 1, 'the column key is missing'],
    ['key\n1\n', 1, 'the column username is missing'],
    ['key,username,fax\n1,ada,4000\n', 1, 'there is no column "fax"'],
    ['key,username,username\n1,ada,ada\n', 1, 'the column username appears twice'],
    ['key,username\n1,ada\n\n1,bob\n', 4, 'its key is that of line 2'],
    ['key,username\n1,ada\n2,ADA\n', 3, 'its username is that of line 2'],
    ['key,username\n1,ada\n,bob\n', 3, 'the key is missing'],
    ['key,username\n1,ada\n2, \n', 3, 'the username is missing'],
    ['key,username\n1,ada,more\n', 2, 'it has 3 fields and the first line has 2'],
    ['key,username\n1,"ada\n', 2, 'a quote is not closed'],
    ['key,username\n1,"a\u0007da"\n', 2, 'the column username has a character that can not be typed'],
    ['key,username,recovery\n1,ada,home\n', 2, 'the column recovery has something that is no mail address'],
    ['key,username,mail\n1,ada,@home.example\n', 2, 'the column mail has something'],
    ['key,username,locale\n1,ada,deutsch_\n', 2, 'the locale is no BCP 47 tag'],
  ])('that is not right is told by its line, and nobody is served from it: %j', async (text, line, why) => {
    await using roster = await aRoster(text)
    const directory = openRoster(roster.file)
    const fault = {
      code: 'directory-misconfigured',
      detail: expect.stringContaining(`the roster, line ${line}: ${why}`),
    }

    await expect(directory.check(inTime())).rejects.toMatchObject(fault)
    await expect(directory.read('1', inTime())).rejects.toMatchObject(fault)
  })

  it('that is not there, not UTF-8, or open to everybody is told as such', async () => {
    await using roster = await aRoster(good)
    const check = (file = roster.file) => openRoster(file).check(inTime())

    await expect(check(`${roster.file}.none`)).rejects.toMatchObject({
      detail: expect.stringMatching(/does not exist$/),
    })
    await chmod(roster.file, 0o666)
    await expect(check()).rejects.toMatchObject({ detail: expect.stringContaining('chmod o-w') })
    await roster.write(Buffer.from([0x6b, 0x65, 0x79, 0xff]) as unknown as string)
    await expect(check()).rejects.toMatchObject({ detail: expect.stringMatching(/is not UTF-8 text$/) })
  })

  it('is read again when it changes, and no sooner', async () => {
    await using roster = await aRoster(good)
    const directory = openRoster(roster.file)

    expect(await usernames(directory)).toEqual(['ada', 'bob'])
    const [before] = await directory.find({ by: 'username', value: 'ada' }, inTime())
    const [again] = await directory.find({ by: 'username', value: 'ada' }, inTime())
    expect(again).toBe(before)
    await roster.write(good.replace('bob,bob', 'eve,eve'))
    expect(await usernames(directory)).toEqual(['ada', 'eve'])
  })

  it('that breaks while people are served is told once, and its last good people stay', async () => {
    await using roster = await aRoster(good)
    const warnings: Warning[] = []
    const directory = openRoster(roster.file, { warnings })
    await usernames(directory)

    await roster.write(good.replace('2,bob', '1,bob'))

    expect(await usernames(directory)).toEqual(['ada', 'bob'])
    expect(await usernames(directory)).toEqual(['ada', 'bob'])
    expect(warnings).toEqual([
      {
        message: expect.stringContaining('the last good one'),
        facts: { directory: 'people', because: 'the roster, line 3: its key is that of line 2' },
      },
    ])
    await expect(directory.check(inTime())).rejects.toMatchObject({ code: 'directory-misconfigured' })
    await roster.write(good.replace('2,bob', '3,bob'))
    await directory.check(inTime())
    expect(await directory.read('3', inTime())).toMatchObject({ username: 'bob' })
  })

  it('shows in a fault nothing of a person', async () => {
    await using roster = await aRoster('key,username,recovery\nsub-4711,ada-lovelace,lovelace-home\n')

    const fault: unknown = await openRoster(roster.file)
      .check(inTime())
      .catch((error: unknown) => error)

    expect(fault).toBeInstanceOf(Error)
    expect(String(fault)).not.toMatch(/4711|lovelace/)
  })
})
