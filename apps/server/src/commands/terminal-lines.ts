/** 100 columns with the prefix that `npx -y pnpm dev` puts before each line of the server. */
const COLUMNS_MAX = 90

/** Breaks each line between words; the rest of a line is indented below it. Only a longer word makes a longer line. */
export const terminalLines = (text: string): string => text.split('\n').map(broken).join('\n')

/** Each reason why the server does not start, on a line of its own. */
export const refusalLines = (reasons: readonly string[]): string =>
  terminalLines(['Landfall does not start:', ...reasons.map((reason) => `  ${reason}`)].join('\n'))

function broken(line: string): string {
  if (line.length <= COLUMNS_MAX) return line
  const indent = ' '.repeat(line.length - line.trimStart().length)
  const lines: string[] = []
  let current = indent
  for (const word of line.trim().split(/ +/)) {
    const longer = current.trim() === '' ? `${current}${word}` : `${current} ${word}`
    if (longer.length <= COLUMNS_MAX || current.trim() === '') current = longer
    else {
      lines.push(current)
      current = `${indent}  ${word}`
    }
  }
  return [...lines, current].join('\n')
}
