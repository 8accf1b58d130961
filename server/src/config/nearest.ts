/** Edits (insert, drop, change, swap neighbours) that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        best = Math.min(best, at(i - 2, j - 2) + 1)
      }
      row[j] = best
    }
  }
  return at(from.length, to.length)
}

/** Keys longer than this are not compared: the cost grows with the product of the lengths. */
const comparedLengthMax = 64

/** The known word that was probably meant, or null when none is near. `hostname` means `hostNames`. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > comparedLengthMax) return null
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, '')
  let best: { word: string; distance: number } | null = null
  for (const candidate of known) {
    const distance = editDistance(plain(word), plain(candidate))
    if (best === null || distance < best.distance) best = { word: candidate, distance }
  }
  const allowed = Math.max(1, Math.floor(word.length / 3))
  return best !== null && best.distance <= allowed ? best.word : null
}
