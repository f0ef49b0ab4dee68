import { z } from 'zod'

/** What the name of a field looks like. Anything else is the caller's own text, and is not repeated. */
const FieldName = /^[A-Za-z][A-Za-z0-9_]{0,39}$/

/** An input that names its fields. A field it does not know is refused by its name: a misspelt `taxfree` would otherwise be lost in silence. */
export const strictInput = <S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : undefined),
  })

function unknownFields(keys: readonly string[]): string {
  const named = keys.filter((key) => FieldName.test(key)).slice(0, 5)
  return named.length === 0 ? 'has a field that is not known' : `${named.join(', ')} is no known field`
}
