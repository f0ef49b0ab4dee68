import { Facts } from '@landfall/payment-core'
import type BetterSqlite3 from 'better-sqlite3'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFile } from '../../src/store/engines/sqlite.ts'
import type { Debt } from './power-trace.ts'

const ids: Readonly<Record<Debt['table'], string>> = {
  orders: 'order_id',
  receipts: 'receipt_id',
  cancels: 'intent_id',
  notices: 'notice_id',
}

/** Rows of which some exist and others do not: what S-11 rules out, one question each. */
const halves: Readonly<Record<string, string>> = {
  'an order without one of its notices':
    'select order_id from orders o where sequence <> (select count(*) from notices n where n.order_id = o.order_id)',
  'notices with a gap':
    'select order_id from notices group by order_id having max(sequence) <> count(*) or min(sequence) <> 1',
  'a notice without its order':
    'select order_id from notices where order_id not in (select order_id from orders)',
  'an order kept without its proof':
    'select order_id from orders o where kept_payment_id is not null and not exists ' +
    '(select 1 from proofs p where p.order_id = o.order_id and p.payment_id = o.kept_payment_id)',
  'a proof without its order kept':
    'select order_id from proofs p where not exists ' +
    '(select 1 from orders o where o.order_id = p.order_id and o.kept_payment_id = p.payment_id)',
  'a proof without its payment kept':
    'select order_id from proofs p where not exists ' +
    "(select 1 from payments y where y.payment_id = p.payment_id and y.standing = 'kept')",
  'a proof without its line on the timeline':
    'select order_id from proofs p where not exists ' +
    "(select 1 from timeline t where t.order_id = p.order_id and t.event = 'payment.paid')",
  'a line that says paid without a proof':
    "select order_id from timeline where event = 'payment.paid' and order_id not in (select order_id from proofs)",
  'a status of money without money':
    "select order_id from orders where status in ('paid', 'partially_cancelled', 'cancelled') and kept_payment_id is null",
  'a cancel of a payment that is not held':
    'select order_id from cancels where payment_id not in (select payment_id from payments)',
}

/** Opens files as the server does at its start, and says what is wrong with what it finds; empty when nothing is. */
export function wrongWith(
  files: ReadonlyMap<string, Buffer>,
  debts: readonly Debt[],
  folder: string,
): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes)
  try {
    const raw = openFile(join(folder, 'landfall.db'))
    try {
      return [...damageOf(raw), ...lostOf(raw, debts), ...halvesOf(raw)]
    } finally {
      raw.close()
    }
  } catch (error) {
    return [`it does not open: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function damageOf(raw: BetterSqlite3.Database): string[] {
  const found = String(raw.pragma('integrity_check(1)', { simple: true }))
  return found === 'ok' ? [] : [`damaged: ${found}`]
}

function lostOf(raw: BetterSqlite3.Database, debts: readonly Debt[]): string[] {
  const stored = new Map(
    Object.entries(ids).map(([table, id]) => [
      table,
      new Set(raw.prepare(`select ${id} from ${table}`).pluck().all()),
    ]),
  )
  return debts
    .filter(({ table, id, saying }) => stored.get(table)?.has(id) !== true && !isRecorded(raw, saying))
    .map(({ table, id }) => `S-10: ${id} was promised and is not in ${table}`)
}

/** What a webhook said stands in the record of its payment: that cancel, or that it was paid. */
function isRecorded(raw: BetterSqlite3.Database, saying: Debt['saying']): boolean {
  if (saying === null) return false
  const { paymentId, cancellationId } = saying
  if (cancellationId === null)
    return raw.prepare('select 1 from proofs where payment_id = ?').pluck().get(paymentId) === 1
  const facts = raw.prepare('select facts from payments where payment_id = ?').pluck().get(paymentId)
  return (
    typeof facts === 'string' &&
    Facts.parse(JSON.parse(facts)).cancels.some(({ id }) => id === cancellationId)
  )
}

function halvesOf(raw: BetterSqlite3.Database): string[] {
  return Object.entries(halves).flatMap(([what, question]) =>
    raw
      .prepare(question)
      .pluck()
      .all()
      .map((id) => `S-11: ${what}: ${String(id)}`),
  )
}
