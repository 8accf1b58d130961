import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { weightsFrom } from '../config/weights-file.ts'
import {
  type Band,
  handWeights,
  makeMonth,
  type Replay,
  readLog,
  readSample,
  replay,
  type Sample,
  sampleLine,
  type Trained,
  train,
  weightsText,
} from '../core/risk/index.ts'
import type { OpenedExport } from './audit.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

interface Said {
  json: boolean
  terminal: Terminal
}

interface Reads extends Said {
  /** An export of an audit log. */
  openExport(folder: string): Promise<OpenedExport | null>
}

/** `rekey risk weights`: what a file of weights looks like. */
export function riskWeights({ json, terminal }: Said): ExitCode {
  terminal.out(json ? JSON.stringify(handWeights, null, 2) : weightsText(handWeights).trimEnd())
  return exitCodes.ok
}

const monthBounds = {
  people: { min: 50, max: 100_000 },
  days: { min: 7, max: 90 },
  seed: { min: 0, max: 2 ** 32 - 1 },
}

/** `rekey risk generate`: a labelled month to try weights on before there is history of one's own. */
export async function riskGenerate(
  options: Readonly<Record<'out' | keyof typeof monthBounds, string>>,
  { json, terminal }: Said,
): Promise<ExitCode> {
  const chosen = { seed: 0, people: 0, days: 0 }
  for (const name of ['seed', 'people', 'days'] as const) {
    const { min, max } = monthBounds[name]
    const value = /^\d+$/.test(options[name]) ? Number(options[name]) : Number.NaN
    if (!(value >= min && value <= max)) {
      terminal.err(`Give --${name} a whole number from ${min} to ${max}.`)
      return exitCodes.failed
    }
    chosen[name] = value
  }
  const samples = await makeMonth(chosen)
  const lines = samples.map((sample) => `${sampleLine(sample)}\n`)
  await pipeline(Readable.from(lines), createWriteStream(options.out))
  const attacks = samples.filter(({ label }) => label === 'attack').length
  if (json) {
    terminal.out(
      JSON.stringify({ ok: true, out: options.out, ...chosen, samples: samples.length, attacks }, null, 2),
    )
  } else {
    terminal.out(
      `${options.out}: ${samples.length} requests of ${chosen.people} people, ${attacks} of them attacks.`,
    )
  }
  return exitCodes.ok
}

/** `rekey risk replay`: what weights make of recorded requests, and whether decisions come out as they were made. */
export async function riskReplay(
  {
    recording,
    weights: file,
    bands: written,
  }: { recording: string; weights: string | null; bands: string | null },
  { json, terminal, openExport }: Reads,
): Promise<ExitCode> {
  const own = weightsFrom(file)
  const [, medium, high] = /^(\d{1,3}),(\d{1,3})$/.exec(written ?? '') ?? []
  if (written !== null && high === undefined) {
    return failed('Give --bands two whole numbers, such as 40,70.', { json, terminal })
  }
  const weights = high === undefined ? own : { ...own, bands: { medium: Number(medium), high: Number(high) } }
  const read = await readRecording(recording, openExport)
  if (!read.ok) return failed(read.problem, { json, terminal })
  const replayed = replay(read.samples, weights)
  const { made, same } = replayed.decisions
  const isSame = made === same
  if (json) {
    terminal.out(JSON.stringify({ ok: isSame, recording, unreadable: read.unreadable, ...replayed }, null, 2))
  } else {
    terminal.out(
      `${recording}: ${count(replayed.samples)} scored with ${replayed.weights}, ${count(replayed.unlabelled)} of them without a label.`,
    )
    for (const line of tablesOf(replayed)) terminal.out(line)
    if (read.unreadable > 0) terminal.err(`${count(read.unreadable)} of another version were left out.`)
    terminal.out(decisionsOf(replayed))
  }
  return isSame ? exitCodes.ok : exitCodes.wrong
}

function decisionsOf({ decisions: { made, same } }: Replay): string {
  if (made === 0) return 'None of them was decided by these weights.'
  return made === same
    ? `${count(made)} were decided by these weights, and all of them come out the same.`
    : `${count(made - same)} of ${count(made)} that name these weights do not come out the same.`
}

const whyNot = {
  'no-better-order': 'it tells attacks from people no better than the weights set by hand',
  'lets-more-in': 'it lets more attacks in while it bothers as many people',
} as const satisfies Record<NonNullable<Trained['because']>, string>

const tooFew = {
  'too-few-attacks':
    'There are too few attacks in it: 20 are needed to learn from, and 20 later ones to compare.',
  'too-few-people':
    'There are too few genuine requests in it: 20 to learn from, and 20 later ones to compare.',
} as const

