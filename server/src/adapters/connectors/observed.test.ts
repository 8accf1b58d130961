import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import type { Directory } from '../../core/accounts/ports.ts'
import { Fault } from '../../kernel/fault.ts'
import { Secret } from '../../kernel/secret.ts'
import { noTracing } from '../../kernel/tracing.ts'
import { observed } from './observed.ts'
import { tracedDirectory } from './traced.ts'

const soon = AbortSignal.timeout(20_000)
const password = new Secret('correct horse battery staple')
const ada = anAccount('ada')

/** Every question that a person or a job waits for, by the name that operators know it by. */
const questions: Readonly<Record<string, (directory: Directory) => Promise<unknown>>> = {
  find: (directory) => directory.find({ by: 'username', value: 'ada' }, soon),
  read: (directory) => directory.read(ada.key, soon),
  'set-password': (directory) => directory.setPassword(ada.key, password, soon),
  'change-password': (directory) =>
    directory.changePassword(ada.key, { current: password, next: password }, soon),
  unlock: (directory) => directory.unlock(ada.key, soon),
  'require-change': (directory) => directory.requireChange(ada.key, soon),
  'password-rules': (directory) => directory.passwordRules(ada.key, soon),
  'verify-password': (directory) => directory.verifyPassword(ada.key, password, soon),
}

describe('a directory that is watched', () => {
  it.each(Object.entries(questions))(
    'is asked %s as it is, and a fault of it is logged once',
    async (name, ask) => {
      const directory = makeMemoryDirectory('people', [ada])
      const warnings: unknown[] = []
      const watched = observed(directory, { warn: (_, facts) => void warnings.push(facts) })

      const plain = await ask(makeMemoryDirectory('people', [ada]))
      expect(await ask(watched)).toEqual(plain)
      directory.down = true
      await expect(ask(watched)).rejects.toMatchObject({
        code: 'directory-unreachable',
        detail: expect.stringContaining('"people"'),
      })

      expect(warnings).toEqual([
        { operation: name, code: 'directory-unreachable', because: 'directory-unreachable' },
      ])
    },
  )

  it('says when it is worth coming back, where a fault does', async () => {
    const directory = makeMemoryDirectory('people', [ada])
    directory.unlock = () => Promise.reject(new Fault('directory-unreachable', { retryAfterSeconds: 2_340 }))

    const asked = observed(directory, { warn: () => undefined }).unlock(ada.key, soon)

    await expect(asked).rejects.toMatchObject({ retryAfterSeconds: 2_340 })
  })

  it.each(Object.entries(questions))('shows %s in traces, and not about whom', async (name, ask) => {
    const seen: unknown[] = []
    const tracing = {
      ...noTracing,
      begin: (start: Parameters<typeof noTracing.begin>[0]) => {
        seen.push(start)
        return noTracing.begin(start)
      },
    }

    await ask(tracedDirectory(makeMemoryDirectory('people', [ada]), tracing))

    const facts = { 'rekey.directory': 'people', 'rekey.operation': name }
    expect(seen).toEqual([{ name: `directory ${name}`, kind: 'client', facts }])
  })
})
