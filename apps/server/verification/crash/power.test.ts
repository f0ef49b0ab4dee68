import { expect, inject, test } from 'vitest'
import { provePower } from './power.ts'
import { hasStrace, recordRun, settingsNow } from './power-record.ts'
import { kept, readKept } from './power-recordings.ts'

const seed = inject('freshSeed')

test('C-05 S-10 S-11 power lost at 300 points of a run of 300 transactions, whatever was not synced gone, there or torn: the files open, are sound, and hold all that was acknowledged, no half of anything', () => {
  const { calls } = readKept(kept.full)
  const report = provePower({ calls, points: 300, seed })
  expect(report.wrong, `seed ${seed}`).toEqual([])
  expect(report.points).toBe(300)
  // A run in which little was written, promised or in danger proves little.
  expect(report.transactions).toBeGreaterThanOrEqual(300)
  expect(report.checkpoints).toBeGreaterThanOrEqual(3)
  expect(report.promises).toBeGreaterThan(150)
  expect(report.inDanger).toBeGreaterThan(200)
})

// What is kept was recorded of files opened in this way: another SQLite, or another level of syncing, is another run.
test('the recordings that are kept are of this SQLite, told to write as the server tells it', () => {
  expect(readKept(kept.full).settings, 'record anew: npx -y pnpm proof power --keep').toBe(settingsNow())
  expect(readKept(kept.normal).settings).toBe(`${settingsNow()}, weakened to NORMAL`)
})

test('the control: the same at synchronous NORMAL loses what was acknowledged, and is found out', () => {
  const report = provePower({ calls: readKept(kept.normal).calls, points: 100, seed })
  expect(report.transactions).toBeGreaterThanOrEqual(300)
  expect(report.wrongPoints, `seed ${seed}`).toBeGreaterThan(30)
  expect(report.wrong.join('\n')).toContain('S-10')
})

test('the control: a disk that syncs nothing leaves files that are damaged, and is found out', () => {
  const calls = readKept(kept.full).calls.filter(({ kind }) => kind !== 'sync')
  const report = provePower({ calls, points: 60, seed })
  expect(report.wrong.join('\n'), `seed ${seed}`).toMatch(/damaged|does not open/)
})

test('C-05 S-10 S-11 the same for the server as it is now, recorded while it runs: where there is strace', async () => {
  if (!hasStrace()) {
    process.stderr.write(
      'power loss of the server as it is now was not recorded, there is no strace here: the recordings that are kept were cut instead\n',
    )
    return
  }
  const { calls } = await recordRun({ seed, weakened: false, lives: [4, 24] })
  const report = provePower({ calls, points: 150, seed })
  expect(report.wrong, `seed ${seed}`).toEqual([])
  expect(report.transactions).toBeGreaterThan(75)
  expect(report.inDanger).toBeGreaterThan(75)
})
