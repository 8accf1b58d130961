import { sameGroup } from '../accounts/index.ts'
import { asksAtSignIn, type EnrolledMethod, type EnrolledSummary } from '../proofs/index.ts'
import type { RecoveryTenant } from '../recovery/index.ts'

/** What accounts of one directory have set up; accounts that Rekey has never seen are not among them. */
export type EnrolledOf = (
  of: { tenant: string; directory: string },
  keys: readonly string[],
) => Promise<ReadonlyMap<string, readonly EnrolledSummary[]>>

/** How far a group has come. Disabled accounts do not count. */
export interface GroupStatus {
  /** Null: everybody. */
  group: string | null
  people: number
  /** Those of whom sign-in asks for more than the password. */
  withFactor: number
  /** How many have something of a method. */
  methods: Partial<Record<EnrolledMethod, number>>
  /** User names of those without a factor, in the directory's order; only when asked for. */
  missing: readonly string[]
}

/** Counts everybody, or a group, over all directories of the tenant. */
export const makeEnrolmentStatus =
  ({ tenant: find, enrolledOf }: { tenant(id: string): RecoveryTenant; enrolledOf: EnrolledOf }) =>
  async (
    call: { tenant: string; group: string | null; names: boolean },
    signal: AbortSignal,
    progress: (people: number) => void = () => undefined,
  ): Promise<GroupStatus> => {
    const missing: string[] = []
    const methods: Partial<Record<EnrolledMethod, number>> = {}
    let [people, withFactor] = [0, 0]
    for (const { directory } of find(call.tenant).directoriesFor(null)) {
      for await (const page of directory.list(signal)) {
        const meant = page.filter(
          ({ disabled, groups }) =>
            !disabled && (call.group === null || groups.some((name) => sameGroup(name, call.group ?? ''))),
        )
        const of = { tenant: call.tenant, directory: directory.name }
        const enrolled = await enrolledOf(
          of,
          meant.map(({ key }) => key),
        )
        for (const { key, username } of meant) {
          const has = enrolled.get(key) ?? []
          for (const method of new Set(has.map((one) => one.method))) {
            methods[method] = (methods[method] ?? 0) + 1
          }
          if (asksAtSignIn(has)) withFactor += 1
          else if (call.names) missing.push(username)
        }
        people += meant.length
        progress(people)
      }
    }
    return { group: call.group, people, withFactor, methods, missing }
  }
