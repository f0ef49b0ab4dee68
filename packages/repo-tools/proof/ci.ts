import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { partsFor, type Part } from './parts.ts'
import { INTERRUPTED, interruption, run } from './run.ts'

const names = partsFor(0).map(({ name }) => name)
const help = `proof ci [--seed S] [--only part]...
  proves more than a change can break in a minute: ${names.join(', ')}. Seeds are the same each time, and one is fresh, which is printed
  and can be given again. --only runs some of the parts, more than once: each of them`

const USUALLY = 'about 15 minutes on two processors'

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
  const begun = performance.now()
  const results = await runAll(
    partsFor(seed).filter(({ name }) => values.only.includes(name)),
    seed,
    stop,
  )
  for (const line of table(results, seed, secondsSince(begun))) console.log(line)
  if (stop.aborted) return INTERRUPTED
  return results.every(({ code }) => code === 0) ? 0 : 1
}

async function runAll(parts: readonly Part[], seed: number, stop: AbortSignal): Promise<Result[]> {
  const results: Result[] = []
  const beside: Array<Promise<Result>> = []
  for (const [at, part] of parts.entries()) {
    const place = `${at + 1}/${parts.length} ${part.name}`
    if (part.runsBeside === true) beside.push(runBeside(part, place, seed, stop))
    else {
      if (part.readsOthers === true) await Promise.all(beside)
      console.log(`\n=== ${place} begins ===`)
      results.push(await runPart(part, place, seed, stop))
    }
    if (stop.aborted) break
  }
  return [...results, ...(await Promise.all(beside))]
}

async function runPart(part: Part, place: string, seed: number, stop: AbortSignal): Promise<Result> {
  const begun = performance.now()
  const ended = await run({ ...part, environment: { PROOF_SEED: String(seed) } }, stop)
  const result = { name: part.name, seconds: secondsSince(begun), ...ended }
  console.log(`=== ${place} ${wordFor(result)} after ${result.seconds.toFixed(1)} s ===`)
  return result
}

/** Keeps what the part prints until it has ended: two parts that print at once could not be read. */
async function runBeside(part: Part, place: string, seed: number, stop: AbortSignal): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-'))
  const path = join(folder, 'output')
  const output = openSync(path, 'w')
  console.log(`\n=== ${place} begins, beside the others; what it prints comes when it has ended ===`)
  try {
    const result = await runPart({ ...part, output }, place, seed, stop)
    console.log(readFileSync(path, 'utf8'))
    return result
  } finally {
    closeSync(output)
    rmSync(folder, { recursive: true })
  }
}

const secondsSince = (begun: number): number => (performance.now() - begun) / 1_000

const wordFor = ({ code }: Result): string =>
  code === 0 ? 'held' : code === INTERRUPTED ? 'was interrupted' : `FAILED (exit code ${code})`

function table(results: readonly Result[], seed: number, seconds: number): string[] {
  const rows = results.map((result) => [
    result.name,
    `${result.seconds.toFixed(1)} s`,
    megabytes(result.peakBytes),
    wordFor(result),
  ])
  // No more than three parts run at once.
  const peaks = results.map(({ peakBytes }) => peakBytes).toSorted((one, other) => other - one)
  const most = peaks.slice(0, 3).reduce((sum, each) => sum + each, 0)
  const all = [
    ['part', 'took', 'memory', 'result'],
    ...rows,
    ['all', `${seconds.toFixed(1)} s`, `≤ ${megabytes(most)}`, `fresh seed ${seed}`],
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
