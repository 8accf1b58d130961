/** What the text of a statement that is worth preparing begins with. See `adapters/stores/prepared.ts`. */
export const preparedMark = '/* prepared */ '

/** Marks a statement that somebody else has written. */
export const preparedText = (text: string): string => preparedMark + text
