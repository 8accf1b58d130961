import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeCertificates } from './certificates.ts'
import { freePort } from './free-ports.ts'

const run = promisify(execFile)

export interface DebianOpenLdap extends AsyncDisposable {
  /** Over a Unix socket; whoever runs the test may change `cn=config`, as root may on Debian. */
  ldapiUrl: string
  ldapsUrl: string
  caFile: string
  /** File with the password of `cn=admin,dc=example,dc=org`, without a line break. */
  adminPasswordFile: string
}

/** Access rules as Debian's slapd.postinst writes them, but for strangers, who may read nothing. */
const configuration = (folder: string, certificates: { [Key in 'ca' | 'certificate' | 'key']: string }) => `
dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: ${folder}/slapd.pid
olcTLSCACertificateFile: ${certificates.ca}
olcTLSCertificateFile: ${certificates.certificate}
olcTLSCertificateKeyFile: ${certificates.key}

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
olcModuleLoad: ppolicy

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif
include: file:///etc/ldap/schema/cosine.ldif
include: file:///etc/ldap/schema/inetorgperson.ldif

dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend
olcAccess: {0}to dn.exact="" by * read
olcAccess: {1}to dn.base="cn=Subschema" by * read

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcAccess: {0}to * by dn.exact=${ourselves} manage by * break

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcDbDirectory: ${folder}/db
olcSuffix: dc=example,dc=org
olcRootDN: cn=admin,dc=example,dc=org
olcRootPW: ${adminPassword}
olcDbIndex: objectClass,uid,entryUUID eq
olcAccess: {0}to attrs=userPassword by self write by anonymous auth by * none
olcAccess: {1}to * by self read by * none

dn: olcOverlay={0}ppolicy,olcDatabase={1}mdb,cn=config
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: {0}ppolicy
olcPPolicyDefault: cn=default,ou=policies,dc=example,dc=org
olcPPolicyHashCleartext: TRUE
`

const adminPassword = 'administrator of the directory'
const ourselves = `gidNumber=${process.getgid?.() ?? 0}+uidNumber=${process.getuid?.() ?? 0},cn=peercred,cn=external,cn=auth`

const content = `
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: ou=policies,dc=example,dc=org
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,dc=example,dc=org
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdInHistory: 3
pwdMustChange: TRUE
pwdLockout: TRUE
pwdMaxFailure: 3

dn: uid=ada,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
mail: ada@example.org
userPassword: forgotten long ago

dn: cn=admins,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: admins
member: cn=admin,dc=example,dc=org
`

/** A real slapd that is configured as Debian does it (`cn=config`, a Unix socket), for `dc=example,dc=org`. */
export async function startDebianOpenLdap(): Promise<DebianOpenLdap> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-slapd-'))
  const at = (name: string) => join(folder, name)
  await Promise.all([mkdir(at('db')), mkdir(at('slapd.d'))])
  // libldap takes `localhost` for the name of the machine when it compares certificates.
  const names = ['localhost', hostname()]
  const { caFile: ca, certificateFile: certificate, keyFile: key } = await makeCertificates({ folder, names })
  const files = { 'config.ldif': configuration(folder, { ca, certificate, key }), 'content.ldif': content }
  for (const [name, text] of Object.entries(files))
    await writeFile(at(name), text.trimStart(), { mode: 0o600 })
  const adminPasswordFile = at('admin-password')
  await writeFile(adminPasswordFile, adminPassword, { mode: 0o600 })
  await run('slapadd', ['-n', '0', '-F', at('slapd.d'), '-l', at('config.ldif')])
  await run('slapadd', ['-n', '1', '-F', at('slapd.d'), '-l', at('content.ldif')])
  const ldapiUrl = `ldapi://${encodeURIComponent(at('ldapi'))}/`
  const ldapsUrl = `ldaps://localhost:${await freePort()}`
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      '/usr/sbin/slapd',
      '-d',
      '0',
      '-F',
      at('slapd.d'),
      '-h',
      `${ldapiUrl} ${ldapsUrl}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await untilAnswering(ldapiUrl, child)
  return {
    ldapiUrl,
    ldapsUrl,
    caFile: ca,
    adminPasswordFile,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  let printed = ''
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`slapd did not start:\n${printed}`)
    const answers = await run('ldapwhoami', ['-Q', '-Y', 'EXTERNAL', '-H', url]).then(
      () => true,
      () => false,
    )
    if (answers) return
    await sleep(20)
  }
}
