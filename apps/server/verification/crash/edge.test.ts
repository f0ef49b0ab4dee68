import { expect, test } from 'vitest'
import { besiege, siegeFigures, siegeLimits } from './edge.ts'

/** Smaller than the whole proof, `npx -y pnpm proof edge`, which asks for times as well: here other tests share the processors. */
const siege = { sockets: 1_500, rate: 250, customers: 100, seconds: 12 }

test('D-06 D-07 G-23 slow sockets on every route and a flood of strangers’ returns from the customers’ own address: no customer is turned away, all orders are paid, memory and the gateway’s share are kept', async () => {
  const report = await besiege(siege)
  console.log(siegeFigures(report))
  expect(siegeLimits(report, siege)).toEqual([])
  // A run in which the danger was not met proves nothing.
  expect(report.slowSockets).toBeGreaterThanOrEqual(siege.sockets)
  expect(Object.values(report.strangers).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1_000)
})
