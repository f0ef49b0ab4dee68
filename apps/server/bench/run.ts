import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Run } from './figure.ts'
import { figures } from './figures.ts'
import { bounds } from './site.ts'
import { headOf, notMeasured, tableOf, type Row } from './table.ts'
import { topAllocations } from './top-allocations.ts'
import { topFunctions } from './top-functions.ts'

/**
 * `npx -y pnpm bench [p1 … p13]`: figures against their goals, each paired in the same run with what it is held against. Every server is a
 * process of its own; the load comes from this one, so that gateway, server and load share the machine's cores. Rounds alternate; the middle
 * ones are told. Nothing is asserted but that every request is answered as it should be and that what was answered is recorded.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    amount: { type: 'string', default: '8000' },
    orders: { type: 'string', default: '1000000' },
    large: { type: 'string' },
    payments: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '60' },
    full: { type: 'boolean', default: false },
    prof: { type: 'boolean', default: false },
  },
})
const PAYMENTS_OF_THE_GOAL = 1_000_000
const options = {
  // A profiled run is there for its profile: one round tells as much as three.
  rounds: values.prof ? 1 : Number(values.rounds),
  amount: Number(values.amount),
  orders: Number(values.orders),
  large: values.large ?? null,
  payments: values.full ? PAYMENTS_OF_THE_GOAL : Number(values.payments),
  seconds: Number(values.seconds),
}
const profiles = join(import.meta.dirname, '../../../data/profiles')
const say = (line: string): void => console.log(line)

async function main(): Promise<void> {
  const asked = positionals.length === 0 ? Object.keys(figures) : positionals
  console.log(headOf())
  console.log(
    `${options.rounds} rounds in turn, ${options.amount} payments a round after a quarter of that to warm up; ${Object.entries(
      bounds,
    )
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
  )
  const rows: Row[] = []
  for (const name of asked) rows.push(...(await rowsOf(name)))
  console.log(`\n${headOf()}\n\n${tableOf(rows)}\n`)
  console.log(
    'µs: CPU time of the server, all its threads, per payment. min–max: of the rates of both sides, or of the value.',
  )
  console.log(
    'Peers are not installed and not measured here. P14, the screens: npx -y pnpm bench p14, after npx -y pnpm build.',
  )
}

async function rowsOf(name: string): Promise<Row[]> {
  const figure = figures[name]
  if (figure === undefined)
    throw new Error(`There is no figure «${name}». There is ${Object.keys(figures).join(', ')}.`)
  console.log(`\n${name.toUpperCase()}: ${figure.tells}`)
  const kind = figure.isOfMemory === true ? 'heapprofile' : 'cpuprofile'
  const profileInto = values.prof
    ? join(profiles, `${name}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.${kind}`)
    : null
  if (profileInto !== null) mkdirSync(profiles, { recursive: true })
  const run: Run = { options, say, profileInto }
  const rows = await figure.run(run).catch((error: unknown) => {
    console.log(`${name.toUpperCase()} could not be measured: ${String(error)}`)
    process.exitCode = 1
    return [notMeasured(name.toUpperCase(), figure.tells, '', 'see above')]
  })
  if (profileInto !== null && existsSync(profileInto))
    console.log(
      `\n${profileInto}\n${kind === 'cpuprofile' ? topFunctions(profileInto) : topAllocations(profileInto)}`,
    )
  return rows
}

await main()
