import { z } from 'zod'

/** A plausible field name. Any other key is the caller's own text, and is not repeated. */
const FieldName = /^[A-Za-z][A-Za-z0-9_]{0,39}$/

/** An input that refuses unknown fields by name. Otherwise a misspelt `taxfree` would be lost in silence. */
export const strictInput = <S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : undefined),
  })

function unknownFields(keys: readonly string[]): string {
  const named = keys.filter((key) => FieldName.test(key)).slice(0, 5)
  return named.length === 0 ? 'has a field that is not known' : `${named.join(', ')} is no known field`
}
