import { defineConnector } from '../define.ts'
import { oidcAdvice } from './advice.ts'
import { OidcConfig } from './config.ts'
import { abilities, openOidc } from './directory.ts'

/** People who are in no other directory, and sign in at an OpenID provider. */
export const oidc = defineConnector({
  kind: 'oidc',
  title: 'People of an OpenID provider, from a roster',
  config: OidcConfig,
  abilities,
  open: openOidc,
  advice: oidcAdvice,
})
