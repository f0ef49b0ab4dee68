import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzz, HEAP_GROWTH_MAX_BYTES, type Tally } from './fuzz.ts'
import { targets } from './targets.ts'

const help = `proof fuzz [--inputs N] [--seed S] [--target ${Object.keys(targets).join('|')}]
  pours N hostile inputs over the server and stops at the first fault, with the smallest input that shows it and the seed that repeats it`

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const [inputs, seed] = [Number(values.inputs), Number(values.seed)]

if (values.help || !Number.isInteger(inputs) || inputs < 1 || !Number.isInteger(seed)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const only = values.target === undefined ? {} : { only: [values.target] }
  const tallies = await fuzz({ inputs, seed, ...only, progress: (text) => console.log(text) })
  const faults = tallies.filter(({ failure }) => failure !== null).length
  const made = tallies.reduce((sum, each) => sum + each.inputs, 0)
  console.log(
    `${faults === 0 ? 'no fault' : `${faults} FAULTS`} in ${made.toLocaleString('en')} inputs; seed ${seed}`,
  )
  // A part of it, or a run that ended in a fault, is no result.
  if (faults === 0 && values.target === undefined) write(tallies, made)
  return faults === 0 ? 0 : 1
}

/** The repository's own scripts are no part of the server: one is run, with what it is to write. */
function write(tallies: readonly Tally[], made: number): void {
  const seconds = tallies.reduce((sum, each) => sum + each.seconds, 0)
  const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(1)
  const lines = [
    `${made.toLocaleString('en')} inputs made from the gateway’s documented samples in ${seconds.toFixed(0)} s; no fault.`,
    'No input caused a 5xx, an exception, a malformed log line, a planted secret in a log or answer, quoted input, a change without the',
    `gateway's books, or a payment without proof. The heap may grow by ${mb(HEAP_GROWTH_MAX_BYTES)} MB from a fifth of the inputs to their end.`,
    '',
    ...tallies.map(
      ({ what, inputs: tried, seconds: took, heapAtEndBytes }) =>
        `- ${what}: ${tried.toLocaleString('en')} inputs, ${Math.round(tried / took).toLocaleString('en')} a second, heap ${mb(heapAtEndBytes)} MB`,
    ),
  ]
  const script = fileURLToPath(new URL('../../../../packages/repo-tools/commands/record.ts', import.meta.url))
  const command = `npx -y pnpm proof fuzz --inputs ${inputs} --seed ${seed}`
  spawnSync(process.execPath, [script, 'Fuzzing', command], {
    input: lines.join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  })
}
