import { Type } from 'typebox'
import type { Secret } from './secret.ts'

/**
 * A secret in the configuration: never the text itself, only where it lies. The loader replaces the reference
 * by a `Secret` after validation, so the static type is already `Secret`.
 */
export const SecretRef = Type.Unsafe<Secret>(
  Type.Union(
    [
      Type.Object(
        { file: Type.String({ minLength: 1, description: 'Path of a file that holds the secret.' }) },
        { additionalProperties: false },
      ),
      Type.Object(
        { env: Type.String({ minLength: 1, description: 'Name of an environment variable that holds it.' }) },
        { additionalProperties: false },
      ),
    ],
    { description: 'Where a secret lies: `{ file: … }` or `{ env: … }`.', 'x-rekey-secret': true },
  ),
)
