import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'

/**
 * Thirty-two signs, five bits each: small and capital letters, digits and others, without vowels, so that by chance no
 * name comes up in it, and without what a directory or a line protocol could read in two ways.
 */
const signs = 'bcdfghjkmnpqBCDFGHJKMNPQ23456-_.'
const bits = 256
/** One of each class, whatever is drawn. */
const ofEachClass = 'bB2-'

/**
 * A password of 256 random bits that nobody learns: it is written once, and the only variable that holds it is gone
 * with the call. 56 characters of ASCII in four classes satisfy every rule of a directory that a person could satisfy,
 * and stay below the 72 bytes that bcrypt reads.
 */
export function drawUnknownPassword({ randomBytes }: Pick<Outside, 'randomBytes'>): Secret {
  const drawn = Array.from(randomBytes(Math.ceil(bits / 5)), (byte) => signs.charAt(byte & 31))
  return new Secret(ofEachClass + drawn.join(''))
}
