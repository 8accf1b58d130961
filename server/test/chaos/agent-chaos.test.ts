import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AgentProcess, startAgentProcess } from '../support/agent-process.ts'
import { seededChance } from '../support/fake-outside.ts'
import { type Front, startFront } from '../support/front.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import {
  comeBack,
  expectTruth,
  othersComeBack,
  prove,
  type Run,
  report,
  somebody,
} from '../support/people-in-trouble.ts'
import { eventually } from '../support/person-at-api.ts'
import { ldapEntry, onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

/**
 * Northwind's directory is behind two agents, each a process of its own with a wire that can be cut, and things happen
 * to them while its people come back; Contoso's is well. As in directory-chaos.test.ts, what people were told is held
 * against what the directory says. It takes long: what an agent does when it is killed, or its line is cut, is held in
 * the short tier by agent-kill-nine.test.ts and the contract of agents.
 */

const isLong = process.env['REKEY_PROVE'] === '1'
const seed = Number(process.env['REKEY_SEED'] ?? 20_261_122)
const chance = seededChance(seed)

let inside: OpenLdap
let well: OpenLdap
let mail: MailServer
let rekey: Rekey
let front: Front
let agents: readonly [AgentProcess, AgentProcess]
const opened = new AsyncDisposableStack()

async function openAll(): Promise<void> {
  const started = await Promise.all([startOpenLdap(), startOpenLdap(), aMailServer({ tls: 'none' })])
  for (const one of started) opened.use(one)
  ;[inside, well, mail] = started
  const contoso = onOpenLdap(well, { tenant: { id: 'contoso', name: 'Contoso' } })
  const northwind = onOpenLdap(inside, {
    limits: { directorySeconds: 3 },
    tenant: {
      directories: [
        {
          ...{ name: 'people', kind: 'agent', nextAgentSeconds: 1 },
          abilities: ['verify', 'unlock', 'history', 'locked-is-visible', 'change-as-user', 'must-change'],
          resilience: { failures: 2, coolDownSeconds: 1, coolDownSecondsMax: 2, queueSeconds: 1 },
        },
      ],
    },
  })
  const tenantsOf = ({ config }: { config: object }) => (config as { tenants: object[] }).tenants
  rekey = opened.use(
    await startRekey({
      config: { tenants: [northwind, contoso].flatMap(tenantsOf) },
      ...{ env: contoso.env, smtp: mail },
    }),
  )
  const port = Number(new URL(rekey.portalUrl).port)
  front = opened.use(await startFront({ host: `contoso.localhost:${port}`, port }))
  const anAgent = async (name: string) =>
    opened.use(await startAgentProcess(rekey, { name, directory: ldapEntry(inside), env: northwind.env }))
  agents = [await anAgent('site-1'), await anAgent('site-2')]
}

const connectedAgents = async (): Promise<number> => {
  const text = await fetch(`${rekey.consoleUrl}/metrics`).then(
    (answer) => answer.text(),
    () => '',
  )
  const line = /^rekey_agents\{tenant="northwind",directory="people",state="connected"\} (\d+)$/m.exec(text)
  return Number(line?.[1] ?? 0)
}

const anyAgent = () => (chance() < 0.5 ? agents[0] : agents[1])

/** Both wires lose every byte for so long, as behind a firewall that forgot them. */
async function cut(ms: number): Promise<void> {
  for (const { wire } of agents) wire.lost = new Set(['to-server', 'to-client'])
  await sleep(ms)
  for (const { wire } of agents) {
    wire.lost = new Set()
    wire.reset()
  }
}

/** Takes a quarter of a minute. */
const kill = 'kill -9 of the service'
const aMinute = 'cut for a minute'

/** Each is over when it resolves. */
const troubles: Readonly<Record<string, () => Promise<void>>> = {
  'one agent is killed': async () => {
    const agent = anyAgent()
    await agent.kill()
    await sleep(chance() * 1_500)
    agent.start()
  },
  'both agents are killed': async () => {
    await Promise.all(agents.map((agent) => agent.kill()))
    await sleep(chance() * 2_000)
    for (const agent of agents) agent.start()
  },
  'cut for seconds': () => cut(2_000 + chance() * 2_000),
  'lines are reset again and again': async () => {
    for (let time = 0; time < 4; time += 1) {
      anyAgent().wire.reset()
      await sleep(chance() * 500)
    }
  },
  'the directory is down': async () => {
    await inside.kill()
    await sleep(chance() * 2_000)
    await inside.restart()
  },
  [aMinute]: () => cut(60_000),
  [kill]: async () => {
    await rekey.kill('SIGKILL')
    await rekey.restart()
  },
}
const calm = 'calm'
const isSlow = (kind: string) => kind === kill || kind === aMinute
const kinds = Object.keys(troubles)
/** The slow ones a few times only. */
const runs = [
  ...Array.from({ length: 12 }, () => kinds.filter((kind) => !isSlow(kind))).flat(),
  ...Array.from({ length: 4 }, () => [kill, aMinute]).flat(),
]

async function runOf(of: string, kind: string): Promise<Run> {
  const ill = { url: rekey.portalUrl, mail }
  const others = kind === kill ? null : othersComeBack({ url: front.url, mail }, well, of)
  const people = await Promise.all(['a', 'b', 'c'].map((name) => somebody(inside, of, name)))
  const begun = await Promise.all(people.map(async (person, at) => (at === 0 ? null : prove(ill, person))))
  const stories = people.map(async (person, at) => {
    await sleep(chance() * (at === 0 ? 1_500 : 600))
    return comeBack(ill, person, begun[at])
  })
  await sleep(chance() * 500)
  await (troubles[kind] ?? (() => sleep(1_500)))()

  const told = await Promise.all(stories)
  await eventually(`${of}: both agents are back`, async () => (await connectedAgents()) === 2, 90_000)
  const took = (await others?.stop()) ?? []
  for (const [at, person] of people.entries()) {
    await expectTruth(ill, inside, { person, told: told[at] ?? 'done' })
  }
  return { kind, told, others: took }
}

describe.runIf(isLong)('a directory behind agents', () => {
  beforeAll(openAll, 120_000)
  afterAll(() => opened.disposeAsync())

  it(`keeps its people informed and nobody else waiting, in ${runs.length} runs`, {
    timeout: 7_200_000,
  }, async () => {
    await runOf('first', calm)
    const quiet: Run[] = []
    for (let run = 0; run < 10; run += 1) quiet.push(await runOf(`calm ${run}`, calm))
    const disturbed: Run[] = []
    for (const [run, kind] of runs.entries()) disturbed.push(await runOf(`run ${run} ${kind}`, kind))

    report(`seed ${seed}, ${runs.length} runs: nobody was told what is not so, nothing was written twice`, {
      calm: quiet,
      disturbed,
    })
    expect(disturbed.flatMap(({ told }) => told)).toContain('done')
  })
})
