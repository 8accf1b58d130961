import { activeDirectory } from './active-directory/index.ts'
import { agent } from './agent/index.ts'
import { ldap } from './ldap/index.ts'
import { local } from './local/index.ts'
import { oidc } from './oidc/index.ts'
import { scim } from './scim/index.ts'
import { sql } from './sql/index.ts'

/** Every kind of directory that a configuration may name. */
export const connectors = [activeDirectory, agent, ldap, local, oidc, scim, sql] as const
export type ConnectorKind = (typeof connectors)[number]['kind']
