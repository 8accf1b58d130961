import { createPrivateKey, type KeyObject } from 'node:crypto'
import { Secret } from '../kernel/secret.ts'
import type { Finding, Path } from './mistakes.ts'
import type { Config } from './schema.ts'

type DkimConfig = NonNullable<Config['mail']['dkim']>

/** RFC 8301 section 3.2: verifiers need not look at shorter keys. */
const modulusBitsMin = 2048

const howToDraw = 'Draw one with `openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048`.'

/** What is wrong with keys and domains of signatures, once the secrets are read. A bad key would sign nothing. */
export function findDkimMistakes({ mail, tenants }: Pick<Config, 'mail' | 'tenants'>): Finding[] {
  const own = tenants.flatMap((tenant, at) => {
    const path = ['tenants', at, 'mail']
    const from = tenant.mail?.from ?? mail.from
    if (tenant.mail?.dkim !== undefined) return mistakesOf(tenant.mail.dkim, from.address, [...path, 'dkim'])
    if (mail.dkim === undefined || tenant.mail?.from === undefined) return []
    return isAligned(mail.dkim, from.address) ? [] : [unaligned([...path, 'from', 'address'])]
  })
  return mail.dkim === undefined
    ? own
    : [...mistakesOf(mail.dkim, mail.from.address, ['mail', 'dkim']), ...own]
}

function mistakesOf(dkim: DkimConfig, sender: string, path: Path): Finding[] {
  const aligned = isAligned(dkim, sender) ? [] : [unaligned([...path, 'domain'])]
  // A reference that could not be read is no Secret; it has been reported already.
  const problem = dkim.key instanceof Secret ? keyProblem(dkim.key) : null
  return problem === null ? aligned : [...aligned, { path: [...path, 'key'], problem, hint: howToDraw }]
}

const unaligned = (path: Path): Finding => ({
  path,
  problem: 'is not in the domain that signs',
  hint: 'A signature counts for a sender (DMARC, RFC 7489 section 3.1) in the same domain or one below it.',
})

/** Relaxed alignment, as far as it can be seen without the list of public suffixes. */
function isAligned({ domain }: DkimConfig, sender: string): boolean {
  const host = sender.slice(sender.indexOf('@') + 1).toLowerCase()
  return host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`)
}

function keyProblem(secret: Secret): string | null {
  const key = privateKeyOf(secret)
  if (key === null) return 'is not a private key as PEM'
  if (key.asymmetricKeyType !== 'rsa') return 'is not an RSA key, which every verifier knows'
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  return bits < modulusBitsMin ? `has ${String(bits)} bits, and verifiers may ignore fewer than 2048` : null
}

function privateKeyOf(secret: Secret): KeyObject | null {
  try {
    return createPrivateKey(secret.reveal())
  } catch {
    // Whatever OpenSSL says about it may quote it.
    return null
  }
}
