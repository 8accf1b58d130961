export {
  type Assurance,
  assess,
  isByMail,
  isByText,
  methodsThatHelp,
  missingIn,
  type Proof,
} from './assurance.ts'
export {
  type AssurancePolicy,
  anyProof,
  type Demand,
  type DemandReason,
  defaultAssurance,
  demandOf,
  type Missing,
  type Strength,
  strongestOf,
} from './demand.ts'
export {
  asksAtSignIn,
  type EnrolledSummary,
  type Enrolment,
  type EnrolmentChange,
  passkeysIn,
  summaryOf,
  usableIn,
  withChanges,
} from './enrolment.ts'
export {
  definitionOf,
  type EnrolledAnswer,
  type EnrolledMethod,
  enrolledMethods,
  kindsOf,
  type Method,
  type MethodDefinition,
  methods,
  methodTable,
  type ProofAnswer,
  type ProofKind,
  type ProofMethod,
  type TypedMethod,
  typedMethods,
  usualMethods,
} from './methods.ts'
export * from './passkey/index.ts'
export * from './recovery-code/index.ts'
export * from './totp/index.ts'
