import ts from 'typescript'
import { isTestCall } from '../tidy/rules.ts'
import type { TreeFile } from '../tree.ts'

/** A test that replays attacks: its file, its title and those around it without numbers, and the rows it is about. */
export interface Replay {
  file: string
  title: string
  rows: readonly number[]
}

const leading = /^(?:\[\d+\]\s*)+/

const rowsIn = (title: string): number[] =>
  [...(leading.exec(title)?.[0] ?? '').matchAll(/\d+/g)].map(([number]) => Number(number))

/**
 * Tests with numbers in brackets before their title, or before the title of a `describe` around them. A `describe`
 * without tests in it replays nothing.
 */
export function replaysIn(files: readonly TreeFile[]): Replay[] {
  return files
    .filter(({ path }) => /^server\/.*\.(test|contract)\.tsx?$/.test(path))
    .flatMap(({ path, text }) => {
      const found: Replay[] = []
      const visit = (node: ts.Node, around: Omit<Replay, 'file'>): void => {
        const called = ts.isCallExpression(node) && isTestCall(node.expression) ? node : null
        const [first] = called?.arguments ?? []
        const title = first !== undefined && ts.isStringLiteralLike(first) ? first.text : ''
        const own = title.replace(leading, '')
        const here = {
          title: [around.title, own].filter((part) => part !== '').join(' › '),
          rows: [...around.rows, ...rowsIn(title)],
        }
        if (title !== '' && here.rows.length > 0 && !isGroup(called)) found.push({ file: path, ...here })
        ts.forEachChild(node, (child) => visit(child, here))
      }
      visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false), { title: '', rows: [] })
      return found
    })
}

const isGroup = (call: ts.CallExpression | null): boolean => {
  let callee: ts.Expression | undefined = call?.expression
  while (callee !== undefined && !ts.isIdentifier(callee)) {
    callee =
      ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)
        ? callee.expression
        : ts.isTaggedTemplateExpression(callee)
          ? callee.tag
          : undefined
  }
  return callee !== undefined && ['describe', 'suite'].includes(callee.text)
}
