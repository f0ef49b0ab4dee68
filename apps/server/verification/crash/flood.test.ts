import { expect, test } from 'vitest'
import { proveFlood } from './flood.ts'
import { floodFigures, floodLimits } from './flood-limits.ts'

/** Slower than the whole proof, `npx -y pnpm proof flood`, which asks for times as well: here other tests share the processors with the server. */
const flood = { rate: 200, seconds: 8, callsPerSecond: 50 }

test('L-06 D-01 S-14 W-15 a flood of junk webhooks, half of them about a real order: its deposit is final within ten seconds’ worth of the budget, customers come back, memory and look-ups stay within their bounds', async () => {
  const report = await proveFlood(flood)
  console.log(floodFigures(report))
  expect(floodLimits(report, flood)).toEqual([])
  // A run in which the danger was not met proves nothing.
  expect(report.answers['200']).toBeGreaterThan(flood.rate)
  expect(report.calls.all).toBeGreaterThan(flood.seconds)
})
