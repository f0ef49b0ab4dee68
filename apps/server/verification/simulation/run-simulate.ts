import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { diagram } from './diagram.ts'
import { Marks } from './marks.ts'
import { Progress } from './progress.ts'
import { runWorlds, type BlockAnswer, type Found } from './pool.ts'
import { ENOUGH_WORLDS, rare, unreached } from './rare.ts'
import { keepRun, nextSeed, overlaps } from './recorded.ts'
import { shrink } from './shrink.ts'

/** A run that finds as many has shown enough; one that is recorded ends with its first. */
const FOUND_MAX = 10

const help = `proof simulate [--seeds N] [--from S] [--marks] [--record] [--shrink S]
  runs N simulated worlds under the seeds from S on: the production server on its real store.
  --marks lists how often each rare situation was met. --record adds the run to those in
  docs/proof.md, from the first seed on that none of them had unless --from says otherwise; Ctrl-C records what was run so far,
  and a finding what was run before it. --shrink draws the shortest story that breaks what seed S breaks`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string' },
    marks: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    shrink: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const seeds = Number(values.seeds)
const from = Number(values.from ?? (values.record ? nextSeed() : 1))
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()

if (values.help || !Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(from)) console.log(help)
else if (values.shrink !== undefined) process.exitCode = await draw(Number(values.shrink))
else process.exitCode = await main()

type Sum = {
  readonly marks: Marks
  readonly found: readonly Found[]
  readonly steps: number
  /** Seeds that were run. */
  readonly ran: number
  readonly slowestTruthMs: number
  readonly seconds: number
}

async function main(): Promise<number> {
  const { answers, seconds } = await runAll()
  const sum = sumOf(answers, seconds)
  const { marks, found, ran } = sum
  const missed = ran >= ENOUGH_WORLDS ? unreached(marks.counts) : []
  for (const name of missed) console.log(`never met: ${name}`)
  if (values.marks)
    for (const [name, count] of [...marks.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${count}\t${name}`)
  const summary = summaryOf(sum, missed)
  console.log(summary.join('\n'))
  if (ran < seeds) console.log(`ended after ${number(ran)} of ${number(seeds)} seeds`)
  if (values.record && missed.length === 0) keep(cleanOf(answers, seconds))
  const first = found[0]
  if (first !== undefined) await draw(first.seed)
  return found.length === 0 && missed.length === 0 ? 0 : 1
}

/** Runs all seeds. Ctrl-C ends it with what is under way, and so do some findings. */
async function runAll(): Promise<{ readonly answers: readonly BlockAnswer[]; readonly seconds: number }> {
  const answers: BlockAnswer[] = []
  const startedAtMs = performance.now()
  const progress = new Progress(seeds)
  let [stopped, found] = [false, 0]
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void (stopped = true))
  await runWorlds({
    from,
    count: seeds,
    heard: (answer, done) => {
      answers.push(answer)
      found += answer.found.length
      progress.tell(done, found, performance.now() - startedAtMs)
      for (const { seed, id, what } of answer.found)
        console.log(`seed ${seed}, commit ${commit()}: ${id}: ${what}`)
      return found < (values.record ? 1 : FOUND_MAX) && !stopped
    },
  })
  return { answers, seconds: (performance.now() - startedAtMs) / 1000 }
}

/** What came of some blocks of seeds. */
function sumOf(answers: readonly BlockAnswer[], seconds: number): Sum {
  const marks = new Marks()
  for (const answer of answers) marks.add(answer.marks)
  const all = (of: (answer: BlockAnswer) => number): number =>
    answers.reduce((sum, each) => sum + of(each), 0)
  return {
    marks,
    found: answers.flatMap(({ found }) => found),
    steps: all(({ steps }) => steps),
    ran: all(({ count }) => count),
    slowestTruthMs: answers.reduce((slowest, each) => Math.max(slowest, each.slowestTruthMs), 0),
    seconds,
  }
}

/** What was run before the first seed that found something: the next recorded run begins with that one. Of the time its share. */
function cleanOf(answers: readonly BlockAnswer[], seconds: number): Sum {
  const firstFound = Math.min(...answers.flatMap((each) => (each.found.length > 0 ? [each.from] : [])))
  const clean = answers.filter((each) => each.from < firstFound)
  return sumOf(clean, (seconds * clean.length) / answers.length)
}

function summaryOf({ found, ran, steps, slowestTruthMs, seconds }: Sum, missed: readonly string[]): string[] {
  const range =
    ran === seeds ? `seeds ${from} to ${from + seeds - 1}` : `${number(ran)} seeds from ${from} on`
  const broke =
    found.length === 0 ? 'nothing that must hold was broken' : `${found.length} broke what must hold`
  const met =
    ran < ENOUGH_WORLDS
      ? `Fewer than ${number(ENOUGH_WORLDS)} worlds need not meet each rare situation.`
      : `All ${rare.length} rare situations were met${missed.length === 0 ? '' : `, but for ${missed.length}`}.`
  return [
    `${number(ran)} schedules (${range}) of the production server on its real store in ${number(Math.round(seconds))} s,`,
    `${number(Math.round(ran / seconds))} a second on ${availableParallelism()} processors, ${number(steps)} steps: ${broke}.`,
    `${met} The slowest world agreed with the gateway ${slowestTruthMs / 1000} s after everything had healed.`,
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
  if (ran === 0) return
  const run = { from, to: from + ran - 1 }
  if (overlaps(run))
    return console.log(`seeds ${run.from} to ${run.to} were run before, in part at least: not recorded`)
  const [on = ''] = new Date().toISOString().split('T')
  keepRun(
    {
      ...run,
      commit: commit(),
      on,
      schedules: ran,
      steps,
      seconds,
      slowestTruthMs,
      marks: Object.fromEntries(marks.counts),
    },
    `npx -y pnpm proof simulate --seeds ${seeds} --record`,
  )
}

function number(value: number): string {
  return value.toLocaleString('en')
}
