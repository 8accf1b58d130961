import type { TestProject } from 'vitest/node'
import { type RunningCluster, startTestCluster, type TestCluster } from './embedded.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: TestCluster
  }
}

interface Shared {
  running: Promise<RunningCluster>
  users: number
}

/** Every vitest project loads this file on its own; one PostgreSQL serves them all. */
const place = globalThis as typeof globalThis & { rekeyTestCluster?: Shared }

export async function setup(project: TestProject): Promise<void> {
  place.rekeyTestCluster ??= { running: startTestCluster(), users: 0 }
  const shared = place.rekeyTestCluster
  shared.users += 1
  project.provide('cluster', (await shared.running).cluster)
}

export async function teardown(): Promise<void> {
  const shared = place.rekeyTestCluster
  if (shared === undefined) return
  shared.users -= 1
  if (shared.users > 0) return
  delete place.rekeyTestCluster
  await (await shared.running).stop()
}
