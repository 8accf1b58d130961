import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeEntry } from '../core/audit/index.ts'
import { runCli } from './index.ts'
import type { Service } from './service.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rekey-risk-'))
  await rekeyRisk([...small, file('small.jsonl')])
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const file = (name: string) => join(folder, name)

async function rekeyRisk(words: readonly string[], service: Partial<Service> = {}) {
  const out: string[] = []
  const err: string[] = []
  const exitCode = await runCli(['risk', ...words], {
    env: {},
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text) },
    service: async () => Promise.resolve(service as Service),
  })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

const small = ['generate', '--people', '300', '--days', '21', '--out']

/** The blocks of text that the documentation shows. */
const shown = readFileSync(new URL('../../../docs/risk.md', import.meta.url), 'utf8')
  .split('```')
  .filter((block, index) => index % 2 === 1 && block.startsWith('\n'))
  .map((block) => block.trim())

describe('rekey risk', () => {
  it('makes up the month of the documentation, and says of it what stands there', async () => {
    const made = await rekeyRisk(['generate', '--seed', '1', '--out', file('month.jsonl')])
    const replayed = await rekeyRisk(['replay', file('month.jsonl')])
    const trained = await rekeyRisk(['train', file('month.jsonl'), '--out', file('model.yaml')])
    const again = await rekeyRisk(['replay', file('month.jsonl'), '--weights', file('model.yaml'), '--json'])
    const [ofMonth = 'nothing', ofTraining = 'nothing'] = shown

    expect(made.out).toMatch(/month\.jsonl: \d+ requests of 1000 people, \d+ of them attacks\./)
    expect(replayed.out).toContain(ofMonth)
    expect(ofMonth).toMatch(/attacks that get in +\d+ \(\d\.\d %\) +\d+ \(\d\.\d %\)/)
    expect(trained.out).toContain(`${ofTraining}\nWritten to ${file('model.yaml')}.`)
    expect(JSON.parse(again.out)).toMatchObject({ ok: true, weights: expect.stringMatching(/^model@/) })
    expect([made, replayed, trained, again].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
  })

  it('replay ends with 1 when a decision does not come out as it was recorded', async () => {
    const text = readFileSync(file('small.jsonl'), 'utf8')
    writeFileSync(file('changed.jsonl'), text.replace(/"score":\d+,"band":"\w+"/, '"score":99,"band":"low"'))

    const { exitCode, out } = await rekeyRisk(['replay', file('changed.jsonl')])

    expect(out).toMatch(/^1 of [\d,]+ that name these weights do not come out the same\.$/m)
    expect(exitCode).toBe(1)
  })

  it('replay reads an export of an audit log', async () => {
    const facts = { step: 'proof', mode: 'act', score: 40, band: 'medium', 'signal.tor': 1 }
    const weights = JSON.parse((await rekeyRisk(['replay', file('small.jsonl'), '--json'])).out)
      .weights as string
    const at = new Date('2026-06-02T10:00:00Z')
    const event = { name: 'risk.scored', tenant: 't', at, subject: 's', flow: 'f' } as const
    const entry = Buffer.from(encodeEntry({ ...event, facts: { ...facts, weights } }, { id: 'e' }))
    const copy = {
      entries: async function* () {
        yield [{ leaf: 0, entry, columnsAgree: true }]
      },
    }
    const openAuditExport = async () => Promise.resolve({ verifierKeys: [], copy: () => copy as never })

    const { exitCode, out } = await rekeyRisk(['replay', folder, '--json'], { openAuditExport })
    const none = await rekeyRisk(['replay', folder], { openAuditExport: async () => Promise.resolve(null) })

    expect(JSON.parse(out)).toMatchObject({ ok: true, samples: 1, decisions: { made: 1, same: 1 } })
    expect(exitCode).toBe(0)
    expect(none).toMatchObject({ exitCode: 2, err: `${folder} holds no export of an audit log.` })
  })

  it('train writes no weights that do not beat those they are to replace', async () => {
    const line = (day: number, label: string) =>
      JSON.stringify({ at: `2026-06-${10 + day}`, label, signals: label === 'attack' ? { tor: 1 } : {} })
    const days = Array.from({ length: 20 }, (_, day) =>
      Array.from({ length: 10 }, () => line(day, day % 2 === 0 ? 'attack' : 'genuine')),
    )
    writeFileSync(file('clear.jsonl'), days.flat().join('\n'))
    const { exitCode, err } = await rekeyRisk(['train', file('clear.jsonl'), '--out', file('second.yaml')])

    expect(err).toMatch(/^Not written: it tells attacks from people no better/m)
    expect(exitCode).toBe(1)
    expect(() => readFileSync(file('second.yaml'))).toThrow('ENOENT')
  })

  it('weights prints a file that replay takes', async () => {
    const { out } = await rekeyRisk(['weights'])
    writeFileSync(file('hand.yaml'), out)
    const replayed = await rekeyRisk(['replay', file('small.jsonl'), '--weights', file('hand.yaml')])

    expect(replayed.out).toContain('and all of them come out the same.')
  })

  it('replay takes bands as the configuration has them', async () => {
    const words = ['replay', file('small.jsonl'), '--json', '--bands']
    const lower = await rekeyRisk([...words, '20,40'])
    const wrong = await rekeyRisk([...words, 'low'])
    const replayed: unknown = JSON.parse((await rekeyRisk(['replay', file('small.jsonl'), '--json'])).out)

    expect(JSON.parse(lower.out)).toMatchObject({ ok: true, decisions: { made: 0 } })
    expect(JSON.parse(lower.out).after.people.askedForMore).toBeGreaterThan(
      (replayed as { after: { people: { askedForMore: number } } }).after.people.askedForMore,
    )
    expect(wrong.exitCode).toBe(2)
  })

  it('says what is wrong with a recording, with weights and with a number', async () => {
    writeFileSync(file('bad.jsonl'), '{"at":"2026-06-01","signals":{}}\n\nnonsense\n')
    writeFileSync(file('bad.yaml'), 'name: hand\n')

    const [line, weights, missing, number] = await Promise.all([
      rekeyRisk(['replay', file('bad.jsonl')]),
      rekeyRisk(['replay', file('small.jsonl'), '--weights', file('bad.yaml')]),
      rekeyRisk(['train', file('nothing'), '--out', file('x')]),
      rekeyRisk(['generate', '--out', file('x'), '--days', 'many']),
    ])

    expect(line).toMatchObject({ exitCode: 2, err: `Line 3 of ${file('bad.jsonl')} is no JSON object.` })
    expect(weights).toMatchObject({ exitCode: 1, err: expect.stringContaining('`form` must be `points`') })
    expect(missing).toMatchObject({ exitCode: 2, err: `${file('nothing')} is not there.` })
    expect(number).toMatchObject({ exitCode: 2, err: 'Give --days a whole number from 7 to 90.' })
  })
})
