export { canonicalJson } from './canonical.ts'
export { type AuditName, catalogue, type EventDefinition } from './catalogue.ts'
export {
  type Checkpoint,
  checkpointIsSigned,
  type HeldCheckpoint,
  originOf,
  parseCheckpoint,
  readCheckpoints,
  type SignedCheckpoint,
  signCheckpoint,
  tenantOf,
} from './checkpoint.ts'
export {
  dayOwner,
  decodeEntry,
  type Entry,
  encodeEntry,
  entryBytesMax,
  keyOwnerOf,
  personalContext,
  personalFields,
  personOwner,
  type SealedPersonal,
} from './entry.ts'
export { type Finding, type FindingKind, finding, findingText } from './findings.ts'
export {
  isSignedWith,
  type LogSigner,
  makeLogSigner,
  type SigningKey,
  type SigningKeys,
  verifierKeysOf,
} from './handover.ts'
export { consistencyRanges, hashBytes, inclusionRanges, leafHash } from './merkle.ts'
export {
  makeNoteSigner,
  type NoteSigner,
  type NoteVerifier,
  publicKeyFrom,
  rawPublicKey,
  readSigningKey,
  readVerifierKey,
} from './note.ts'
export type {
  AuditEvent,
  CopiedEntry,
  CopiedTile,
  Fact,
  LogCopy,
  Report,
  Witness,
} from './ports.ts'
export { type EventLine, makeReport, type ReportTargets } from './report.ts'
export {
  countedEvent,
  foldRepeats,
  type OpenRollUp,
  openRollUpId,
  rollUpKey,
  rollUpWindowMs,
} from './roll-up.ts'
export {
  edgeRoot,
  edgeTiles,
  extendEdge,
  type HashReader,
  rangeHash,
  splitHashes,
  type Tile,
  type TreeEdge,
  tilePath,
  tileWidth,
} from './tiles.ts'
export { type LogVerdict, type VerifyOptions, verifyLog } from './verify.ts'
export { makeWitnessing, type Witnessing, type WitnessStatus } from './witnessing.ts'
