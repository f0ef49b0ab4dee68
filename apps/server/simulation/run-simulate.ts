import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { diagram } from './diagram.ts'
import { Marks } from './marks.ts'
import { Progress } from './progress.ts'
import { runWorlds, type Found } from './pool.ts'
import { ENOUGH_WORLDS, rare, unreached } from './rare.ts'
import { keepRun, nextSeed, overlaps } from './recorded.ts'
import { shrink } from './shrink.ts'

/** A run that finds as many has shown enough; one that is to be recorded with its first, since then it is not. */
const FOUND_MAX = 10

const help = `proof simulate [--seeds N] [--from S] [--model] [--marks] [--record] [--shrink S]
  runs N simulated worlds under the seeds from S on: the production server on its real store, or with --model the pure core on a store in
  plain memory, each story under two schedules. --marks lists how often each rare situation was met. --record adds the run to those in
  docs/proof.md, from the first seed on that none of them had unless --from says otherwise; Ctrl-C records what was run so far. --shrink draws
  the shortest story that breaks what seed S breaks`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string' },
    model: { type: 'boolean', default: false },
    marks: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    shrink: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const kind = values.model ? 'model' : 'real'
const seeds = Number(values.seeds)
const from = Number(values.from ?? (values.record ? nextSeed(kind) : 1))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()

if (values.help || !Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(from)) console.log(help)
else if (values.shrink !== undefined) process.exitCode = await draw(Number(values.shrink))
else process.exitCode = await main()

type Sum = {
  readonly marks: Marks
  readonly found: Found[]
  steps: number
  /** Seeds that were run. */
  ran: number
  slowestTruthMs: number
  seconds: number
}

async function main(): Promise<number> {
  const sum = await runAll()
  const { marks, found, ran } = sum
  const missed = !values.model && ran >= ENOUGH_WORLDS ? unreached(marks.counts) : []
  for (const name of missed) console.log(`never met: ${name}`)
  if (values.marks)
    for (const [name, count] of [...marks.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${count}\t${name}`)
  const summary = summaryOf(sum, missed)
  console.log(summary.join('\n'))
  if (ran < seeds) console.log(`ended after ${number(ran)} of ${number(seeds)} seeds`)
  const isGood = found.length === 0 && missed.length === 0
  if (values.record && isGood) keep(sum)
  const first = found[0]
  if (first !== undefined && !values.model) await draw(first.seed)
  return isGood ? 0 : 1
}

/** Runs all seeds. Ctrl-C ends it with what is under way, and so do some findings. */
async function runAll(): Promise<Sum> {
  const sum: Sum = { marks: new Marks(), found: [], steps: 0, ran: 0, slowestTruthMs: 0, seconds: 0 }
  const startedAtMs = performance.now()
  const progress = new Progress(seeds)
  let stopped = false
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void (stopped = true))
  await runWorlds({
    kind,
    from,
    count: seeds,
    heard: (answer, done) => {
      sum.marks.add(answer.marks)
      sum.found.push(...answer.found)
      sum.steps += answer.steps
      sum.slowestTruthMs = Math.max(sum.slowestTruthMs, answer.slowestTruthMs)
      sum.ran = done
      progress.tell(done, sum.found.length, performance.now() - startedAtMs)
      for (const { seed, id, what } of answer.found)
        console.log(`seed ${seed}, commit ${commit()}: ${id}: ${what}`)
      return sum.found.length < (values.record ? 1 : FOUND_MAX) && !stopped
    },
  })
  return { ...sum, seconds: (performance.now() - startedAtMs) / 1000 }
}

function summaryOf({ found, ran, steps, slowestTruthMs, seconds }: Sum, missed: readonly string[]): string[] {
  const schedules = values.model ? ran * 2 : ran
  const what = values.model
    ? 'the pure core on a store in plain memory'
    : 'the production server on its real store'
  const range =
    ran === seeds ? `seeds ${from} to ${from + seeds - 1}` : `${number(ran)} seeds from ${from} on`
  const broke =
    found.length === 0 ? 'nothing that must hold was broken' : `${found.length} broke what must hold`
  const met =
    ran < ENOUGH_WORLDS
      ? `Fewer than ${number(ENOUGH_WORLDS)} worlds need not meet each rare situation.`
      : `All ${rare.length} rare situations were met${missed.length === 0 ? '' : `, but for ${missed.length}`}.`
  return [
    `${number(schedules)} schedules (${range}) of ${what} in ${number(Math.round(seconds))} s,`,
    `${number(Math.round(schedules / seconds))} a second on ${availableParallelism()} processors, ${number(steps)} steps: ${broke}.`,
    values.model
      ? 'Each story was run under two schedules, and both came to the same end.'
      : `${met} The slowest world agreed with the gateway ${slowestTruthMs / 1000} s after everything had healed.`,
  ]
}

/** The shortest story that breaks the same, as a picture. */
async function draw(seed: number): Promise<number> {
  const outcome = await shrink(seed)
  console.log(`seed ${seed}, commit ${commit()}: ${outcome.violation?.what ?? 'breaks nothing'}`)
  console.log(diagram(outcome.trace.lines))
  return outcome.violation === null ? 0 : 1
}

function keep({ ran, steps, seconds, slowestTruthMs, marks }: Sum): void {
  const run = { kind, from, to: from + ran - 1 } as const
  if (overlaps(run))
    return console.log(`seeds ${run.from} to ${run.to} were run before, in part at least: not recorded`)
  const [on = ''] = new Date().toISOString().split('T')
  keepRun(
    {
      ...run,
      commit: commit(),
      on,
      schedules: values.model ? ran * 2 : ran,
      steps,
      seconds,
      slowestTruthMs,
      marks: values.model ? {} : Object.fromEntries(marks.counts),
    },
    `npx -y pnpm proof simulate --seeds ${seeds}${values.model ? ' --model' : ''} --record`,
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}
