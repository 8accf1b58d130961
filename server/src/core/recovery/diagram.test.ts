import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { recoveryPage } from '../../../test/support/flow-diagram.ts'
import { moves } from './flow.ts'

const page = new URL('../../../../docs/flows/recovery.md', import.meta.url)

it('is drawn in docs/flows/recovery.md as the code has it (UPDATE=1 draws it again)', () => {
  const drawn = recoveryPage(moves)
  if (process.env['UPDATE'] === '1') writeFileSync(page, drawn)

  expect(readFileSync(page, 'utf8')).toBe(drawn)
})
