/** Parses JSON. `undefined`: the text is not JSON. No JSON text has this value, and no schema accepts it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
