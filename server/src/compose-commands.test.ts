import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openAgents, openAuditLog, openDirectory, openInvitations, openKeys, openTextPauses } from './main.ts'

const demosDirectory = (env: Record<string, string>) =>
  openDirectory(env, { tenant: null, directory: 'people' })

it.each([openAgents, openAuditLog, demosDirectory, openInvitations, openKeys, openTextPauses])(
  'a command where nothing was served yet makes nothing, and says what is missing: $name',
  async (open) => {
    const folder = mkdtempSync(join(tmpdir(), 'rekey-commands-'))
    try {
      const data = join(folder, 'data')

      await expect(open({ REKEY_DATA: data })).rejects.toMatchObject({
        code: 'database-unavailable',
        detail: expect.stringMatching(/first `rekey serve` makes it.*REKEY_CONFIG/),
      })
      expect(existsSync(data)).toBe(false)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
