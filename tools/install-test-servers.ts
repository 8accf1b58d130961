import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Debian package that the tests need, and how to see that it is there, whoever installed it. */
interface Needed {
  package: string
  what: string
  present(): boolean
}

const onPath = (...names: readonly string[]): boolean =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'].some(
    (folder) => names.some((name) => existsSync(join(folder, name))),
  )

const needed: readonly Needed[] = [
  { package: 'slapd', what: 'OpenLDAP server', present: () => onPath('slapd') },
  {
    package: 'slapd-contrib',
    what: "OpenLDAP's additional modules",
    present: () =>
      ['/usr/lib/ldap', '/usr/lib64/openldap'].some((folder) => existsSync(join(folder, 'pw-pbkdf2.so'))),
  },
  { package: '389-ds-base', what: '389 Directory Server', present: () => onPath('ns-slapd') },
  { package: 'libnss3-tools', what: 'tools for its certificates', present: () => onPath('pk12util') },
  { package: 'samba-ad-dc', what: 'Samba, a domain controller', present: () => onPath('samba') },
  {
    package: 'samba-ad-provision',
    what: 'what Samba makes a domain from',
    present: () => existsSync('/usr/share/samba/setup/provision.ldif'),
  },
  { package: 'ldap-utils', what: 'OpenLDAP tools', present: () => onPath('ldapsearch') },
  { package: 'mariadb-server', what: 'MariaDB', present: () => onPath('mariadbd') },
  { package: 'redis-server', what: 'Redis', present: () => onPath('redis-server') },
  { package: 'chromium', what: 'Chromium', present: () => onPath('chromium', 'chromium-browser') },
  { package: 'openssl', what: 'OpenSSL', present: () => onPath('openssl') },
  { package: 'curl', what: 'curl, which the API tutorial uses', present: () => onPath('curl') },
  { package: 'exim4-daemon-light', what: 'Exim, a mail server', present: () => onPath('exim4') },
  { package: 'procps', what: 'ps', present: () => onPath('ps') },
]

/**
 * Makes sure that the real servers the tests start are there. True when they are. On Debian and Ubuntu, as root or
 * with sudo that asks no password, what is missing is installed; elsewhere it is named. Nothing is skipped.
 */
export function installTestServers(): boolean {
  const missing = needed.filter(({ present }) => !present())
  if (missing.length === 0) return true
  const list = missing.map(({ package: name }) => name).join(' ')
  const become = rightToInstall()
  if (become !== null) {
    process.stdout.write(`Installing what the tests need: ${list}\n`)
    install(become, list)
  }
  const still = missing.filter(({ present }) => !present())
  if (still.length === 0) return true
  const names = still.map(({ package: name, what }) => `  ${what} (Debian package ${name})\n`).join('')
  process.stdout.write(
    `The tests run against real servers, and these are missing:\n${names}\nOn Debian or Ubuntu:\n` +
      `  sudo apt-get install -y --no-install-recommends ${still.map((one) => one.package).join(' ')}\n`,
  )
  return false
}

/** How to run a command as root: the words before it, or null when that is not possible here. */
function rightToInstall(): readonly string[] | null {
  if (!onPath('apt-get')) return null
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : null
}

/**
 * slapd's package starts a server on port 389, which nobody asked for: the policy file keeps apt from starting
 * services (Debian policy section 9.3.3.1), and goes away again if it was not there before. An installation that was
 * interrupted earlier is finished first, because apt-get refuses to begin until it is.
 */
const script = `set -eu
export DEBIAN_FRONTEND=noninteractive
mark='while the test servers of rekey are installed'
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ] || grep -q "$mark" $policy; then
  # A shell that a signal ends does nothing on exit by itself.
  trap 'exit 130' INT TERM HUP
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\n# %s\\nexit 101\\n' "$mark" > $policy
  chmod 755 $policy
fi
if [ -n "$(dpkg --audit)" ]; then dpkg --force-confdef --force-confold --configure -a || true; fi
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
`

function install(become: readonly string[], packages: string): void {
  const [command = 'sh', ...words] = [...become, 'sh', '-c', script, 'install', ...packages.split(' ')]
  spawnSync(command, words, { stdio: 'inherit' })
}
