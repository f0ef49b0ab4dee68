import BetterSqlite3 from 'better-sqlite3'
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { openDatabase } from '../src/store/engines/open.ts'

/**
 * A shop after its first million orders: `node bench/large.ts --out large.db [--orders 1000000] [--pending 100000] [--lines 10]`. They are paid, with a
 * payment, a proof, a delivered notice, a settled claim and `lines` lines of history each; `pending` more are open, due over the next hours.
 * It is written under another name and renamed at the end: Ctrl-C leaves nothing behind.
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'large.db' },
    orders: { type: 'string', default: '1000000' },
    pending: { type: 'string', default: '100000' },
    lines: { type: 'string', default: '10' },
  },
})
const [paid, pending, lines] = [Number(values.orders), Number(values.pending), Number(values.lines)]
const count = paid + pending
const part = `${values.out}.part`
const NEVER_MS = Number.MAX_SAFE_INTEGER
const CHUNK = 10_000
const HOUR_MS = 3_600_000
const nowMs = Date.now()
const work = { lease: '', lease_until_ms: 0, attempts: 0 }

function clean(): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${part}${end}`, { force: true })
}

function factsOf(number: number): string {
  return JSON.stringify({
    paymentId: paymentId(number),
    orderId: orderId(number),
    status: 'paid',
    amounts: [14_000],
    currencies: ['KRW'],
    cancelledAmount: 0,
    cancels: [],
    test: false,
    paidAtMs: nowMs,
    method: 'card',
  })
}
const orderId = (number: number): string => `ord-${String(number).padStart(9, '0')}`
const paymentId = (number: number): string => `imp_${String(number).padStart(12, '0')}`

type Rows = ReadonlyArray<readonly [table: string, row: Readonly<Record<string, string | number | null>>]>

/** The rows of one order, by table. */
function rowsOf(number: number): Rows {
  const isPending = number >= paid
  const atMs = nowMs - (count - number) * 400
  const order = {
    order_id: orderId(number),
    version: isPending ? 1 : 2,
    name: '큰 가게',
    amount: 14_000,
    currency: 'KRW',
    registered_at_ms: atMs,
    expires_at_ms: nowMs + 24 * HOUR_MS,
    status: isPending ? 'open' : 'paid',
    kept_payment_id: isPending ? null : paymentId(number),
    empty_after_deadline: 0,
    review: null,
    sequence: isPending ? 0 : 1,
    last_return: null,
    amount_fixed: 1,
    looked_at_ms: atMs,
    due_at_ms: isPending ? nowMs + ((number * 7_919) % (2 * HOUR_MS)) - HOUR_MS : NEVER_MS,
    ...work,
  }
  return isPending
    ? [['orders', order]]
    : [['orders', order], ...paidRowsOf(number, atMs), ...toldRowsOf(number, atMs)]
}

function paidRowsOf(number: number, atMs: number): Rows {
  const ids = { order_id: orderId(number), payment_id: paymentId(number) }
  const facts = factsOf(number)
  return [
    [
      'payments',
      {
        ...ids,
        version: 1,
        status: 'paid',
        standing: 'kept',
        reject_reason: null,
        contradiction: null,
        facts,
        recorded_at_ms: atMs,
      },
    ],
    ['proofs', { ...ids, observation: facts, looked_up_at_ms: atMs, recorded_at_ms: atMs }],
  ]
}

function toldRowsOf(number: number, atMs: number): Rows {
  const facts = factsOf(number)
  return [
    [
      'notices',
      {
        notice_id: `payment.paid|${orderId(number)}`,
        order_id: orderId(number),
        sequence: 1,
        type: 'payment.paid',
        body: facts,
        state: 'delivered',
        created_at_ms: atMs,
        last_answer: '204',
        due_at_ms: NEVER_MS,
        ...work,
      },
    ],
    [
      'receipts',
      {
        receipt_id: `webhook|${paymentId(number)}|${orderId(number)}||paid||`,
        order_id: orderId(number),
        claim: '{}',
        first_at_ms: atMs,
        received_at_ms: atMs,
        times: 1,
        state: 'done',
        due_at_ms: NEVER_MS,
        ...work,
      },
    ],
    ...linesOf(number, atMs),
  ]
}

const linesOf = (number: number, atMs: number): Rows =>
  Array.from({ length: lines }, (_, line) => [
    'timeline',
    {
      entry_id: `${orderId(number)}/00000002/${String(line).padStart(3, '0')}`,
      order_id: orderId(number),
      payment_id: paymentId(number),
      at_ms: atMs + line,
      event: 'payment.paid',
      from_status: 'ready',
      to_status: 'paid',
      reason: 'the look-up agrees',
    },
  ])

async function main(): Promise<void> {
  if (existsSync(values.out))
    throw new Error(`${values.out} is there already: move it away or name another with --out`)
  clean()
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      clean()
      process.exit(130)
    })
  await (await openDatabase(`file:${part}`, (run) => void setImmediate(run))).close()
  const raw = new BetterSqlite3(part)
  raw.pragma('synchronous = OFF') // a file that is not finished is thrown away
  const statements = new Map<string, BetterSqlite3.Statement>()
  const insert = (table: string, row: Readonly<Record<string, string | number | null>>): void => {
    const statement = statements.get(table) ?? raw.prepare(insertText(raw, table, Object.keys(row)))
    statements.set(table, statement)
    statement.run(row)
  }
  const startedAtMs = Date.now()
  for (let from = 0; from < count; from += CHUNK) {
    raw.exec('begin')
    for (let number = from; number < Math.min(count, from + CHUNK); number += 1)
      for (const [table, row] of rowsOf(number)) insert(table, row)
    raw.exec('commit')
    tell(Math.min(count, from + CHUNK), startedAtMs)
    await new Promise((resolve) => void setImmediate(resolve)) // Ctrl-C is heard here
  }
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
  renameSync(part, values.out)
  clean()
  console.log(
    `\n${values.out}: ${paid} paid orders of ${lines} lines each, ${pending} pending, ${(statSync(values.out).size / 2 ** 20).toFixed(0)} MiB, ${((Date.now() - startedAtMs) / 1000).toFixed(0)} s`,
  )
}

const Column = z.object({ name: z.string(), type: z.string(), needed: z.number() })

/** Columns that this generator does not know get what an empty one would hold, so that a new column does not break it. */
function insertText(raw: BetterSqlite3.Database, table: string, known: readonly string[]): string {
  const columns = raw
    .prepare(`select name, type, "notnull" as needed from pragma_table_info('${table}')`)
    .all()
  const names: string[] = []
  const given: string[] = []
  for (const column of columns) {
    const { name, type, needed } = Column.parse(column)
    names.push(String(name))
    given.push(
      known.includes(String(name))
        ? `@${String(name)}`
        : needed === 0
          ? 'null'
          : type === 'integer'
            ? '0'
            : `''`,
    )
  }
  return `insert into ${table} (${names.join(', ')}) values (${given.join(', ')})`
}

function tell(done: number, startedAtMs: number): void {
  const share = done / count
  const leftSeconds = ((Date.now() - startedAtMs) / 1000) * (1 / share - 1)
  const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.')
  if (process.stdout.isTTY)
    process.stdout.write(`\r[${bar}] ${done} orders, ${leftSeconds.toFixed(0)} s left `)
  else if (done % (CHUNK * 25) === 0) console.log(`${done} orders, ${leftSeconds.toFixed(0)} s left`)
}

await main()
