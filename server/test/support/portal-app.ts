import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { unlockIsOffered } from '../../src/core/recovery/index.ts'
import { loadAssets, tenantAssets } from '../../src/http/portal/assets.ts'
import { buildPublicApp } from '../../src/http/public-app.ts'
import { aTenant } from './portal-samples.ts'
import { aClient, northwind, type World } from './recovery-world.ts'

const portal = loadAssets()
const { look } = tenantAssets(portal, { color: null, radius: null, logo: null })

/** The public listener of a world in memory. The caller closes it. */
export function aPortalApp({ recovery, sessions, deps, rules }: World): Promise<FastifyInstance> {
  const { titleOf } = deps.tenant(northwind)
  const tenant = {
    ...{ id: northwind, voice: aTenant(), rules, look, titleOf },
    methods: ['email_link', 'email_code'] as const,
    passwordRules: [],
    services: [],
    signIn: { password: true, provider: null },
    offersUnlock: unlockIsOffered(deps.tenant(northwind)),
  }
  return buildPublicApp(
    {
      ...{ recovery, sessions, now: deps.now, randomBytes: deps.randomBytes },
      tenantOf: () => tenant,
      clientOf: () => aClient(),
      assets: portal.files,
      demo: false,
      mailIsDelayed: () => false,
      ready: async () => true,
    },
    {
      logger: pino({ level: 'silent' }),
      https: false,
      problemBase: 'http://localhost/problems',
      observe: () => undefined,
    },
  )
}
