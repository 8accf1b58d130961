import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/**
 * The code blocks of a document that a comment right above them marks as run by a test: `<!-- run: name -->`. Blocks
 * of one name are one text, in their order.
 */
export async function markedBlocks(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(root, path), 'utf8')
  const blocks = new Map<string, string>()
  for (const [, name = '', block = ''] of text.matchAll(/^<!-- run: (\S+) -->\n```\w+\n(.*?)^```$/gms)) {
    blocks.set(name, `${blocks.get(name) ?? ''}${block}`)
  }
  return blocks
}

/** A block by its name, with texts of the document replaced; both have to be there, or the test tests nothing. */
export function blockOf(
  blocks: ReadonlyMap<string, string>,
  name: string,
  replacements: Readonly<Record<string, string>> = {},
): string {
  const block = blocks.get(name)
  if (block === undefined) throw new Error(`no block is marked "${name}"`)
  return Object.entries(replacements).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the block "${name}" has no ${from}`)
    return text.replaceAll(from, () => to)
  }, block)
}

/** What the comments at the ends of a block's lines say that it prints; `…` stands for anything. */
export const promisedLines = (block: string): RegExp[] =>
  [...block.matchAll(/ # prints: (.+)$/gm)].map(
    ([, line = '']) => new RegExp(`^${line.split('…').map(literally).join('.*')}$`),
  )

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
