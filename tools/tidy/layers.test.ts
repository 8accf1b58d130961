import { describe, expect, it } from 'vitest'
import { layerViolations } from './layers.ts'

const violation = (path: string, line: string) =>
  layerViolations([{ path: `server/src/${path}`, text: line }])

describe('an import that goes the wrong way is found', () => {
  it.each([
    ['kernel/clock.ts', "import { x } from '../core/audit/index.ts'"],
    ['kernel/clock.ts', "import { x } from '../config/load.ts'"],
    ['kernel/clock.ts', "import x from 'fastify'"],
    ['core/recovery/start.ts', "import { x } from '../accounts/resolve.ts'"],
    ['core/recovery/start.ts', "import type { X } from '../accounts/resolve.ts'"],
    ['core/recovery/start.ts', "export { x } from '../accounts/resolve.ts'"],
    ['core/recovery/start.ts', "const x = await import('../accounts/resolve.ts')"],
    ['core/recovery/start.ts', "let x: typeof import('../accounts/resolve.ts')"],
    ['core/recovery/start.ts', "import { x } from '../../adapters/stores/database.ts'"],
    ['core/recovery/start.ts', "import { x } from '../../config/load.ts'"],
    ['core/recovery/start.ts', "import { x } from '../../http/problems.ts'"],
    ['core/recovery/start.ts', "import { x } from '../../compose.ts'"],
    ['core/recovery/start.ts', "import pg from 'pg'"],
    ['core/recovery/start.ts', "import { Kysely } from 'kysely'"],
    ['core/recovery/start.ts', "import { readFile } from 'node:fs/promises'"],
    ['core/recovery/start.ts', "import { connect } from 'node:net'"],
    ['core/messages/mail.ts', "import { x } from 'react'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../local/index.ts'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../registry.ts'"],
    ['adapters/connectors/ldap-wire/pool.ts', "import { x } from '../ldap/index.ts'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../../channels/define.ts'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../../../http/problems.ts'"],
    ['adapters/stores/audit/index.ts', "import { x } from '../recovery/index.ts'"],
    ['http/api/recoveries.ts', "import { x } from '../../adapters/stores/database.ts'"],
    ['http/api/recoveries.ts', "import { x } from '../../jobs/runner.ts'"],
    ['http/api/recoveries.ts', "import { renderToStaticMarkup } from 'react-dom/server'"],
    ['http/api/recoveries.ts', "import pg from 'pg'"],
    ['jobs/runner.ts', "import { x } from '../adapters/stores/database.ts'"],
    ['jobs/runner.ts', "import Fastify from 'fastify'"],
    ['cli/config.ts', "import { x } from '../adapters/stores/database.ts'"],
    ['config/load.ts', "import { x } from '../adapters/stores/database.ts'"],
    ['config/load.ts', "import { x } from '../compose.ts'"],
    ['compose.ts', "import { x } from './main.ts'"],
    ['main.ts', "import { x } from './adapters/stores/database.ts'"],
    ['seed.ts', "import { x } from './adapters/stores/database.ts'"],
  ])('%s: %s', (path, line) => {
    expect(violation(path, line)).toHaveLength(1)
  })
})

describe('an import that is allowed is left alone', () => {
  it.each([
    ['kernel/seal.ts', "import { x } from './keys.ts'; import { y } from 'node:crypto'"],
    ['core/recovery/start.ts', "import type { X } from '../accounts/ports.ts'"],
    ['core/recovery/start.ts', "import { x } from '../accounts/index.ts'; import { y } from './flow.ts'"],
    ['core/recovery/start.ts', "import { x } from '../../kernel/fault.ts'; import { y } from 'node:crypto'"],
    ['adapters/connectors/registry.ts', "import { ldap } from './ldap/index.ts'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../define.ts'; import { y } from 'ldapts'"],
    ['adapters/connectors/ldap/index.ts', "import { x } from '../ldap-wire/pool.ts'"],
    ['adapters/connectors/ldap/index.ts', "import type { X } from '../../../core/accounts/ports.ts'"],
    ['adapters/connectors/local/index.ts', "import { x } from '../hashes/argon2.ts'"],
    ['adapters/stores/migrations/index.ts', "import { x } from '../audit/migration.ts'"],
    ['config/schema.ts', "import { x } from '../adapters/connectors/registry.ts'"],
    ['http/portal/views/start.tsx', "import { x } from 'react'"],
    ['cli/index.ts', "const x = () => import('../main.ts')"],
    ['cli/version.ts', "import x from '../../package.json' with { type: 'json' }"],
    ['seed.ts', "import type { X } from './adapters/stores/database.ts'"],
    ['compose.ts', "import { x } from './adapters/stores/database.ts'"],
    ['core/recovery/start.test.ts', "import { x } from '../../adapters/stores/database.ts'"],
    [
      'core/recovery/start.ts',
      "// import { x } from '../../compose.ts'\nconst y = \"import '../../compose.ts'\"",
    ],
  ])('%s: %s', (path, line) => {
    expect(violation(path, line)).toEqual([])
  })
})
