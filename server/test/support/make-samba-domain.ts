import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeCertificates } from './certificates.ts'
import {
  adBaseDn,
  adDomain,
  administrator,
  attributesOf,
  clientOf,
  freeAddress,
  peopleDn,
  replacing,
  services,
  servicesDn,
  startController,
  unicodePwd,
} from './samba-domain.ts'

/**
 * Makes the domain that the tests copy, in the folder that is named, unless it is there. Run under a lock (`flock`),
 * because the files of one test run ask for it from several processes at once.
 */
const run = promisify(execFile)

async function provision(folder: string) {
  // Without a file of its own it would take settings from the machine's.
  const configFile = join(folder, 'seed.conf')
  await writeFile(configFile, '')
  await run('samba-tool', [
    ...['domain', 'provision', `--realm=${adDomain.toUpperCase()}`, '--domain=CORP', '--server-role=dc'],
    ...['--dns-backend=NONE', '--host-name=dc1', '--host-ip=127.0.0.1', '--use-rfc2307'],
    ...[`--adminpass=${administrator.password}`, `--targetdir=${folder}`, `--configfile=${configFile}`],
  ])
}

/** What the contract of directories asks for; the default is 7 characters of three kinds, 24 remembered, a day old. */
const policy = {
  minPwdLength: '10',
  pwdHistoryLength: '3',
  pwdProperties: '0',
  minPwdAge: '0',
  maxPwdAge: '0',
  lockoutThreshold: '3',
  // Until somebody lifts it.
  lockoutDuration: '-9223372036854775808',
  lockOutObservationWindow: '-18000000000',
}

async function fill(folder: string) {
  const name = `dc1.${adDomain}`
  const certificates = await makeCertificates({ folder, names: [name], addresses: [] })
  const host = await freeAddress()
  const { daemon, configFile } = await startController({ folder, host, certificates })
  await using client = await clientOf({ host, name, caFile: certificates.caFile }, administrator)
  const changes = Object.entries(policy).map(([attribute, value]) => replacing(attribute, [value]))
  await client.modify(adBaseDn, changes)
  for (const dn of [peopleDn, servicesDn]) await client.add(dn, { objectClass: ['organizationalUnit'] })
  const accounts = [
    ...Object.values(services),
    { name: `decoy@${adDomain}`, password: 'nobody knows this one' },
  ]
  for (const { name: upn, password } of accounts) {
    const username = upn.split('@')[0] ?? ''
    const dn = `CN=${username},${servicesDn}`
    await client.add(
      dn,
      attributesOf({
        objectClass: ['user'],
        sAMAccountName: [username],
        userPrincipalName: [upn],
        userAccountControl: ['512'],
        unicodePwd: [unicodePwd(password)],
      }),
    )
  }
  const options = {
    scope: 'base' as const,
    attributes: ['objectSid'],
    explicitBufferAttributes: ['objectSid'],
  }
  const { searchEntries } = await client.search(`CN=rekey,${servicesDn}`, options)
  const sid = sidText(searchEntries[0]?.['objectSid'])
  await client.unbind()
  await daemon.end('SIGTERM')
  const rights = rightsOnPeople.map(
    (right) => `(OA;CIIO;${right};bf967aba-0de6-11d0-a285-00aa003049e2;${sid})`,
  )
  await run('samba-tool', [
    ...['dsacl', 'set', `--configfile=${configFile}`, `--URL=${join(folder, 'private/sam.ldb')}`],
    ...[`--objectdn=${peopleDn}`, `--sddl=${rights.join('')}`],
  ])
}

/** To reset a password, and to write the time of the last change and of the lock, all of users (MS-ADTS 5.1.3.2.1). */
const rightsOnPeople = [
  'CR;00299570-246d-11d0-a768-00aa006e0529',
  'RPWP;bf967a0a-0de6-11d0-a285-00aa003049e2',
  'RPWP;28630ebf-41d5-11d1-a9c1-0000f80367c1',
]

/** MS-DTYP, section 2.4.2.2. */
function sidText(octets: unknown): string {
  if (!Buffer.isBuffer(octets)) throw new Error('no objectSid')
  const parts = Array.from({ length: octets.readUInt8(1) }, (_, index) => octets.readUInt32LE(8 + 4 * index))
  return ['S', octets.readUInt8(0), octets.readUIntBE(2, 6), ...parts].join('-')
}

const [made = ''] = process.argv.slice(2)
const isThere = await access(made).then(
  () => true,
  () => false,
)
if (!isThere) {
  const folder = `${made}.new`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await provision(folder)
  await fill(folder)
  await rename(folder, made)
}
