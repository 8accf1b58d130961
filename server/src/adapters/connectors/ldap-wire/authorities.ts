import { readFileSync } from 'node:fs'
import { Fault } from '../../../kernel/fault.ts'

/** PEM text of a file with certificates; null for the authorities of Node.js. Throws `directory-misconfigured`. */
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
