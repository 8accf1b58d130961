import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../test/support/memory-directory.ts'
import { anAccount } from '../../test/support/recovery-world.ts'
import type { Environment } from '../config/environment.ts'
import { makeDirectoryTest } from '../core/operations/directory-test.ts'
import { Secret } from '../kernel/secret.ts'
import type { OpenedDirectory } from './directory.ts'
import { runCli } from './index.ts'
import type { Terminal } from './io.ts'
import type { Service } from './service.ts'

/** `answers`: what somebody types, question by question; null when nobody sits there. */
async function rekey(words: string, answers: readonly (string | null)[] | null = null) {
  const directory = makeMemoryDirectory('people', [anAccount('tess')], { history: 3, lockoutTries: 3 })
  const [out, err, asked, questions] = [[], [], [], []] as [string[], string[], Environment[], string[]]
  let closed = 0
  const opened: OpenedDirectory = {
    ...{ tenant: 'northwind', name: 'people', kind: 'Memory', notEnforced: ['no lockout'] },
    test: (reporter) =>
      makeDirectoryTest({
        ...reporter,
        ...{ advice: null, seconds: 5, heard: () => [] },
        routed: { directory, domains: [] },
        drawPassword: () => new Secret(`drawn ${directory.writes.length}`),
      }),
    [Symbol.asyncDispose]: async () => void (closed += 1),
  }
  const service: Partial<Service> = {
    openDirectory: async (env) => {
      asked.push(env)
      return opened
    },
  }
  const left = [...(answers ?? [])]
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ...(answers === null
      ? {}
      : {
          ask: async (question, { hidden }) => {
            questions.push(`${hidden ? 'hidden' : 'shown'}: ${question.trim()}`)
            return left.shift() ?? null
          },
        }),
  }
  const env = { REKEY_CONFIG: '/etc/rekey/other.yaml' }
  const exitCode = await runCli(['directory', 'test', ...words.split(' ')], {
    ...{ env, terminal },
    service: async () => service as Service,
  })
  return { exitCode, directory, out: out.join('\n'), err: err.join('\n'), asked, questions, closed }
}

describe('rekey directory test', () => {
  it('says line by line what is proven, what nobody enforces, and how the account is left', async () => {
    const { exitCode, out, asked, closed } = await rekey(
      '--account tess --yes --config /etc/rekey/rekey.yaml',
    )

    expect(exitCode).toBe(0)
    expect(out).toMatch(/^northwind\/people, Memory: the account "tess"\n/)
    expect(out).toContain('✓ setPassword     the service account sets a password')
    expect(out).toContain('– find            by sign-in name (UPN): the entry shows none')
    expect(out).toContain('  - no lockout')
    expect(out).toContain('The account: its password is a random one that nobody knows')
    expect(asked).toEqual([{ REKEY_CONFIG: '/etc/rekey/rekey.yaml' }])
    expect(closed).toBe(1)
  })

  it('says the same as JSON', async () => {
    const { exitCode, out } = await rekey('--account tess --yes --json')

    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ...{ ok: true, tenant: 'northwind', directory: 'people', account: 'tess' },
      findings: expect.arrayContaining([expect.objectContaining({ trial: 'unlock', result: 'works' })]),
      notEnforced: ['no lockout'],
      left: { password: 'random', locked: false, mustChange: false },
    })
  })

  it('ends with 1 when something failed', async () => {
    const { exitCode, out, err } = await rekey('--account nobody --yes')

    expect(exitCode).toBe(1)
    expect(out).toContain('✗ find            nobody has this name here')
    expect(out).toContain('The account: nothing was changed.')
    expect(err).toBe('1 proven, 1 failed, 0 not proven.')
  })

  it.each([
    ['--account tess', null, 'Say --yes'],
    ['--account tess --json', ['tess'], 'Say --yes'],
    ['--account tess --yes --type-password', null, 'no terminal'],
  ])('asks nothing of the directory where nobody could be asked: %s', async (words, answers, says) => {
    const { exitCode, out, err, directory } = await rekey(words, answers)

    expect(exitCode).toBe(2)
    expect(out + err).toContain(says)
    expect(directory.calls).toEqual([])
  })

  it('goes on when its name is typed once more, and with nothing else', async () => {
    const yes = await rekey('--account tess', ['tess'])
    const no = await rekey('--account tess', ['y'])
    const gone = await rekey('--account tess', [null])

    expect(yes.exitCode).toBe(0)
    expect(yes.questions).toEqual([
      expect.stringMatching(/^shown: The password of "tess" in northwind\/people/),
    ])
    for (const { exitCode, directory, err } of [no, gone]) {
      expect({ exitCode, err }).toEqual({ exitCode: 2, err: 'Nothing was changed.' })
      expect(directory.writes).toEqual([])
    }
  })

  it('sets a password that was typed twice, unseen, and none that differs', async () => {
    const same = await rekey('--account tess --yes --type-password', ['otters borrow', 'otters borrow'])
    const other = await rekey('--account tess --yes --type-password', ['otters borrow', 'otters'])

    expect(same.directory.passwords.get('key-of-tess')).toBe('otters borrow')
    expect(same.questions).toEqual([
      'hidden: Password that it shall have at the end:',
      'hidden: The same again:',
    ])
    expect(same.out + same.err).not.toContain('otters')
    expect(other.exitCode).toBe(2)
    expect(other.directory.writes).toEqual([])
  })
})
