import BetterSqlite3 from 'better-sqlite3'
import { numbered, orderId, paymentId, seed } from './books.ts'
import { limitWrites } from './limit-writes.ts'
import { NEVER_MS } from '../src/store/work-tables.ts'

type Size = { readonly paid: number; readonly pending: number; readonly lines: number }

/** Orders written in one transaction; Ctrl-C is heard between two. */
const CHUNK = 50_000
const APART_MS = 400
const PAID = 0
const PENDING = 1

/**
 * Writes the database of a shop after its first `paid` orders, each with a payment, a proof, a delivered notice, a settled claim and `lines` lines of
 * history; `pending` more are open. Two orders are registered and one of them paid, and both are copied under numbers below the bench's own, so that a
 * new column needs no change here.
 */
export async function makeLarge(path: string, { paid, pending, lines }: Size): Promise<void> {
  await seed(`file:${path}`, { from: PAID, count: 2 })
  const raw = new BetterSqlite3(path)
  try {
    raw.pragma('synchronous = OFF') // a file that is not finished is thrown away
    pay(raw)
    for (let from = 0; from < paid; from += CHUNK) {
      const numbers = { from, to: Math.min(paid, from + CHUNK), agoMs: (paid - from) * APART_MS }
      raw.transaction(() => {
        for (const table of ['orders', 'payments', 'proofs', 'notices', 'receipts', 'timeline'])
          copy(raw, table, PAID, { ...numbers, lines: table === 'timeline' ? lines : 1 })
      })()
      await new Promise((resolve) => void setImmediate(resolve))
    }
    copy(raw, 'orders', PENDING, { from: paid, to: paid + pending, agoMs: 0, lines: 1 })
    raw.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    raw.close()
  }
}

function pay(raw: BetterSqlite3.Database): void {
  const [ids, nowMs] = [{ orderId: orderId(PAID), paymentId: paymentId(PAID) }, Date.now()]
  const receiptId = `webhook|${ids.paymentId}|${ids.orderId}||paid||`
  const facts = JSON.stringify({
    ...ids,
    status: 'paid',
    amounts: [14_000],
    currencies: ['KRW'],
    method: 'card',
  })
  const writes = limitWrites(raw)
  writes.claim(receiptId, ids.orderId, ids.paymentId, nowMs)
  const { version } = writes.expected(ids.orderId)
  writes.paid({ ...ids, receiptId, version, facts, notice: facts, nowMs })
  raw.exec(`update notices set state = 'delivered', due_at_ms = ${NEVER_MS}`)
}

type Copies = { readonly from: number; readonly to: number; readonly agoMs: number; readonly lines: number }

/** Copies an order's row of a table, with the order's number replaced in every text and its moments as long ago as asked. */
function copy(
  raw: BetterSqlite3.Database,
  table: string,
  index: number,
  { from, to, agoMs, lines }: Copies,
): void {
  const columns = raw.prepare<[], string>(`select name from pragma_table_info('${table}')`).pluck().all()
  const renamed = (name: string): string =>
    `replace(${name}, '${numbered(index)}', printf('%012d', number.value))`
  const copied = columns.map((name) => {
    if (name === 'entry_id') return `${renamed(name)} || '/' || line.value`
    if (name.endsWith('_at_ms') && name !== 'due_at_ms') return `${name} - ${agoMs} + line.value`
    return `case typeof(${name}) when 'text' then ${renamed(name)} else ${name} end`
  })
  raw.exec(
    `with recursive number(value) as (select ${from} union all select value + 1 from number where value < ${to - 1}),
       line(value) as (select 1 union all select value + 1 from line where value < ${lines})
     insert into ${table} (${columns.join(', ')}) select ${copied.join(', ')} from ${table}, number, line
     where ${table}.order_id = '${orderId(index)}'`,
  )
}
