import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './tree.ts'

/** How many checks of one command passed and failed, and which tests it left out. */
export interface Counts {
  passed: number
  failed: number
  leftOut: readonly string[]
}

export interface Outcome {
  name: string
  ok: boolean
  seconds: number
  /** Everything it printed, empty when it printed as it went. */
  output: string
  counts: Counts
}

export interface Step {
  name: string
  command: string
  words: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Prints as it goes; otherwise the output is kept until the end. */
  live?: boolean
  /** Reads the counts after the command has ended; otherwise the command counts as one check. */
  counts?: (ok: boolean) => Counts
}

/** Runs one command of the repository and waits for it. */
export async function run(step: Step): Promise<Outcome> {
  const began = performance.now()
  const child = spawn(step.command, step.words, {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...step.env },
    stdio: step.live === true ? 'inherit' : 'pipe',
  })
  const printed: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk))
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      printed.push(Buffer.from(`${error.message}\n`))
      resolve(false)
    })
    child.on('close', (code) => {
      resolve(code === 0)
    })
  })
  return {
    name: step.name,
    ok,
    seconds: (performance.now() - began) / 1000,
    output: Buffer.concat(printed).toString('utf8'),
    counts: step.counts?.(ok) ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1, leftOut: [] },
  }
}

export function report({ name, ok, seconds, output, counts }: Outcome): void {
  if (!ok && output !== '') process.stdout.write(`${output.trimEnd()}\n`)
  const { passed, failed } = counts
  const sum = passed + failed === 1 ? '' : `  ${passed} passed, ${failed} failed`
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)${sum}\n`)
}

/** The last words of a run: tests that were left out, and the sum in the very last line. */
export function conclude(outcomes: readonly Outcome[]): void {
  const leftOut = outcomes.flatMap(({ counts }) => counts.leftOut)
  if (leftOut.length > 0) {
    process.stdout.write(
      `\nLeft out here (${leftOut.length}):\n${leftOut.map((title) => `  ${title}\n`).join('')}`,
    )
  }
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, { counts }) => total + counts[key], 0)
  process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`)
}

/** A run of vitest projects, counted test by test. */
export function vitest(name: string, projects: readonly string[], options: Partial<Step> = {}): Step {
  const folder = join(root, '.cache/tests')
  const report = join(folder, `${projects.join('-')}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(report, { force: true })
  return {
    name,
    command: 'vitest',
    words: [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    counts: (ok) => vitestCounts(report, ok),
    ...options,
  }
}

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  testResults: {
    name: string
    status: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

function vitestCounts(report: string, ok: boolean): Counts {
  let files: VitestReport['testResults']
  try {
    files = (JSON.parse(readFileSync(report, 'utf8')) as VitestReport).testResults
  } catch {
    return { passed: 0, failed: 1, leftOut: [] }
  }
  return countsOf(files, ok)
}

/**
 * A file that could not be loaded has no tests and counts as one failure; so does a run that failed although all
 * its tests passed (an error outside a test), because a failure that is counted nowhere looks like success.
 */
export function countsOf(files: VitestReport['testResults'], ok: boolean): Counts {
  const tests = files.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed').length
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = tests.filter(({ status }) => status === 'failed').length + broken
  return {
    passed,
    failed: ok || failed > 0 ? failed : 1,
    leftOut: tests
      .filter(({ status }) => !['passed', 'failed'].includes(status))
      .map(({ fullName }) => fullName),
  }
}
