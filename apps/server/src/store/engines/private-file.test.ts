import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from './open.ts'

const now = (run: () => void): void => void setImmediate(run)
function folder() {
  const path = mkdtempSync(join(tmpdir(), 'landfall-private-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('P-04: a new database is for its own user alone: its folder, its file, its log', async () => {
  using own = folder()
  const path = join(own.path, 'data/landfall.db')
  const db = await openDatabase(`file:${path}`, now)
  const modes = ['', '-wal', '-shm'].map((part) => modeOf(`${path}${part}`))
  expect([modeOf(join(own.path, 'data')), modes, db.report.warnings]).toEqual([
    '700',
    ['600', '600', '600'],
    [],
  ])
  await db.close()
})

test.for([0o644, 0o640, 0o604, 0o660])(
  'P-04: a database that others can read (%o) starts, and says so',
  async (mode) => {
    using own = folder()
    const path = join(own.path, 'landfall.db')
    writeFileSync(path, '')
    chmodSync(path, mode)
    const db = await openDatabase(`file:${path}`, now)
    expect(db.report.warnings).toEqual([expect.stringContaining(`chmod 600 on ${path}`)])
    expect(modeOf(path)).toBe(mode.toString(8))
    await db.close()
  },
)
