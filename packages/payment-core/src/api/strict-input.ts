import { z } from 'zod'

/** A plausible field name. Any other key is the caller's own text, and is not repeated. */
const FieldName = /^[A-Za-z][A-Za-z0-9_]{0,39}$/

/** An input that refuses unknown fields by name. Otherwise a misspelt `taxfree` would be lost in silence. */
export const strictInput = <S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownFields(issue.keys) : undefined),
  })

/** An input with several shapes. A refusal lists the fields of each shape, where zod would only say «Invalid input». */
export const eitherInput = <const Shapes extends readonly [z.ZodObject, ...z.ZodObject[]]>(shapes: Shapes) =>
  z.union(shapes, { error: `needs ${shapes.map(fieldsOf).join(' or ')}` })

const fieldsOf = ({ shape }: z.ZodObject): string => `{ ${Object.keys(shape).join(', ')} }`

function unknownFields(keys: readonly string[]): string {
  const named = keys.filter((key) => FieldName.test(key)).slice(0, 5)
  return named.length === 0 ? 'has a field that is not known' : `${named.join(', ')} is no known field`
}
