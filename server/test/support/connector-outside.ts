import type { Kysely } from 'kysely'
import type { ConnectorOutside } from '../../src/adapters/connectors/define.ts'
import { systemOutside } from '../../src/kernel/outside.ts'

export interface Warning {
  message: string
  facts: Record<string, string | number | boolean>
}

export interface ConnectorOptions {
  /** Gets what an operator would see. */
  warnings?: Warning[]
  now?: () => Date
}

/** What surrounds a directory that keeps nothing in Rekey's own database. */
export const connectorOutside = ({ warnings, now }: ConnectorOptions): ConnectorOutside => ({
  ...systemOutside,
  ...(now === undefined ? {} : { now }),
  tenant: 'example',
  name: 'people',
  // Whoever asks it all the same fails the test.
  database: null as unknown as Kysely<unknown>,
  warn: (message, facts) => void warnings?.push({ message, facts }),
})
