import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { wrongWith } from './power-check.ts'
import { Disk } from './power-disk.ts'
import { kept, readKept } from './power-recordings.ts'
import type { Call } from './power-trace.ts'

const ended = left(readKept(kept.full).calls, 'all', () => 0)

/** What is found wrong with the books at the end of the run, after `statement` has torn them. */
function foundAfter(statement: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-torn-'))
  try {
    const file = join(folder, 'landfall.db')
    for (const [name, bytes] of ended) writeFileSync(join(folder, name), bytes)
    const db = new DatabaseSync(file)
    expect(db.prepare(statement).run().changes).toBe(1)
    db.close()
    return wrongWith(new Map([['landfall.db', readFileSync(file)]]), [], join(folder, 'again')).join('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// What counts as a half is shown to be found: each row of a paid order is taken away in its turn.
test.each([
  ['notices', 'an order without one of its notices'],
  ['proofs', 'an order kept without its proof'],
  ['payments', 'a proof without its payment kept'],
  ['timeline', 'a proof without its line on the timeline'],
  ['orders', 'a proof without its order kept'],
])('the control: a paid order without its row in %s is found', (table, what) => {
  const event = table === 'timeline' ? " and event = 'payment.paid'" : ''
  const kept = table === 'payments' ? " and standing = 'kept'" : ''
  const one = `select rowid from ${table} where order_id in (select order_id from proofs)${event}${kept} limit 1`
  expect(foundAfter(`delete from ${table} where rowid in (${one})`)).toContain(`S-11: ${what}`)
})

test('the control: a status of money that nobody has is found', () => {
  const one =
    "select rowid from orders where status not in ('paid', 'partially_cancelled', 'cancelled') limit 1"
  expect(foundAfter(`update orders set status = 'paid' where rowid in (${one})`)).toContain('S-11')
})

const page = (byte: number, length = 4_096): Buffer => Buffer.alloc(length, byte)

/** A file that is made and safe, with two pages on it of which the second is not. */
const twoPages: readonly Call[] = [
  { kind: 'create', file: 'a' },
  { kind: 'write', file: 'a', at: 0, data: page(1) },
  { kind: 'sync', file: 'a' },
  { kind: 'sync_folder' },
  { kind: 'write', file: 'a', at: 4_096, data: page(2) },
]

function left(made: readonly Call[], ...rest: Parameters<Disk['after']>): ReadonlyMap<string, Buffer> {
  const disk = new Disk()
  for (const call of made) disk.apply(call)
  return disk.after(...rest)
}

test('a disk keeps what was synced, of the rest what it likes, and a name once its folder was synced', () => {
  expect(left(twoPages, 'none', () => 0).get('a')).toEqual(page(1))
  expect(left(twoPages, 'all', () => 0).get('a')).toEqual(Buffer.concat([page(1), page(2)]))
  expect(left(twoPages.slice(0, 3), 'none', () => 0).size).toBe(0)
  const gone: Call = { kind: 'remove', file: 'a' }
  expect(left([...twoPages, gone], 'none', () => 0).get('a')).toEqual(page(1))
  expect(left([...twoPages, gone], 'all', () => 0).size).toBe(0)
})

test('a torn write leaves some of its sectors, and zeros where the others would be', () => {
  // First how much is kept, half; then a sector that is, seven that are not.
  const draws = [0.5, 0.9, 0.1]
  const torn = left(twoPages, 'torn at 512', () => draws.shift() ?? 0.9).get('a')
  expect(torn).toEqual(Buffer.concat([page(1), page(0, 512), page(2, 512)]))
})

test('a file that was cut grows again over zeros', () => {
  const cut: Call = { kind: 'truncate', file: 'a', size: 100 }
  const after: Call = { kind: 'write', file: 'a', at: 200, data: page(3, 1) }
  expect(left([...twoPages, cut, after], 'all', () => 0).get('a')).toEqual(
    Buffer.concat([page(1, 100), page(0, 100), page(3, 1)]),
  )
})
