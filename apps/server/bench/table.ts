import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import type { Measured, Rounds } from './figure.ts'
import { median, middle } from './load.ts'

export type Row = {
  readonly figure: string
  readonly what: string
  readonly measured: string
  /** What it is held against, measured in turn with it. */
  readonly against: string
  readonly ratio: string
  readonly goal: string
  /** `?`: could not be measured well, and why. */
  readonly so: string
}

/** Rounds that lie further apart than this say little. */
const SPREAD_MAX = 0.4
/** Others may use this share of the machine. */
const OTHER_WORK_MAX = 0.25

type Compared = {
  readonly figure: string
  readonly what: string
  readonly mine: string
  readonly other: string
  readonly goal: number
}

/** The rate of one side against another's, of the same run. */
export function compared({ of, otherWork }: Rounds, { figure, what, mine, other, goal }: Compared): Row {
  const [ours, theirs] = [of.get(mine) ?? [], of.get(other) ?? []]
  const [a, b] = [middle(ours), middle(theirs)]
  const ratio = a.requestsPerSecond / b.requestsPerSecond
  return {
    figure,
    what,
    measured: told(ours),
    against: `${other}: ${told(theirs)}`,
    ratio: ratio.toFixed(2),
    goal: `≥ ${goal.toFixed(2)}`,
    so: doubt([ours, theirs], otherWork) ?? verdict(ratio >= goal),
  }
}

const told = (rounds: readonly Measured[]): string =>
  `${Math.round(middle(rounds).requestsPerSecond).toLocaleString('en')}/s, ${Math.round(median(rounds.map(({ cpuMicros }) => cpuMicros)))} µs`

/** One figure in its own unit, against a bound. */
export function bounded(
  {
    figure,
    what,
    goal,
    unit,
  }: Pick<Row, 'figure' | 'what'> & { readonly goal: number; readonly unit: string },
  values: readonly number[],
  { against = '', otherWork = 0 }: { readonly against?: string; readonly otherWork?: number } = {},
): Row {
  const value = median(values)
  return {
    figure,
    what,
    measured: `${round(value)} ${unit}`.trim(),
    against,
    ratio: '',
    goal: `≤ ${goal.toLocaleString('en')} ${unit}`.trim(),
    so: doubt([], otherWork) ?? verdict(value <= goal),
  }
}

const round = (value: number): string =>
  Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en')
export const verdict = (isKept: boolean): string => (isKept ? 'yes' : 'no')

/** Why a run could not measure; null when it could. */
export function doubt(sides: ReadonlyArray<readonly Measured[]>, otherWork: number): string | null {
  if (otherWork > OTHER_WORK_MAX) return `? others used ${Math.round(100 * otherWork)} % of the machine`
  const apart = Math.max(
    0,
    ...sides.map((rounds) => {
      const rates = rounds.map(({ requestsPerSecond }) => requestsPerSecond)
      return rates.length < 2 ? 0 : (Math.max(...rates) - Math.min(...rates)) / median(rates)
    }),
  )
  return apart > SPREAD_MAX ? `? rounds lie ${Math.round(100 * apart)} % apart` : null
}

/** Something this machine cannot measure, said plainly. */
export const notMeasured = (figure: string, what: string, goal: string, why: string): Row => ({
  figure,
  what,
  measured: 'not measured',
  against: why,
  ratio: '',
  goal,
  so: '',
})

/** The rows as a table of Markdown. */
export const tableOf = (rows: readonly Row[]): string =>
  [
    '|figure|what|measured|against|ratio|goal|kept|',
    '|---|---|---|---|--:|---|---|',
    ...rows.map((row) =>
      ['', row.figure, row.what, row.measured, row.against, row.ratio, row.goal, row.so, ''].join('|'),
    ),
  ].join('\n')

/** Where and of what: machine, Node, commit. */
export function headOf(): string {
  const git = (...words: string[]): string => {
    try {
      return execFileSync('git', words, {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    } catch (error) {
      return error instanceof Error && 'code' in error ? 'no git' : '?'
    }
  }
  const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' and changes on top'
  return `${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}`
}
