/** A JSON object whose content is not known further. */
export type JsonObject = { readonly [name: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The object under a name; empty when there is none. */
export const objectAt = (from: unknown, name: string): JsonObject => {
  const found = isObject(from) ? from[name] : undefined
  return isObject(found) ? found : {}
}

/** The array under a name; empty when there is none. */
export const listAt = (from: unknown, name: string): readonly unknown[] => {
  const found = isObject(from) ? from[name] : undefined
  return Array.isArray(found) ? found : []
}
