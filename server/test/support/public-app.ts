import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { unlockIsOffered } from '../../src/core/recovery/index.ts'
import { loadAssets, tenantAssets } from '../../src/http/portal/assets.ts'
import { buildPublicApp } from '../../src/http/public-app.ts'
import { aGate } from './gate-world.ts'
import { aTenant } from './portal-samples.ts'
import { aClient, northwind, type World } from './recovery-world.ts'

const portal = loadAssets()
const { look } = tenantAssets(portal, { color: null, radius: null, logo: null })

/** Pages and API of a world, without a socket. */
export function aPublicApp({ recovery, sessions, enrolment, deps, rules }: World): Promise<FastifyInstance> {
  const tenant = {
    ...{ id: northwind, voice: aTenant(), rules, look },
    methods: deps.tenant(northwind).methods,
    passwordRules: [],
    services: [],
    signIn: { password: true, provider: null },
    titleOf: deps.tenant(northwind).titleOf,
    offersUnlock: unlockIsOffered(deps.tenant(northwind)),
  }
  return buildPublicApp(
    {
      ...{ recovery, sessions, enrolment, now: deps.now, randomBytes: deps.randomBytes },
      tenantOf: () => tenant,
      gate: aGate().gate,
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
