import type { RiskAssessor, RiskVerdict } from '../../src/core/risk/ports.ts'

const unjudged: RiskVerdict = {
  mode: 'off',
  score: 0,
  band: 'low',
  acting: 'low',
  reasons: [],
  readings: {},
  weights: 'none',
}

/** Risk as it is where the mode is `off`. */
export const noRisk: RiskAssessor = {
  ofRequest: () => Promise.resolve(unjudged),
  assess: () => Promise.resolve(unjudged),
  remember: () => Promise.resolve(),
}
