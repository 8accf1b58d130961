import { accessSync, constants, statSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import type { Finding } from './mistakes.ts'
import { isSecret, rewrite, type SchemaNode } from './schema-walk.ts'

/** A logo is part of every page; pages stay under 30 kB, and the logo should not dwarf them. */
const logoBytesMax = 256 * 1024

/** Keys of files that Rekey reads: `file`, `logo`, and everything that ends in `File`, such as `caFile`. */
const namesFile = (key: unknown): boolean => typeof key === 'string' && /^(file|logo|\w+File)$/.test(key)

/**
 * A copy of the value with the paths of all files that Rekey reads made absolute, and which of them are not
 * there. A service that finds out on the first mail that its certificate authority is missing has started too
 * early.
 */
export function settleFiles(
  node: SchemaNode,
  value: unknown,
  folder: string,
): { value: unknown; findings: Finding[] } {
  const findings: Finding[] = []
  const settled = rewrite(node, value, (at, part, path) => {
    if (isSecret(at)) return { value: part }
    const key = path.at(-1)
    if (!namesFile(key) || typeof part !== 'string') return null
    const file = resolve(folder, part)
    const problem = (key === 'logo' ? logoProblem(file) : null) ?? fileProblem(file)
    if (problem !== null) findings.push({ path, problem })
    return { value: file }
  })
  return { value: settled, findings }
}

function logoProblem(file: string): string | null {
  if (!['.svg', '.png'].includes(extname(file).toLowerCase())) return 'must be an SVG or PNG file'
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return size > logoBytesMax ? 'is larger than 256 KiB' : null
}

function fileProblem(file: string): string | null {
  try {
    accessSync(file, constants.R_OK)
    return statSync(file).isFile() ? null : `refers to ${file}, which is not a file`
  } catch {
    return `refers to the file ${file}, which does not exist or can't be read`
  }
}
