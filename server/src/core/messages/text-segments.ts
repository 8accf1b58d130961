/** GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1), in the order of its codes; code 0x1b leads to the extension. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'

/** Its extension table: each of these takes two places. */
const extended: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
}

const escape = 0x1b

const codes: ReadonlyMap<string, readonly number[]> = new Map([
  ...[...basic]
    .map((character, code): [string, readonly number[]] => [character, [code]])
    .filter(([character]) => character !== '\u001b'),
  ...Object.entries(extended).map(([character, code]): [string, readonly number[]] => [
    character,
    [escape, code],
  ]),
])

/** The codes of a text, one octet each; null when the alphabet lacks one of its characters. */
export function gsm7(text: string): Uint8Array | null {
  const octets = [...text].map((character) => codes.get(character))
  return octets.some((each) => each === undefined)
    ? null
    : Uint8Array.from(octets.flatMap((each) => each ?? []))
}

/** How a text goes over the air. A phone puts the parts together again, and each of them is paid for. */
export interface Segments {
  alphabet: 'gsm7' | 'ucs2'
  parts: readonly string[]
}

/**
 * Room of one message: 140 octets, of which a part of several gives six to the header that numbers it (3GPP TS 23.040
 * section 9.2.3.24.1). In places of 7 bits, and in code units of UTF-16.
 */
const room = { gsm7: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const

/** Cuts a text between characters, never inside one: neither an escape nor a surrogate pair is torn apart. */
export function segmentsOf(text: string): Segments {
  const alphabet = gsm7(text) === null ? 'ucs2' : 'gsm7'
  const widthOf = (character: string) =>
    alphabet === 'gsm7' ? (codes.get(character)?.length ?? 1) : character.length
  const characters = [...text]
  const width = characters.reduce((sum, character) => sum + widthOf(character), 0)
  if (width <= room[alphabet].alone) return { alphabet, parts: [text] }
  const parts: string[] = []
  let part = ''
  let taken = 0
  for (const character of characters) {
    if (taken + widthOf(character) > room[alphabet].part) {
      parts.push(part)
      part = ''
      taken = 0
    }
    part += character
    taken += widthOf(character)
  }
  return { alphabet, parts: [...parts, part] }
}
