import type { Line } from './trace.ts'

const actors = ['buyer', 'shop', 'gateway', 'A', 'B', 'database'] as const
const WIDTH = 12
const LINES_MAX = 120

/** The last of a trace as a sequence diagram in text: one column for each who takes part, one line for each message. */
export function diagram(lines: readonly Line[]): string {
  const shown = lines.slice(-LINES_MAX)
  const head = `${'ms'.padStart(9)}  ${actors.map((name) => name.padEnd(WIDTH)).join('')}`
  const left = lines.length > shown.length ? [`… ${lines.length - shown.length} lines before`] : []
  return [...left, head, ...shown.map(row)].join('\n')
}

function row({ atMs, from, to, what }: Line): string {
  const [a, b] = [place(from), place(to)]
  const time = String(Math.round(atMs)).padStart(9)
  if (a < 0 || b < 0 || a === b) return `${time}  ${lanes(Math.max(a, b))}  ${what}`
  const [left, right] = [Math.min(a, b), Math.max(a, b)]
  const cells = actors.map((_, index) => {
    if (index < left || index > right) return '│'.padEnd(WIDTH)
    if (index === right) return (a < b ? '►' : '┤').padEnd(WIDTH)
    return (index === left && a > b ? '◄' : index === left ? '├' : '─').padEnd(WIDTH, '─')
  })
  return `${time}  ${cells.join('')}  ${what}`
}

const place = (name: string): number => actors.findIndex((actor) => actor === name)
const lanes = (at: number): string =>
  actors.map((_, index) => (index === at ? '●' : '│').padEnd(WIDTH)).join('')
