import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkConfig } from './check.ts'
import type { Environment } from './environment.ts'
import { mistakeText } from './mistakes.ts'

const example = new URL('../../../docs/examples/openldap.yaml', import.meta.url)

/** A folder with a configuration that is right, and its secrets beside it. */
export interface TestFolder extends Disposable {
  folder: string
  /** Path of the configuration file. */
  file: string
  /** Text of the configuration. */
  text: string
  env: Environment
  /** Writes a file that only its owner can read. */
  write(name: string, content: string, mode?: number): string
  /** The mistakes after one change of the text, each as one line. */
  mistakesWith(from: string, to: string): string[]
}

export function aConfigFolder(): TestFolder {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-config-'))
  const write = (name: string, content: string, mode = 0o600) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }
  const { privateKey } = generateKeyPairSync('ed25519')
  write('secrets/token-key', `${randomBytes(32).toString('base64')}\n`)
  write('secrets/data-key', `${randomBytes(32).toString('hex')}\n`)
  write('secrets/audit-key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  write('secrets/ldap-password', 'NzU1YjQ4\n')
  const text = readFileSync(example, 'utf8')
  const env = { SMTP_PASSWORD: 'd2VsbCBrZXB0' }
  const file = write('rekey.yaml', text, 0o644)
  return {
    folder,
    file,
    text,
    env,
    write,
    mistakesWith: (from, to) => {
      if (!text.includes(from)) throw new Error(`the example has no ${from}`)
      const checked = checkConfig(
        text.replace(from, () => to),
        file,
        { env, files: 'read' },
      )
      return checked.ok ? [] : checked.mistakes.map((mistake) => mistakeText('rekey.yaml', mistake))
    },
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true })
    },
  }
}