/** `rekey risk train`: a model that does not beat what it is to replace, on what it has not seen, is not written. */
export async function riskTrain(
  { recording, out, weights: file }: { recording: string; out: string; weights: string | null },
  { json, terminal, openExport }: Reads,
): Promise<ExitCode> {
  const hand = weightsFrom(file)
  const read = await readRecording(recording, openExport)
  if (!read.ok) return failed(read.problem, { json, terminal })
  const trained = train(read.samples, hand)
  if (!trained.ok) return failed(tooFew[trained.because], { json, terminal })
  const { weights, because, heldOut, learntFrom } = trained
  if (because === null) await writeFile(out, weightsText(weights))
  if (json) {
    terminal.out(
      JSON.stringify({ ok: because === null, out, because, learntFrom, weights, heldOut }, null, 2),
    )
    return because === null ? exitCodes.ok : exitCodes.wrong
  }
  terminal.out(weightsText(weights).trimEnd())
  terminal.out('')
  terminal.out(`Learnt from ${count(learntFrom)}, compared on ${count(heldOut.samples)} later ones:`)
  for (const line of comparisonOf(heldOut)) terminal.out(line)
  if (because === null) terminal.out(`Written to ${out}.`)
  else terminal.err(`Not written: ${whyNot[because]}.`)
  return because === null ? exitCodes.ok : exitCodes.wrong
}

type Recording = { ok: true; samples: readonly Sample[]; unreadable: number } | { ok: false; problem: string }

async function readRecording(path: string, openExport: Reads['openExport']): Promise<Recording> {
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) return { ok: false, problem: `${path} is not there.` }
  return status.isDirectory() ? readExport(path, openExport) : readLines(path)
}

async function readExport(folder: string, openExport: Reads['openExport']): Promise<Recording> {
  const opened = await openExport(folder)
  if (opened === null) return { ok: false, problem: `${folder} holds no export of an audit log.` }
  const leaves: Uint8Array[] = []
  for await (const batch of opened.copy(folder).entries()) leaves.push(...batch.map(({ entry }) => entry))
  return { ok: true, ...readLog(leaves) }
}

async function readLines(path: string): Promise<Recording> {
  const samples: Sample[] = []
  let number = 0
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1
    if (line.trim() === '') continue
    const read = readSample(line)
    if (!read.ok) return { ok: false, problem: `Line ${number} of ${path} ${read.problem}.` }
    samples.push(read.sample)
  }
  return { ok: true, samples, unreadable: 0 }
}

function failed(problem: string, { json, terminal }: Said): ExitCode {
  if (json) {
    terminal.out(JSON.stringify({ ok: false, error: { code: 'recording', message: problem } }, null, 2))
  } else terminal.err(problem)
  return exitCodes.failed
}

const bands: readonly Band[] = ['low', 'medium', 'high']

/** What `docs/risk.md` shows. */
export function tablesOf(replayed: Replay): readonly string[] {
  const { before, after, medium, high, kinds, auc } = replayed
  return [
    '',
    row('band', 'attacks', 'people'),
    ...bands.map((band) =>
      row(band, count(replayed.bands[band].attacks), count(replayed.bands[band].people)),
    ),
    '',
    row('', 'precision', 'recall'),
    row('medium and above', percent(medium.precision), percent(medium.recall)),
    row('high', percent(high.precision), percent(high.recall)),
    '',
    row('', 'before', 'after'),
    row('attacks that get in', part(before.attacks, 'getIn'), part(after.attacks, 'getIn')),
    row('people asked for more', part(before.people, 'askedForMore'), part(after.people, 'askedForMore')),
    row('people turned away', part(before.people, 'turnedAway'), part(after.people, 'turnedAway')),
    ...kinds.map(({ kind, all, before: open, after: left }) =>
      row(`  ${kind} (${count(all)})`, count(open), count(left)),
    ),
    '',
    `An attack scores higher than a person in ${percent(auc)} of all pairs.`,
  ]
}

const comparisonOf = ({ model, hand }: Trained['heldOut']): readonly string[] => [
  row('', 'by hand', 'model'),
  row('attack above person', percent(hand.auc), percent(model.auc)),
  row('attacks that get in', part(hand.after.attacks, 'getIn'), part(model.after.attacks, 'getIn')),
  row(
    'people asked for more',
    part(hand.after.people, 'askedForMore'),
    part(model.after.people, 'askedForMore'),
  ),
  row('people turned away', part(hand.after.people, 'turnedAway'), part(model.after.people, 'turnedAway')),
]

const row = (...[name = '', ...cells]: readonly string[]): string =>
  `${name.padEnd(26)}${cells.map((cell) => cell.padStart(18)).join('')}`

const count = (number: number): string => number.toLocaleString('en')

const percent = (share: number | null): string => (share === null ? 'none' : `${(share * 100).toFixed(1)} %`)

const part = <Key extends string>(of: Readonly<Record<Key | 'all', number>>, key: Key): string =>
  `${count(of[key])} (${percent(of.all === 0 ? null : of[key] / of.all)})`
