import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Certificates {
  /** The authority that signed the server's certificate. */
  caFile: string
  certificateFile: string
  keyFile: string
}

/**
 * A certificate authority of its own in `folder` and one server certificate for `names` (DNS names) and
 * `addresses` (IP addresses). Elliptic keys, because they are drawn in milliseconds.
 */
export async function makeCertificates(options: {
  folder: string
  names?: readonly string[]
  addresses?: readonly string[]
}): Promise<Certificates> {
  const { folder, names = ['localhost'], addresses = ['127.0.0.1'] } = options
  const at = (name: string) => join(folder, name)
  const openssl = (...parts: string[]) => run('openssl', parts)
  const alternatives = [...addresses.map((address) => `IP:${address}`), ...names.map((name) => `DNS:${name}`)]
  await writeFile(
    at('server.extensions'),
    `subjectAltName=${alternatives.join(',')}\nextendedKeyUsage=serverAuth\n`,
  )
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl(
    ...['req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '30'],
    ...['-subj', '/CN=Test authority', '-addext', 'basicConstraints=critical,CA:TRUE'],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  )
  await openssl(
    ...['req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=Test server'],
  )
  await openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-CAcreateserial', '-out', at('server.pem'), '-days', '30', '-extfile', at('server.extensions')],
  )
  return { caFile: at('ca.pem'), certificateFile: at('server.pem'), keyFile: at('server.key') }
}
