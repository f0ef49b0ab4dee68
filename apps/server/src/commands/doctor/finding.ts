import { terminalLines } from '../terminal-lines.ts'

/** What one check found. `advice` says what to do when something is wrong. */
export type Finding = {
  readonly check: Check
  readonly verdict: 'right' | 'wrong' | 'not tried'
  readonly found: string
  readonly advice: string | null
}

/** In the order of the report. */
export const checks = [
  'configuration',
  'database',
  'disk sync',
  'gateway login',
  'gateway account',
  'gateway amount',
  'clock',
  'notices',
  'webhook address',
  'certificate',
  'proxy headers',
] as const
export type Check = (typeof checks)[number]

export const right = (check: Check, found: string): Finding => ({
  check,
  verdict: 'right',
  found,
  advice: null,
})
export const wrong = (check: Check, found: string, advice: string): Finding => ({
  check,
  verdict: 'wrong',
  found,
  advice,
})
export const notTried = (check: Check, found: string): Finding => ({
  check,
  verdict: 'not tried',
  found,
  advice: null,
})

const INDENT = ' '.repeat(11)
const COLUMNS_MAX = 100

/** A line for the finding, and its advice below. */
export function findingText({ check, verdict, found, advice }: Finding): string {
  const lines = [`${check}: ${found}`, ...(advice?.split('\n') ?? [])]
  const text = terminalLines(lines.map((line) => INDENT + line).join('\n'), COLUMNS_MAX)
  return `${verdict.padEnd(INDENT.length)}${text.slice(INDENT.length)}\n`
}

/** `24 days`, `1 h 5 min`, `12 s`. */
export function durationText(ms: number): string {
  const [seconds, minutes, hours] = [ms / 1_000, ms / 60_000, ms / 3_600_000].map(Math.floor)
  if ((hours ?? 0) >= 48) return `${Math.floor((hours ?? 0) / 24)} days`
  if ((hours ?? 0) >= 1) return `${hours} h ${(minutes ?? 0) % 60} min`
  return (minutes ?? 0) >= 1 ? `${minutes} min` : `${seconds} s`
}
