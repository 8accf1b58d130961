import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Secret } from '../kernel/secret.ts'
import type { Finding } from './mistakes.ts'
import { isMapping, isSecret, rewrite, type SchemaNode } from './schema-walk.ts'

/** Where secrets are looked up: variables of the process, and files relative to the configuration file. */
export interface SecretPlaces {
  env: Readonly<Record<string, string | undefined>>
  folder: string
}

/** A secret file is a key, a password or a PEM; more is a wrong path. */
const secretFileBytesMax = 64 * 1024

/** Texts out of manuals and examples; a service that runs with one of them is open to everybody. */
const knownTexts = new Set(
  [
    'changeme',
    'change-me',
    'changeit',
    'password',
    'passw0rd',
    'secret',
    'default',
    'example',
    'placeholder',
  ].concat([
    'admin',
    'root',
    'test',
    'todo',
    'xxx',
    '123456',
    '12345678',
    'rekey',
    'adminpassword',
    'postgres',
  ]),
)

type Unread = { ok: false; problem: string; hint?: string }
type Read = { ok: true; secret: Secret } | Unread

/** `uid` is that of the file's owner. */
export type PrivateFile = { ok: true; text: string; uid: number } | Unread

/** A copy of the value with every reference replaced by its `Secret`, and what went wrong on the way. */
export function readSecrets(
  node: SchemaNode,
  value: unknown,
  places: SecretPlaces,
): { value: unknown; findings: Finding[] } {
  const findings: Finding[] = []
  const read = rewrite(node, value, (at, part, path) => {
    if (!isSecret(at)) return null
    const outcome = readOne(part, places)
    if (outcome.ok) return { value: outcome.secret }
    const { problem, hint } = outcome
    findings.push({ path, problem, ...(hint !== undefined && { hint }) })
    return { value: part }
  })
  return { value: read, findings }
}

function readOne(reference: unknown, places: SecretPlaces): Read {
  // A misshapen reference has been reported by the schema already.
  if (!isMapping(reference)) return { ok: false, problem: 'is not a reference' }
  const { file, env } = reference
  if (typeof env === 'string') return readVariable(env, places)
  return typeof file === 'string'
    ? readFile(resolve(places.folder, file))
    : { ok: false, problem: 'is not a reference' }
}

function readVariable(name: string, { env }: SecretPlaces): Read {
  const text = env[name]
  if (text === undefined) return { ok: false, problem: `refers to the variable ${name}, which is not set` }
  return judged(text, `the variable ${name}`)
}

/**
 * The rights are those of the open file, so nobody can swap it in between. A group may read it, because that is
 * how containers hand secrets over; the whole machine may not.
 */
export function readPrivateFile(path: string): PrivateFile {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return {
      ok: false,
      problem: `refers to the file ${path}, which ${missing ? 'does not exist' : "can't be read"}`,
    }
  }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) return { ok: false, problem: `refers to ${path}, which is not a file` }
    if ((status.mode & 0o007) !== 0) {
      return {
        ok: false,
        problem: `refers to the file ${path}, which everybody on the machine can read or change`,
        hint: `Run \`chmod 600 ${path}\`; if it was readable for long, make a new secret.`,
      }
    }
    if (status.size > secretFileBytesMax) {
      return { ok: false, problem: `refers to the file ${path}, which is too large to be a secret` }
    }
    return { ok: true, text: readFileSync(descriptor, 'utf8'), uid: status.uid }
  } finally {
    closeSync(descriptor)
  }
}

function readFile(path: string): Read {
  const read = readPrivateFile(path)
  return read.ok ? judged(read.text, `the file ${path}`) : read
}

/** One line break at the end comes from the editor or from `echo` and is not part of the secret. */
function judged(raw: string, place: string): Read {
  const text = raw.replace(/\r?\n$/, '')
  if (text === '') return { ok: false, problem: `refers to ${place}, which is empty` }
  if (text.includes('\0')) return { ok: false, problem: `refers to ${place}, which contains a NUL character` }
  if (knownTexts.has(text.toLowerCase())) {
    return {
      ok: false,
      problem: `refers to ${place}, which holds a text that everybody knows`,
      hint: 'Draw a secret of its own, for example with `openssl rand -base64 32`.',
    }
  }
  return { ok: true, secret: new Secret(text) }
}
