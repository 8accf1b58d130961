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
 * A server certificate for `names` (DNS names) and `addresses` (IP addresses) in `folder`, and the authority that signed
 * it: one of its own, or the one that was made in the folder `authority`. Elliptic keys, because they are drawn in
 * milliseconds.
 */
export async function makeCertificates(options: {
  folder: string
  names?: readonly string[]
  addresses?: readonly string[]
  authority?: string
  /** Its time was over yesterday. */
  expired?: boolean
}): Promise<Certificates> {
  const {
    folder,
    names = ['localhost'],
    addresses = ['127.0.0.1'],
    authority = folder,
    expired = false,
  } = options
  const at = (name: string) => join(folder, name)
  const [caKey, caFile] = [join(authority, 'ca.key'), join(authority, 'ca.pem')]
  const openssl = (...parts: string[]) => run('openssl', parts)
  const alternatives = [...addresses.map((address) => `IP:${address}`), ...names.map((name) => `DNS:${name}`)]
  await writeFile(
    at('server.extensions'),
    `subjectAltName=${alternatives.join(',')}\nextendedKeyUsage=serverAuth\n`,
  )
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  if (authority === folder) {
    await openssl(
      ...['req', '-x509', ...key, '-keyout', caKey, '-out', caFile, '-days', '30'],
      ...['-subj', '/CN=Test authority', '-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    )
  }
  await openssl(
    ...['req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=Test server'],
  )
  await openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-CA', caFile, '-CAkey', caKey],
    ...[
      '-CAcreateserial',
      '-out',
      at('server.pem'),
      '-days',
      expired ? '-1' : '30',
      '-extfile',
      at('server.extensions'),
    ],
  )
  return { caFile, certificateFile: at('server.pem'), keyFile: at('server.key') }
}
