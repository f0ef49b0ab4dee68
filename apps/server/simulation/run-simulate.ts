import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { diagram } from './diagram.ts'
import { Marks } from './marks.ts'
import { runWorlds, type Found } from './pool.ts'
import { ENOUGH_WORLDS, rare, unreached } from './rare.ts'
import { shrink } from './shrink.ts'

const help = `proof simulate [--seeds N] [--from S] [--model] [--marks] [--record] [--shrink S]
  runs N simulated worlds under the seeds from S on: the production server on its real store, or with --model the pure core on a store in
  plain memory, each story under two schedules. --marks lists how often each rare situation was met, --record writes docs/proof.md,
  --shrink draws the shortest story that breaks what seed S breaks`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    model: { type: 'boolean', default: false },
    marks: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    shrink: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const root = fileURLToPath(new URL('../../..', import.meta.url))
const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()

if (values.help || !Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(from)) console.log(help)
else if (values.shrink !== undefined) process.exitCode = await draw(Number(values.shrink))
else process.exitCode = await main()

async function main(): Promise<number> {
  const kind = values.model ? 'model' : 'real'
  const marks = new Marks()
  const found: Found[] = []
  let steps = 0
  let slowestTruthMs = 0
  const startedAtMs = performance.now()
  let reported = 0
  await runWorlds({
    kind,
    from,
    count: seeds,
    heard: (answer, done) => {
      marks.add(answer.marks)
      found.push(...answer.found)
      steps += answer.steps
      slowestTruthMs = Math.max(slowestTruthMs, answer.slowestTruthMs)
      if (done - reported >= seeds / 20) {
        reported = done
        console.log(`${done}/${seeds}, ${perSecond(done, startedAtMs)} a second, ${found.length} found`)
      }
      return found.length < 10
    },
  })
  const seconds = (performance.now() - startedAtMs) / 1000
  for (const { seed, id, what } of found) console.log(`seed ${seed}, commit ${commit()}: ${id}: ${what}`)
  const missed = kind === 'real' && seeds >= ENOUGH_WORLDS ? unreached(marks.counts) : []
  for (const name of missed) console.log(`never met: ${name}`)
  if (values.marks)
    for (const [name, count] of [...marks.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`${count}\t${name}`)
  const schedules = values.model ? seeds * 2 : seeds
  const summary = [
    `${number(schedules)} schedules (seeds ${from} to ${from + seeds - 1}) of ${values.model ? 'the pure core on a store in plain memory' : 'the production server on its real store'} in ${number(Math.round(seconds))} s,`,
    `${number(Math.round(schedules / seconds))} a second on ${availableParallelism()} processors, ${number(steps)} steps: ${found.length === 0 ? 'nothing that must hold was broken' : `${found.length} broke what must hold`}.`,
    ...(values.model
      ? ['Each story was run under two schedules, and both came to the same end.']
      : [
          `All ${rare.length} rare situations were met${missed.length === 0 ? '' : `, but for ${missed.length}`}. The slowest world agreed with the gateway ${slowestTruthMs / 1000} s after everything had healed.`,
        ]),
  ]
  console.log(summary.join('\n'))
  if (values.record) keep(summary, marks)
  const first = found[0]
  if (first !== undefined && kind === 'real') await draw(first.seed)
  return found.length === 0 && missed.length === 0 ? 0 : 1
}

/** The shortest story that breaks the same, as a picture. */
async function draw(seed: number): Promise<number> {
  const outcome = await shrink(seed)
  console.log(`seed ${seed}, commit ${commit()}: ${outcome.violation?.what ?? 'breaks nothing'}`)
  console.log(diagram(outcome.trace.lines))
  return outcome.violation === null ? 0 : 1
}

function keep(summary: readonly string[], marks: Marks): void {
  const section = values.model ? 'Simulation of the core' : 'Simulation of the server'
  const command = `npx -y pnpm proof simulate --seeds ${seeds} --from ${from}${values.model ? ' --model' : ''} --record`
  const table = values.model
    ? []
    : [
        '',
        '| rare situation | met |',
        '|---|---:|',
        ...rare.map((name) => `| ${name} | ${number(marks.counts.get(name) ?? 0)} |`),
      ]
  execFileSync(process.execPath, [`${root}/scripts/record.ts`, section, command], {
    input: [...summary, ...table].join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function perSecond(done: number, startedAtMs: number): string {
  return number(Math.round((done / (performance.now() - startedAtMs)) * 1000))
}
