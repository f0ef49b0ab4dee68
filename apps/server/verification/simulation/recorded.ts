import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { rare } from './rare.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const path = `${root}docs/simulations.jsonl`

/** One run without a finding, as it is kept: a proof of millions is made in several, each of seeds of its own. */
const Recorded = z.object({
  commit: z.string(),
  /** The day it was run, ISO 8601. */
  on: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  schedules: z.number().int(),
  steps: z.number().int(),
  seconds: z.number(),
  slowestTruthMs: z.number(),
  /** How often each rare situation was met. */
  marks: z.record(z.string(), z.number()),
})
export type Recorded = z.infer<typeof Recorded>

/** The runs that were recorded before, in the order of their seeds. */
export const recordedRuns = (): Recorded[] =>
  (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [])
    .filter((line) => line !== '')
    .map((line) => Recorded.parse(JSON.parse(line)))
    .toSorted((a, b) => a.from - b.from)

/** The first seed behind all those that were recorded. */
export const nextSeed = (): number => Math.max(0, ...recordedRuns().map(({ to }) => to)) + 1

/** Seeds that were recorded before count once: a run that has some of them is not kept. */
export const overlaps = ({ from, to }: Pick<Recorded, 'from' | 'to'>): boolean =>
  recordedRuns().some((run) => run.from <= to && from <= run.to)

/** Keeps a run, and writes what all of them come to into `docs/proof.md`. */
export function keepRun(run: Recorded, command: string): void {
  appendFileSync(path, `${JSON.stringify(run)}\n`)
  execFileSync(
    process.execPath,
    [`${root}packages/repo-tools/commands/record.ts`, 'Simulation of the server', command],
    {
      input: linesOf(recordedRuns()).join('\n'),
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  )
}

export function linesOf(runs: readonly Recorded[]): string[] {
  const sum = (of: (run: Recorded) => number): number => runs.reduce((all, run) => all + of(run), 0)
  const met = (name: string): number => sum(({ marks }) => marks[name] ?? 0)
  const slowestMs = Math.max(...runs.map((run) => run.slowestTruthMs))
  return [
    `${told(sum((run) => run.schedules))} schedules of the production server on its real store, ${told(sum((run) => run.steps))} steps: nothing that must hold was broken.`,
    `${rare.filter((name) => met(name) > 0).length} of ${rare.length} rare situations were met. The slowest world agreed with the gateway ${slowestMs / 1000} s after everything had healed.`,
    `Runs: ${runs.length}, seeds ${told(runs[0]?.from ?? 0)} to ${told(runs.at(-1)?.to ?? 0)}, ${told(Math.round(sum(({ seconds }) => seconds)))} s. Each run, with its commit and how often it met each situation: \`docs/simulations.jsonl\`.`,
  ]
}

const told = (value: number): string => value.toLocaleString('en')
