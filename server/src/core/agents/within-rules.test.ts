import { expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { Secret } from '../../kernel/secret.ts'
import { operationNames } from './orders.ts'
import { withinRules } from './within-rules.ts'

const signal = AbortSignal.timeout(60_000)
const nobody = { usernames: [], groups: [], places: [] }

it('whoever an agent denies is privileged for whoever asks its directory beside it', async () => {
  const inner = makeMemoryDirectory('people', [anAccount('ada'), anAccount('ceo')])
  const directory = withinRules(inner, { deny: { ...nobody, usernames: ['CEO'] }, refuse: [] })

  const found = async (value: string) => (await directory.find({ by: 'username', value }, signal))[0]
  const [ada, ceo] = [await found('ada'), await found('ceo')]
  expect([ada, ceo]).toMatchObject([{ privileged: false }, { privileged: true }])
  expect(await directory.read(ada?.key ?? '', signal)).toEqual(ada)
  expect(await directory.read(ceo?.key ?? '', signal)).toEqual(ceo)
  for await (const page of directory.list(signal)) {
    expect(page.map(({ username, privileged }) => [username, privileged])).toEqual([
      ['ada', false],
      ['ceo', true],
    ])
  }
})

it('what an agent is told never to do is not done beside it either', async () => {
  const inner = makeMemoryDirectory('people', [anAccount('ada')])
  const directory = withinRules(inner, { deny: nobody, refuse: operationNames })
  const secret = new Secret('a password')
  const passwords = { current: secret, next: secret, owed: false }

  const asked = [
    directory.find({ by: 'username', value: 'ada' }, signal),
    directory.read('ada', signal),
    directory.list(signal)[Symbol.asyncIterator]().next(),
    directory.passwordRules('ada', signal),
    directory.verifyPassword('ada', secret, signal),
    directory.setPassword('ada', secret, signal),
    directory.offboard('ada', secret, signal),
    directory.changePassword('ada', passwords, signal),
    directory.unlock('ada', signal),
    directory.requireChange('ada', signal),
  ]

  const ends = (await Promise.allSettled(asked)).map((end) =>
    end.status === 'rejected' ? String(end.reason) : 'done',
  )
  const never = 'Fault: directory-misconfigured: the agent is told never to do'
  expect(ends).toEqual(
    [
      ...['find', 'read', 'list', 'password-rules', 'verify-password', 'set-password', 'offboard'],
      ...['change-password', 'unlock', 'require-change'],
    ].map((operation) => `${never} ${operation}`),
  )
  expect(inner.calls).toEqual([])
})
