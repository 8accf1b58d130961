import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { Fault } from '../../kernel/fault.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Whether a host is this machine, as far as its name says so without a name service. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const version = isIP(host)
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

/** PEM of the authorities that may sign a server's certificate; null for those of Node.js. Throws `directory-misconfigured`. */
export function authoritiesIn(file: string | undefined): string | null {
  if (file === undefined) return null
  try {
    const text = readFileSync(file, 'utf8')
    if (!text.includes('-----BEGIN CERTIFICATE-----')) {
      // An empty list of authorities would trust nobody, in the best case. Say what is wrong instead.
      throw new Fault('directory-misconfigured', { detail: `${file} holds no PEM certificate` })
    }
    return text
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('directory-misconfigured', { cause, detail: `${file} can't be read` })
  }
}
