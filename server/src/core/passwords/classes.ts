/** Kinds of characters that a rule may ask for. */
export const characterClasses = ['lowercase', 'uppercase', 'digit', 'other'] as const
export type CharacterClass = (typeof characterClasses)[number]

/** What a system behind the directory takes, the strictest first. `ascii` and `latin-1` without control characters. */
export const allowedCharacters = ['ascii', 'latin-1', 'any'] as const
export type AllowedCharacters = (typeof allowedCharacters)[number]

/** Off by default: NIST SP 800-63B-4 section 3.1.1.2 forbids to impose composition rules. */
export interface ClassPolicy {
  /** How many of the four a password must have; 0 asks for none. */
  required: number
  /** Those that it must have, whatever else it has. */
  named: readonly CharacterClass[]
  allowed: AllowedCharacters
}

/** Letters without case, blanks, signs and emoji are all `other`, so that every character is of one class. */
const patterns: Record<CharacterClass, RegExp> = {
  lowercase: /\p{Ll}/u,
  uppercase: /[\p{Lu}\p{Lt}]/u,
  digit: /\p{Nd}/u,
  other: /[^\p{Ll}\p{Lu}\p{Lt}\p{Nd}]/u,
}

const outside: Record<Exclude<AllowedCharacters, 'any'>, RegExp> = {
  ascii: /[^\u0020-\u007e]/u,
  'latin-1': /[^\u0020-\u007e\u00a0-\u00ff]/u,
}

/** What is missing of the classes that a policy asks for, or null. */
export function missingClasses(
  password: string,
  { required, named }: Pick<ClassPolicy, 'required' | 'named'>,
): { have: number; missing: readonly CharacterClass[] } | null {
  const present = characterClasses.filter((name) => patterns[name].test(password))
  const missing = named.filter((name) => !present.includes(name))
  return missing.length === 0 && present.length >= required ? null : { have: present.length, missing }
}

export const isAllowed = (password: string, allowed: keyof typeof outside): boolean =>
  !outside[allowed].test(password)

/** Of both the stricter one. */
export const strictestClasses = (one: ClassPolicy, other: ClassPolicy): ClassPolicy => ({
  required: Math.max(one.required, other.required),
  named: characterClasses.filter((name) => one.named.includes(name) || other.named.includes(name)),
  allowed: allowedCharacters.find((each) => each === one.allowed || each === other.allowed) ?? 'ascii',
})
