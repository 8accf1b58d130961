export { recoveryCodeMethod } from './definition.ts'
export {
  codesLeft,
  type KeptSheet,
  newCodes,
  readRecoveryCode,
  shownCode,
  spendCode,
} from './recovery-code.ts'
