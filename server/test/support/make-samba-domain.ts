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
  lacking,
  peopleDn,
  replacing,
  rightsOnPeople,
  services,
  servicesDn,
  sidOf,
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
  const partial = (['reset', 'pwdLastSet', 'lockoutTime'] as const).map(lacking)
  const accounts = [
    ...Object.values(services),
    ...partial,
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
  const rights = Object.entries(rightsOnPeople)
  const entries: string[] = []
  for (const [username, withheld] of [['rekey', ''], ...rights.map(([name]) => [`no-${name}`, name])]) {
    const sid = await sidOf(client, `CN=${username ?? ''},${servicesDn}`)
    const granted = rights.filter(([name]) => name !== withheld)
    entries.push(
      ...granted.map(([, right]) => `(OA;CIIO;${right};bf967aba-0de6-11d0-a285-00aa003049e2;${sid})`),
    )
  }
  await client.unbind()
  await daemon.end('SIGTERM')
  await run('samba-tool', [
    ...['dsacl', 'set', `--configfile=${configFile}`, `--URL=${join(folder, 'private/sam.ldb')}`],
    ...[`--objectdn=${peopleDn}`, `--sddl=${entries.join('')}`],
  ])
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
