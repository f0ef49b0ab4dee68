import { parseArgs } from 'node:util'
import { besiege, siegeFigures, siegeLimits } from './edge.ts'

const help = `proof edge [--sockets 5000] [--rate 300] [--customers 500] [--seconds 40]
  keeps that many slow sockets open and sends that many strangers' returns a second, while customers come back, all from one address`

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '300' },
    customers: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '40' },
    help: { type: 'boolean', default: false },
  },
})
const siege = {
  sockets: Number(values.sockets),
  rate: Number(values.rate),
  customers: Number(values.customers),
  seconds: Number(values.seconds),
}
const CUSTOMERS_P99_MS_MAX = 1_000

if (values.help || !Object.values(siege).every((value) => value >= 0)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const report = await besiege(siege)
  const broken = siegeLimits(report, siege)
  const { p99Ms } = report.customers
  if (p99Ms > CUSTOMERS_P99_MS_MAX) broken.push(`p99 of customers is ${Math.round(p99Ms)} ms`)
  console.log(siegeFigures(report))
  for (const sentence of broken) console.log(`  NOT KEPT: ${sentence}`)
  if (broken.length === 0) console.log('every limit is kept')
  return broken.length === 0 ? 0 : 1
}
