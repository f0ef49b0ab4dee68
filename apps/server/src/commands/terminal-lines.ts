/** 100 columns, less the prefix that `npx -y pnpm dev` adds to each line. */
const COLUMNS_MAX = 90

/** Wraps lines between words and indents the continuation. A longer word stays whole. */
export const terminalLines = (text: string, columnsMax = COLUMNS_MAX): string =>
  text
    .split('\n')
    .map((line) => wrapLine(line, columnsMax))
    .join('\n')

/** The reasons for a refused start, each on its own line. */
export const refusalLines = (reasons: readonly string[]): string =>
  terminalLines(['Landfall does not start:', ...reasons.map((reason) => `  ${reason}`)].join('\n'))

function wrapLine(line: string, columnsMax: number): string {
  if (line.length <= columnsMax) return line
  const indent = ' '.repeat(line.length - line.trimStart().length)
  const lines: string[] = []
  let current = indent
  for (const word of line.trim().split(/ +/)) {
    const longer = current.trim() === '' ? `${current}${word}` : `${current} ${word}`
    if (longer.length <= columnsMax || current.trim() === '') current = longer
    else {
      lines.push(current)
      current = `${indent}  ${word}`
    }
  }
  return [...lines, current].join('\n')
}
