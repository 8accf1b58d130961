import { ldap } from './ldap/index.ts'
import { local } from './local/index.ts'

/** Every kind of directory that a configuration may name. */
export const connectors = [ldap, local] as const
export type ConnectorKind = (typeof connectors)[number]['kind']
