import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { tryAll } from './bank.ts'
import { root } from './mutant.ts'
import { mutants } from './mutants.ts'
import { medianOf, seedOf, windowOf } from './sample.ts'
import type { Verdict } from './trial.ts'

const help = `proof bugs [--only words] [--sample N [--seed S]]
  puts each known bug of packages/repo-tools/bug-bank/mutants.yaml into the code, in memory alone, and runs the test that must find it;
  with --only those whose name holds the words, with --sample N of them, from the place the seed (the day) names`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: String(seedOf(Date.now())) },
    help: { type: 'boolean', default: false },
  },
})
const [sample, seed] = [Number(values.sample ?? mutants.length), Number(values.seed)]

if (values.help || !Number.isInteger(sample) || sample < 1 || !Number.isInteger(seed) || seed < 0)
  console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const { only } = values
  const named = only === undefined ? mutants : mutants.filter(({ name }) => name.includes(only))
  const chosen = windowOf(named, seed, sample)
  if (chosen.length === 0) {
    console.log(`no mutant is called «${only}»`)
    return 1
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const begun = performance.now()
  const tried = ({ name, outcome, told, seconds }: Verdict, done: number): void =>
    console.log(`${done}/${chosen.length} ${name}: ${outcome} in ${seconds.toFixed(1)} s · ${told}`)
  const verdicts = await tryAll(chosen, tried, stop.signal)
  if (stop.signal.aborted) return 130
  const lines = linesOf(verdicts, (performance.now() - begun) / 1_000)
  for (const line of lines) console.log(line)
  const killed = verdicts.filter(({ outcome }) => outcome === 'killed').length
  if (killed < chosen.length) return 1
  // A part of the bank is no result to keep.
  if (only === undefined && values.sample === undefined) write(lines)
  return 0
}

function linesOf(verdicts: readonly Verdict[], seconds: number): string[] {
  const killed = verdicts.filter(({ outcome }) => outcome === 'killed').length
  const each = verdicts.map((verdict) => verdict.seconds)
  const tests = new Set(mutants.map(({ killedBy }) => `${killedBy.file} ${killedBy.test}`)).size
  return [
    `${verdicts.length} known bugs, each put into the code by itself: ${killed} killed, ${verdicts.length - killed} not. ` +
      `${seconds.toFixed(0)} s, two at a time.`,
    `One takes ${medianOf(each).toFixed(1)} s at the median and ${Math.max(...each).toFixed(1)} s at most.`,
    `The bank names ${tests} tests in ${new Set(mutants.map(({ killedBy }) => killedBy.file)).size} files.`,
  ]
}

function write(lines: readonly string[]): void {
  const command = 'npx -y pnpm proof bugs'
  spawnSync(process.execPath, [`${root}packages/repo-tools/commands/record.ts`, 'Bug bank', command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}
