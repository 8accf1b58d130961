import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Finding, Mistake, Path } from './mistakes.ts'
import { pathText } from './mistakes.ts'

/** A configuration text that was read: its value, and where in the text everything lies. */
export interface Source {
  value: unknown
  /** Duplicate keys, tabs, unknown tags: what makes the text not mean anything certain. */
  mistakes: readonly Mistake[]
  /** Puts a finding at its line and column. */
  place(finding: Finding): Mistake
}

/**
 * Reads YAML 1.2 (core schema: `no` is a text, not false). Duplicate keys are refused, because readers disagree
 * about which one counts; merge keys and custom tags are off.
 */
export function readYaml(text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'core',
    stringKeys: true,
    uniqueKeys: true,
  })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const mistakes: Mistake[] = [...document.errors, ...document.warnings].map((error) => ({
    path: 'the file',
    ...at(error.pos[0]),
    problem:
      error.code === 'DUPLICATE_KEY'
        ? 'has the same key twice in one mapping'
        : `is not YAML: ${error.message}`,
    hint:
      error.code === 'DUPLICATE_KEY' ? 'Remove one of the two; it is not certain which one counts.' : null,
  }))
  const value = mistakes.length === 0 ? valueOf(document) : null
  if (value?.ok === false) {
    const problem = 'repeats itself through aliases without end'
    mistakes.push({ path: 'the file', line: 1, column: 1, problem, hint: null })
  }
  return {
    value: value?.ok === true ? value.value : undefined,
    mistakes,
    place: ({ path, key, problem, hint }) => ({
      path: pathText(path),
      ...at(offsetOf(document, path, key === true)),
      problem,
      hint: hint ?? null,
    }),
  }
}

/** Aliases of aliases grow without bound ("billion laughs"); the parser gives up at a hundredfold. */
function valueOf(document: Document): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) as unknown }
  } catch {
    return { ok: false }
  }
}

/** Offset of the value at `path`, or of the nearest thing around it that is in the text. */
function offsetOf(document: Document, path: Path, ofKey: boolean): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null
    const isLast = index === path.length - 1
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part)
      if (pair === undefined) return offset
      const value: Node | null = pair.value
      node = isLast && ofKey ? pair.key : (value ?? pair.key)
    } else if (isSeq<Node>(node) && typeof part === 'number') {
      node = node.items[part] ?? null
    } else {
      return offset
    }
    offset = node?.range?.[0] ?? offset
  }
  return offset
}
