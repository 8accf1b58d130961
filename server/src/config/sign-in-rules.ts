import { webAddressProblem } from './addresses.ts'
import type { Finding } from './mistakes.ts'
import { nearest } from './nearest.ts'
import type { OidcConfig, TenantConfig } from './schema.ts'

/** What is wrong with an issuer (OpenID Connect Discovery 1.0 section 2: https, without query and fragment). */
export function issuerProblem(text: string): string | null {
  return webAddressProblem(text) ?? (/[?#]/.test(text) ? 'must have neither query nor fragment' : null)
}

export function originProblem(text: string): string | null {
  return webAddressProblem(text) ?? (new URL(text).origin === text ? null : 'must end after the host')
}

export const openidIsAsked = ({ scopes }: OidcConfig): Finding[] =>
  scopes.includes('openid')
    ? []
    : [{ path: ['scopes'], problem: 'lacks `openid`', hint: 'Without it no provider says who signed in.' }]

export function somebodyCanSignIn({ signIn }: TenantConfig): Finding[] {
  if (signIn.password || signIn.oidc !== undefined) return []
  const hint = 'Name the company’s provider under `oidc`, or leave `password` on.'
  return [{ path: ['signIn'], problem: 'lets nobody sign in', hint }]
}

export function providerSpeaksForADirectory({ signIn, directories }: TenantConfig): Finding[] {
  const named = signIn.oidc?.directory
  const names = directories.map(({ name }) => name)
  if (named === undefined || names.includes(named)) return []
  const meant = nearest(named, names)
  return [
    {
      path: ['signIn', 'oidc', 'directory'],
      problem: `names the directory \`${named}\`, which this tenant does not have`,
      hint: meant === null ? `It has ${names.join(', ')}.` : `Did you mean \`${meant}\`?`,
    },
  ]
}
