import { expect, it } from 'vitest'
import { anAccount } from '../../../test/support/recovery-world.ts'
import { whyNotByMail } from './eligibility.ts'

it.each([
  [{}, null],
  [{ locked: true }, null],
  [{ disabled: true }, 'disabled'],
  [{ federated: true }, 'federated'],
  [{ privileged: true }, 'privileged'],
  [{ secondFactor: true }, 'second-factor'],
  [{ disabled: true, federated: true, privileged: true, secondFactor: true }, 'disabled'],
  [{ federated: true, privileged: true, secondFactor: true }, 'federated'],
  [{ privileged: true, secondFactor: true }, 'privileged'],
] as const)('an account that is %j can’t come back by mail because of: %s', (facts, because) => {
  expect(whyNotByMail(anAccount('ada', facts))).toBe(because)
})
