const COLUMNS_MAX = 100

/** Korean, Chinese, Japanese and full-width characters take two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

export const columnsOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (WIDE.test(sign) ? 2 : 1), 0)

/** Breaks a line between words at 100 columns, and indents the following lines. A word longer than that is not broken. */
export function wrapped(line: string, indent: number): string {
  const [, lead = '', text = ''] = /^(\s*)([\s\S]*)$/.exec(line) ?? []
  const lines: string[] = []
  let current = lead
  let isEmpty = true
  for (const word of text.split(/(?<=\S)(?=\s)/)) {
    if (isEmpty || columnsOf(current + word) <= COLUMNS_MAX) current += isEmpty ? word.trimStart() : word
    else {
      lines.push(current)
      current = ' '.repeat(indent) + word.trimStart()
    }
    isEmpty = false
  }
  return [...lines, current].join('\n')
}
