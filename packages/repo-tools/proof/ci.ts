import { parseArgs } from 'node:util'
import { partsFor } from './parts.ts'
import { INTERRUPTED, interruption, run } from './run.ts'

const names = partsFor(0).map(({ name }) => name)
const help = `proof ci [--seed S] [--only part]...
  proves more than a change can break in a minute: ${names.join(', ')}. Seeds are the same each time, and one is fresh, which is printed
  and can be given again. --only runs some of the parts, more than once: each of them`

const USUALLY = 'about 11 minutes on two processors'

type Result = {
  readonly name: string
  readonly seconds: number
  readonly code: number
  readonly peakBytes: number
}

/** Runs every part, also after one that failed, and tells what came of each. The exit code is 0 when all held. */
export async function proveAll(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      only: { type: 'string', multiple: true, default: names },
      help: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed)
  const isUnknown = values.only.some((name) => !names.includes(name))
  if (values.help || isUnknown || !Number.isInteger(seed) || seed < 0 || seed >= 1_000_000) {
    console.log(help)
    return values.help ? 0 : 1
  }
  console.log(
    `This takes ${USUALLY}. Fresh seed ${seed}; the same again: npx -y pnpm proof ci --seed ${seed}`,
  )
  const stop = interruption()
  const parts = partsFor(seed).filter(({ name }) => values.only.includes(name))
  const results: Result[] = []
  for (const [at, part] of parts.entries()) {
    console.log(`\n=== ${at + 1}/${parts.length} ${part.name} begins ===`)
    const begun = performance.now()
    const ended = await run({ ...part, environment: { PROOF_SEED: String(seed) } }, stop)
    const result = { name: part.name, seconds: (performance.now() - begun) / 1_000, ...ended }
    results.push(result)
    console.log(
      `=== ${at + 1}/${parts.length} ${part.name} ${wordFor(result)} after ${result.seconds.toFixed(1)} s ===`,
    )
    if (stop.aborted) break
  }
  for (const line of table(results, seed)) console.log(line)
  if (stop.aborted) return INTERRUPTED
  return results.every(({ code }) => code === 0) ? 0 : 1
}

const wordFor = ({ code }: Result): string =>
  code === 0 ? 'held' : code === INTERRUPTED ? 'was interrupted' : `FAILED (exit code ${code})`

function table(results: readonly Result[], seed: number): string[] {
  const rows = results.map((result) => [
    result.name,
    `${result.seconds.toFixed(1)} s`,
    megabytes(result.peakBytes),
    wordFor(result),
  ])
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  const peak = Math.max(0, ...results.map(({ peakBytes }) => peakBytes))
  const all = [
    ['part', 'took', 'memory', 'result'],
    ...rows,
    ['all', `${seconds.toFixed(1)} s`, megabytes(peak), `fresh seed ${seed}`],
  ]
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0))
  return [
    '',
    ...all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    ),
  ]
}

/** Nothing where a system does not tell. */
const megabytes = (bytes: number): string => (bytes === 0 ? '-' : `${Math.round(bytes / 1e6)} MB`)
