import type { Finding } from './mistakes.ts'
import type { Config, TenantConfig } from './schema.ts'
import { weightsMistakes } from './weights-file.ts'

type RiskConfig = TenantConfig['risk']

export function riskBandsFit({ medium, high }: NonNullable<RiskConfig['bands']>): Finding[] {
  return medium < high
    ? []
    : [{ path: ['medium'], problem: `(${medium}) is not less than \`high\` (${high})` }]
}

export function workingHoursFit({ from, to }: NonNullable<RiskConfig['workingHours']>): Finding[] {
  return from < to
    ? []
    : [
        {
          path: ['from'],
          problem: `(${from}) is not before \`to\` (${to})`,
          hint: 'Hours are those of one day.',
        },
      ]
}

/** A file of weights is read at the start; one that is wrong keeps the service from starting, as all that is wrong. */
export const findWeightsFileMistakes = ({ tenants }: Pick<Config, 'tenants'>): Finding[] =>
  tenants.flatMap(({ risk: { weightsFile } }, index) =>
    weightsFile === undefined
      ? []
      : weightsMistakes(weightsFile).map((problem) => ({
          path: ['tenants', index, 'risk', 'weightsFile'],
          problem: `refers to ${weightsFile}: ${problem}`,
        })),
  )
