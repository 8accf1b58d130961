import { webAddressProblem } from './addresses.ts'
import type { Finding } from './mistakes.ts'
import type { TenantConfig } from './schema.ts'

/** Passwords and tokens go to each of these addresses, so the connector speaks in the clear to this machine alone. */
export function scimAddressesAreSafe(directory: TenantConfig['directories'][number]): Finding[] {
  if (directory.kind !== 'scim') return []
  const { url, authentication, verify } = directory
  const addresses: [path: string[], address: string][] = [[['url'], url]]
  if (authentication.by === 'client-credentials') {
    addresses.push([['authentication', 'tokenUrl'], authentication.tokenUrl])
  }
  if (verify?.by === 'basic') addresses.push([['verify', 'url'], verify.url])
  if (verify?.by === 'password-grant') addresses.push([['verify', 'tokenUrl'], verify.tokenUrl])
  return addresses.flatMap(([path, address]) => {
    const problem = webAddressProblem(address)
    return problem === null ? [] : [{ path, problem }]
  })
}
