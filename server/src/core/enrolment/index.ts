import { makeAdd } from './add.ts'
import { makeList, makeRemove, makeRename } from './change.ts'
import { makeConfirm, makeTest } from './confirm.ts'
import type { EnrolmentDeps } from './deps.ts'
import { makeShow } from './show.ts'

export type { Shown } from './add.ts'
export { type ImportAppCall, type ImportedApp, makeImportApp } from './import-app.ts'
export { type EnrolledOf, type GroupStatus, makeEnrolmentStatus } from './status.ts'

/** Everything that a person who has signed in can do with what they prove themselves with. */
export const makeEnrolment = (deps: EnrolmentDeps) => ({
  list: makeList(deps),
  add: makeAdd(deps),
  show: makeShow(deps),
  confirm: makeConfirm(deps),
  test: makeTest(deps),
  rename: makeRename(deps),
  remove: makeRemove(deps),
})

export type EnrolmentDesk = ReturnType<typeof makeEnrolment>
