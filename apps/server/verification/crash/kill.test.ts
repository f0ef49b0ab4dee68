import { expect, inject, test } from 'vitest'
import { proveKills } from './kill.ts'
import { everyEnd } from './killed-servers.ts'
import { everyPoint } from './points.ts'

const seed = inject('freshSeed')
const cycles = 30

const progress = (done: number, text: string): void => {
  if (done % 10 === 0) console.log(`${done}/${cycles} kills, ${text}`)
}

test(`C-01 C-02 C-03 C-04 two servers on one SQLite file, killed ${cycles} times under mixed load, at random and between each thing that is done and the one that must follow it: our books, the gateway's and the receiver's agree to the won`, async ({
  signal,
}) => {
  const report = await proveKills({
    cycles,
    seed,
    databaseUrl: null,
    ends: everyEnd,
    eachPoint: 2,
    progress,
    signal,
  })
  expect(report.disagreements.slice(0, 30), `seed ${seed}`).toEqual([])
  expect(report.kills).toBeGreaterThanOrEqual(cycles)
  // A run in which the dangers were not met proves nothing.
  for (const met of [
    'bothAtOnce',
    'whileStarting',
    'orders',
    'webhooksAcknowledged',
    'webhooksLost',
    'repeats',
  ] as const)
    expect(report[met], met).toBeGreaterThan(0)
  for (const point of everyPoint) expect(report.atPoints[point], point).toBeGreaterThanOrEqual(2)
})
