import { parseArgs } from 'node:util'
import { figures } from './figures.ts'
import { bounds } from './site.ts'
import { headOf, notMeasured, tableOf, type Row } from './table.ts'

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
    payments: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '60' },
    prof: { type: 'boolean', default: false },
  },
})
const options = {
  // A profiled run is there for its profile: one round tells as much as three.
  rounds: values.prof ? 1 : Number(values.rounds),
  amount: Number(values.amount),
  orders: Number(values.orders),
  payments: Number(values.payments),
  seconds: Number(values.seconds),
  profiled: values.prof,
}

async function main(): Promise<void> {
  const asked = positionals.length === 0 ? Object.keys(figures) : positionals
  console.log(headOf(), options, bounds)
  const rows: Row[] = []
  for (const name of asked) rows.push(...(await rowsOf(name)))
  console.log(`\n${headOf()}\n\n${tableOf(rows)}\n`)
  console.log('µs: CPU time of the server, all its threads, per payment. Peers are quoted, not measured.')
}

async function rowsOf(name: string): Promise<Row[]> {
  const figure = figures[name]
  if (figure === undefined)
    throw new Error(`There is no figure «${name}». There is ${Object.keys(figures).join(', ')}.`)
  return await figure({ options, say: console.log }).catch((error: unknown) => {
    console.log(`${name} could not be measured: ${String(error)}`)
    process.exitCode = 1
    return [notMeasured(name.toUpperCase(), '', '', 'see above')]
  })
}

await main()
