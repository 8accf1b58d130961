import { readFileSync, statSync } from 'node:fs'
import { handWeights, readWeights, type Weights } from '../core/risk/index.ts'
import { Fault } from '../kernel/fault.ts'
import { readYaml } from './yaml-source.ts'

const bytesMax = 64 * 1024

/** What is wrong with a file of weights; empty when it can be used. */
export function weightsMistakes(file: string): readonly string[] {
  const read = readFile(file)
  return read.ok ? [] : read.mistakes
}

/**
 * The weights in a file, or those set by hand.
 *
 * @throws Fault `config-invalid` with everything that is wrong with the file.
 */
export function weightsFrom(file: string | null): Weights {
  if (file === null) return handWeights
  const read = readFile(file)
  if (read.ok) return read.weights
  throw new Fault('config-invalid', { detail: `${file}: ${read.mistakes.join('; ')}` })
}

function readFile(file: string): ReturnType<typeof readWeights> {
  const text = textOf(file)
  if (text === null)
    return { ok: false, mistakes: ['it is not there, can’t be read, or is no file of weights'] }
  const { value, mistakes } = readYaml(text)
  return mistakes.length === 0
    ? readWeights(value)
    : { ok: false, mistakes: mistakes.map(({ problem }) => problem) }
}

function textOf(file: string): string | null {
  try {
    return statSync(file).size > bytesMax ? null : readFileSync(file, 'utf8')
  } catch {
    // Missing, a folder, unreadable: each is said by the one sentence.
    return null
  }
}
