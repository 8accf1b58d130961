import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DCLinter } from 'dclint'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configCheck } from '../server/src/cli/config.ts'
import { root } from './tree.ts'

const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = textOf('deploy/Dockerfile')
const composeFile = 'deploy/compose.yaml'

interface Service {
  image?: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  ports?: string[]
  volumes?: string[]
  secrets?: string[]
  user?: string
  command?: string[]
  network_mode?: string
  depends_on?: Record<string, { condition: string }>
}
const compose = parse(textOf(composeFile)) as {
  services: Record<string, Service>
  secrets: Record<string, { file: string }>
}
const services = Object.entries(compose.services)

/** Line and message of everything the linter says, warnings included. */
const dockerfileFindings = (text: string) =>
  validate(text).map(
    ({ range, message }) =>
      `${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
  )

/** What the linter hands back, as far as it is looked at; its own types do not resolve under NodeNext. */
interface LintResult {
  messages: readonly { line: number; message: string }[]
}

/** Schema of the Compose specification and the linter's rules, but for the order in which it likes keys. */
const composeFindings = (file: string) =>
  (
    new DCLinter({ rules: { 'service-keys-order': 0 } }).lintFiles([file], false) as readonly LintResult[]
  ).flatMap(({ messages }) => messages.map(({ line, message }) => `${line}: ${message}`))

describe('the Dockerfile', () => {
  it('lints clean, and a planted mistake does not', () => {
    expect(dockerfileFindings(dockerfile)).toEqual([])
    expect(dockerfileFindings(dockerfile.replace('STOPSIGNAL', 'STOPSIGN'))).not.toEqual([])
  })

  it('copies what there is, runs as nobody in particular, and asks the page that tells when it is ready', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    )
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))

    expect(copied).toContain('package-lock.json')
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([])
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
    expect(last).toContain('/readyz')
    expect(last).toMatch(/^ENTRYPOINT \["node", "server\/bin\/rekey\.js"\]\nCMD \["serve"\]$/m)
    expect(dockerfile).not.toMatch(/^(ADD|ARG|ENV).*(KEY|PASSWORD|SECRET|TOKEN)=/m)
  })

  it('sends the engine nothing but what it copies', () => {
    const sent = textOf('.dockerignore').split('\n')

    expect(sent.filter((line) => !line.startsWith('#'))[0]).toBe('*')
    const names = sent.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) =>
      list.split(' '),
    )
    expect(
      copied.filter((path) => !names.some((name) => path === name || path.startsWith(`${name}/`))),
    ).toEqual([])
  })
})

describe('compose.yaml', () => {
  it('follows the Compose specification and lints clean', () => {
    expect(composeFindings(join(root, composeFile))).toEqual([])
  })

  it.each([
    ['read_only: true', 'readonly: true'],
    ['condition: service_healthy', 'condition: service_happy'],
    ['image: postgres:18-trixie', 'image: postgres'],
  ])('does not lint clean with a mistake planted: %s', (good, bad) => {
    const folder = mkdtempSync(join(tmpdir(), 'rekey-compose-'))
    try {
      const file = join(folder, 'compose.yaml')
      writeFileSync(file, textOf(composeFile).replace(good, bad))

      expect(composeFindings(file)).not.toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.each(services)('lets %s do nothing that it need not', (_, service) => {
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.image ?? 'built:here').toMatch(/^[^:]+:(?!latest)\S+$/)
    // What other machines may reach stands behind a proxy that is none of these.
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('waits for the database to be healthy, and for Redis not', () => {
    expect(compose.services['rekey']?.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_started' },
    })
  })

  it('gives Redis no network, and a socket that Rekey is told of in a volume they share', () => {
    const { network_mode: network, command = [], user = '', volumes = [] } = compose.services['redis'] ?? {}
    const socket = command[command.indexOf('--unixsocket') + 1] ?? ''
    const shared = volumes.find((volume) => volume.endsWith(`:${dirname(socket)}`))

    expect([network, command[command.indexOf('--port') + 1]]).toEqual(['none', '0'])
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction')
    expect(command[command.indexOf('--maxmemory') + 1]).toMatch(/^\d+mb$/)
    expect(compose.services['rekey']?.volumes).toContain(shared)
    expect(textOf('docs/deploy.md')).toContain(`printf 'unix://${socket}\\n' > redis-url`)
    // The socket is for its group, which is that of Rekey's user.
    expect(command[command.indexOf('--unixsocketperm') + 1]).toBe('770')
    expect(/^USER \d+:(\d+)$/m.exec(dockerfile)?.[1]).toBe(user.split(':')[1])
  })

  it('hands over every secret that the configuration reads, and no other', () => {
    const read = [...textOf('deploy/rekey.yaml').matchAll(/\/run\/secrets\/([\w-]+)/g)].map(
      ([, name]) => name,
    )
    const all = services.flatMap(([, service]) => service.secrets ?? [])

    expect(compose.services['rekey']?.secrets?.toSorted()).toEqual(read.toSorted())
    expect(Object.keys(compose.secrets).toSorted()).toEqual([...new Set(all)].toSorted())
  })

  it('keeps its secrets, and keys that are drawn in the checkout, out of the repository', () => {
    const ignored = textOf('.gitignore').split('\n')

    for (const { file } of Object.values(compose.secrets))
      expect(ignored).toContain(`deploy/${dirname(file)}/`)
    expect(ignored).toContain('/keys/')
  })

  it('mounts a configuration that Rekey accepts', async () => {
    const mounted = compose.services['rekey']?.volumes?.find((volume) => volume.startsWith('./')) ?? ''
    const file = join(root, dirname(composeFile), mounted.split(':')[0] ?? '')
    const said: string[] = []
    const terminal = {
      out: (text: string) => void said.push(text),
      err: (text: string) => void said.push(text),
    }

    const code = await configCheck({ file, files: false, json: false, connect: null, env: {}, terminal })

    expect([code, said]).toEqual([0, said])
    expect(mounted.split(':')[1]).toBe(/REKEY_CONFIG=(\S+)/.exec(dockerfile)?.[1])
  })
})
