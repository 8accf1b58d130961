export { makeRiskAssessor, type RiskDeps, type RiskTenant } from './assess.ts'
export { automationHintOf } from './automation-hint.ts'
export { type RiskStep, riskEvents } from './events.ts'
export {
  type AutomationHint,
  type Known,
  type ListLabel,
  listLabels,
  type PastPlace,
  type Point,
  type Whereabouts,
  type WorkingHours,
} from './facts.ts'
export { makeLocalTime } from './local-time.ts'
export {
  type LoggedDecisions,
  type ReadSample,
  readLog,
  readSample,
  type Sample,
  sampleLine,
} from './recording.ts'
export { type Caught, type Outcome, type Replay, replay } from './replay.ts'
export { type Reason, type Scored, score } from './score.ts'
export { type SignalName, signalNames, signals } from './signals/registry.ts'
export { type MonthOptions, makeMonth } from './synthetic/month.ts'
export { type Trained, train } from './train.ts'
export {
  type Band,
  type Bands,
  bandBounds,
  handWeights,
  readWeights,
  versionOf,
  type Weights,
  weightsText,
} from './weights.ts'
