import type { AttributeCondition } from './config.ts'
import { type JsonObject, readPath, valuesAt } from './paths.ts'

/**
 * Whether the condition holds for a resource. What is there and can't be read as a value (a complex one without
 * `value`) can't be answered, and so it holds.
 */
export function holds({ path, values, except }: AttributeCondition, resource: JsonObject): boolean {
  const told = valuesAt(resource, readPath(path))
  if (told.some((value) => typeof value === 'object')) return true
  const folded = told.map((value) => String(value).toLowerCase())
  const among = (names: readonly string[]) => (value: string) =>
    names.some((name) => name.toLowerCase() === value)
  if (values !== undefined) return folded.some(among(values))
  if (except !== undefined) return folded.length === 0 || !folded.every(among(except))
  return folded.some((value) => value !== '' && value !== 'false')
}
