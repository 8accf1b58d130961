import type { Mutant, Suite } from './mutant.ts'

/** What a run of a suite on a broken copy says about the suite. */
export type Verdict =
  | { is: 'caught'; by: string }
  /** Every test stayed green: the suite proves nothing about this defect. */
  | { is: 'survived' }
  /** Red for a reason that is no judgement: nothing was loaded, nothing was run, or somebody waited in vain. */
  | { is: 'unusable'; because: string }

/** The part of vitest's JSON report that is judged. */
export interface Report {
  testResults: {
    status: string
    message?: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] | null }[]
  }[]
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

/** A test that ran out of time has seen nothing: on a busy machine any test may. */
const ranOut = (messages: readonly string[]) =>
  messages.every((message) => /timed out in \d+ms/.test(message))

/** The test that notices must be about one of the attacks that the mutant lets through. */
export function verdictOn(
  report: Report | null,
  { suite: { title }, rows }: Pick<Mutant, 'suite' | 'rows'>,
): Verdict {
  if (report === null) return { is: 'unusable', because: 'the tests wrote no report' }
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const ran = tests.filter(({ status }) => status === 'passed' || status === 'failed')
  const isAbout = (name: string) =>
    name.includes(title) && (rows.length === 0 || rows.some((row) => name.includes(`[${row}]`)))
  const failed = ran.filter(({ status, fullName }) => status === 'failed' && isAbout(fullName))
  const saw = failed.find(({ failureMessages }) => !ranOut(failureMessages ?? []))
  if (saw !== undefined) return { is: 'caught', by: saw.fullName }
  if (failed.length > 0) return { is: 'unusable', because: `ran out of time: ${failed[0]?.fullName ?? ''}` }
  const broken = report.testResults.find(({ status }) => status === 'failed')
  if (broken !== undefined) {
    return { is: 'unusable', because: firstLine(broken.message ?? '') || 'failed outside its tests' }
  }
  return ran.length === 0 ? { is: 'unusable', because: `no test is called ${title}` } : { is: 'survived' }
}

/** What is wrong with a run on a copy that nothing was broken in; empty when every suite was green. */
export function troubleIn(report: Report | null, suites: readonly Suite[]): string[] {
  if (report === null) return ['the tests wrote no report']
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const failed = tests.filter(({ status }) => status === 'failed').map(({ fullName }) => `red: ${fullName}`)
  const broken = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .map(({ message }) => firstLine(message ?? 'a file that could not be loaded'))
  const missing = suites
    .filter(({ title }) => !tests.some((test) => test.status === 'passed' && test.fullName.includes(title)))
    .map(({ file, title }) => `${file} has no green test called ${title}`)
  return [...failed, ...broken, ...missing]
}
