import { expect, test } from 'vitest'
import { figures } from '../../bench/figures.ts'
import { tableOf } from '../../bench/table.ts'

// Nothing is timed here: on a busy machine any figure says only that it was measured, which is what must not rot.
test('the bench still runs: a whole job through the server and through its limit, each recorded, in one table', async () => {
  const said: string[] = []
  const options = { rounds: 1, amount: 8, orders: 100, payments: 16, seconds: 1, profiled: false }
  const rows = await figures['p2']?.({ options, say: (line) => void said.push(line) })
  expect(said).toEqual([
    expect.stringMatching(/^P2 round 1 of 1: landfall \d+\/s.* · limit \d+\/s.* · by V2 \d+\/s/),
  ])
  expect(rows?.map(({ figure, goal }) => `${figure} ${goal}`)).toEqual([
    'P2 ≥ 1.00',
    'P2 ≥ 0.90',
    'P2 ≤ 15 ms',
    'P2 ≥ 5',
  ])
  expect(tableOf(rows ?? []).split('\n')).toHaveLength(6)
})

test('every goal but the screens’ has its figure', () => {
  const goals = Array.from({ length: 13 }, (_, index) => `p${index + 1}`)
  expect(Object.keys(figures).toSorted()).toEqual(goals.toSorted())
})
