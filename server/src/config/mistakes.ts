import { Fault } from '../kernel/fault.ts'

/** Where a value lies in the configuration: keys of mappings and positions in lists, outermost first. */
export type Path = readonly (string | number)[]

/** Something wrong, before it is known where in the text it lies. Neither text ever repeats a secret. */
export interface Finding {
  path: Path
  /** What is wrong, as the end of a sentence that begins with the path. */
  problem: string
  /** What to do about it, a full sentence. */
  hint?: string
  /** True when the key itself is what nobody knows; the values beside it are not affected. */
  key?: boolean
}

/** One mistake of a configuration, ready to be shown. */
export interface Mistake {
  /** `tenants[0].limits.codeTries`, or the name of an environment variable. */
  path: string
  /** Both count from 1; null when the mistake does not lie in the file. */
  line: number | null
  column: number | null
  problem: string
  hint: string | null
}

export function pathText(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part.toString()}]`
    else text += text === '' ? part : `.${part}`
  }
  return text === '' ? 'the configuration' : text
}

export function mistakeText(file: string, mistake: Mistake): string {
  const place =
    mistake.line === null ? '' : `${file}:${mistake.line.toString()}:${String(mistake.column ?? 1)}  `
  const hint = mistake.hint === null ? '' : `\n    ${mistake.hint}`
  return `${place}${mistake.path} ${mistake.problem}${hint}`
}

/** All mistakes of a configuration at once; the message lists them with line, column and hint. */
export class ConfigInvalid extends Fault {
  readonly file: string
  readonly mistakes: readonly Mistake[]

  constructor(file: string, mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length.toString()} mistakes`
    const list = mistakes.map((mistake) => `  ${mistakeText(file, mistake)}`).join('\n')
    super('config-invalid', { detail: `${count} in the configuration\n${list}` })
    this.name = 'ConfigInvalid'
    this.file = file
    this.mistakes = mistakes
  }
}
