/** `undefined` when the text is no JSON: no JSON text means `undefined`, and no schema here takes it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
