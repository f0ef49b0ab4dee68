import { parseArgs } from 'node:util'
import { floodFigures, floodLimits, floodTimes } from './flood-limits.ts'
import { proveFlood } from './flood.ts'

const help = `proof flood [--rate 2000] [--seconds 30] [--calls 500]
  pours that many junk webhooks a second onto a server whose gateway answers in 200 ms, with a budget of that many calls a second`

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '30' },
    calls: { type: 'string', default: '500' },
    help: { type: 'boolean', default: false },
  },
})
const flood = {
  rate: Number(values.rate),
  seconds: Number(values.seconds),
  callsPerSecond: Number(values.calls),
}

if (values.help || !Object.values(flood).every((value) => value > 0)) console.log(help)
else process.exitCode = await main()

async function main(): Promise<number> {
  const report = await proveFlood(flood)
  const broken = [...floodLimits(report, flood), ...floodTimes(report)]
  console.log(floodFigures(report))
  for (const sentence of broken) console.log(`  NOT KEPT: ${sentence}`)
  if (broken.length === 0) console.log('every limit is kept')
  return broken.length === 0 ? 0 : 1
}
