/** Whether JSON text is nested deeper than `depthMax`. It scans the text without parsing or recursion, which deep input could exhaust (W-13). */
export function isDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (inString) {
      if (sign === '\\') at += 1
      else if (sign === '"') inString = false
    } else if (sign === '"') inString = true
    else if (sign === '{' || sign === '[') {
      depth += 1
      if (depth > depthMax) return true
    } else if (sign === '}' || sign === ']') depth -= 1
  }
  return false
}
