import { inspect } from 'node:util'

/**
 * A value that must never be printed, logged or serialised by accident. `reveal()` is the only way to the
 * text, so that every use can be found by searching for it.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toJSON(): '[secret]' {
    return '[secret]'
  }

  toString(): '[secret]' {
    return '[secret]'
  }

  [inspect.custom](): '[secret]' {
    return '[secret]'
  }
}
