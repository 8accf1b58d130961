import { makeAdmitTexts, type PumpingRules } from '../../src/core/messages/pumping.ts'
import type { Effects } from '../../src/core/recovery/ports.ts'
import { aClock } from './fake-outside.ts'
import { makeMemoryLimiter } from './memory-limiter.ts'
import {
  aClient,
  anAccount,
  aWorld,
  type Holding,
  type Mail,
  testTokens,
  type World,
  type WorldOptions,
} from './recovery-world.ts'

export const danishNumber = '+45 20 12 34 56'

export interface TextedWorld extends World {
  /** Codes that were typed in, as the rows of their texts would say. */
  entered: NonNullable<Effects['textEntered']>[]
  /** Texts that went out, oldest first; nobody's are not among them. */
  texts(): readonly Mail['order'][]
}

/** A company that offers texts; ada has a number, bob has none. What is kept off is the product's own. */
export function aTextedWorld(options: WorldOptions & { pumping?: Partial<PumpingRules> } = {}): TextedWorld {
  const { clock = aClock(), pumping = {}, ...rest } = options
  const entered: TextedWorld['entered'] = []
  let spent = 0
  const texts = makeAdmitTexts({
    limiter: makeMemoryLimiter(clock),
    store: {
      pausedUntil: async () => null,
      async spend({ micros, microsMax }) {
        if (spent + micros > microsMax) return false
        spent += micros
        return true
      },
    },
    rules: {
      countries: new Set(['DK']),
      perNumber: [{ max: 3, windowSeconds: 900 }],
      perPrefix: { digits: 7, max: 20, windowSeconds: 3_600 },
      spendMicrosPerDay: 20_000_000,
      conversion: { shareMin: 0.2, sentMin: 20, pauseSeconds: 3_600 },
      ...pumping,
    },
    nameOf: (tenant, name) => testTokens.mailbox(tenant, name),
    priceOf: () => ({ micros: 80_000, currency: 'EUR' }),
    now: () => clock.now(),
  })
  const world = aWorld({
    accounts: [anAccount('ada', { recoveryNumbers: [danishNumber] }), anAccount('bob')],
    methods: ['email_link', 'email_code', 'sms_code'],
    texts,
    ...{ clock, ...rest },
    wrap: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const typed = decision.effects?.textEntered
            if (typed !== undefined) entered.push(typed)
            return decision
          }),
      },
    }),
  })
  const sent = () => world.mails.filter(({ order }) => order.channel === 'sms').map(({ order }) => order)
  return { ...world, entered, texts: sent }
}

/** Asks for a text after the pause, and lets the job run. */
export async function askForText(world: World, holding: Holding): ReturnType<World['recovery']['ask']> {
  world.clock.advance(world.rules.askPauseSeconds)
  const asked = await world.recovery.ask({ ...holding, method: 'sms_code' })
  await world.runJobs()
  return asked
}

/** The code of the newest text, as its reader sees it. */
export function textedCode(world: TextedWorld): string {
  const order = world.texts().at(-1)
  if (order === undefined) throw new Error('no text')
  const { tenant, flow, generation, keyId } = order
  return testTokens.textCode({ tenant, flow: flow ?? '', generation, keyId })
}

export const typeText = (world: World, holding: Holding, code: string) =>
  world.recovery.prove({ ...holding, method: 'sms_code', code, client: aClient() })
