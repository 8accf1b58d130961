import type { Directory } from '../../core/accounts/ports.ts'
import type { DirectoryAdvice } from '../../core/operations/directory-advice.ts'
import type { Connector, ConnectorOutside } from './define.ts'
import { observed } from './observed.ts'
import { type ConnectorKind, connectors } from './registry.ts'

/** One entry of a tenant's directories, already checked against the schema of its kind. */
export interface DirectoryEntryConfig {
  name: string
  kind: ConnectorKind
}

/** Opens the directory of an entry. Nothing is asked of it yet; its faults will be logged. */
export const openDirectory = (
  entry: DirectoryEntryConfig,
  outside: Omit<ConnectorOutside, 'name'>,
): Directory => observed(openToTry(entry, outside).directory, outside)

/** The same for whoever says its faults in a way of their own, with what its connector knows of such a directory. */
export function openToTry(
  entry: DirectoryEntryConfig,
  outside: Omit<ConnectorOutside, 'name'>,
): { directory: Directory; title: string; advice: DirectoryAdvice | null } {
  const { name, kind, ...settings } = entry
  const connector: Connector | undefined = connectors.find((known) => known.kind === kind)
  if (connector === undefined) throw new RangeError(`no connector of kind ${kind}`)
  // The configuration was checked against this connector's own schema, chosen by the same `kind`.
  const directory = connector.open(settings, { ...outside, name })
  return { directory, title: connector.title, advice: connector.advice?.(settings) ?? null }
}
