import BetterSqlite3 from 'better-sqlite3'
import type { GatewayName, Order } from '@landfall/payment-core'
import pg from 'pg'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { openDatabase } from '../src/store/engines/open.ts'
import { insertOrder } from '../src/store/orders.ts'

/** Some of the orders that requests of this bench are about. */
export type Range = { readonly from: number; readonly count: number }

const BASE = 100_000_000_000
const AT_ONCE = 512
const DAY_MS = 24 * 3_600_000
/** As late as an open order's look is ever due: one dated later would be taken for a wrong clock's, and looked at. */
const LATER_MS = 3_600_000
/** Longer than any backlog here takes: a run that could not measure says so. */
const SETTLE_MS_MAX = 120_000
const ASK_EVERY_MS = 10

export const numbered = (index: number): string => String(BASE + index)
export const orderId = (index: number): string => `ord-${numbered(index)}`
export const paymentId = (index: number): string => `imp_${numbered(index)}`
export const transactionId = (index: number): string => `0193c5a1-7e2f-5b1d-3c4a-${numbered(index)}`

/** Registers orders behind the server's back: what is measured comes after. */
export async function seed(
  databaseUrl: string,
  { from, count }: Range,
  gateway: GatewayName = 'portone-v1',
): Promise<void> {
  const db = await openDatabase(databaseUrl, (run) => void setImmediate(run))
  const nowMs = Date.now()
  for (let first = from; first < from + count; first += AT_ONCE) {
    const many = Math.min(AT_ONCE, from + count - first)
    await Promise.all(
      Array.from({ length: many }, (_, index) =>
        insertOrder(db, { ...openOrder(first + index, nowMs), gateway }, nowMs + LATER_MS),
      ),
    )
  }
  await db.close()
}

const openOrder = (index: number, nowMs: number): Omit<Order, 'gateway'> => ({
  orderId: orderId(index),
  name: 'bench',
  amount: 14_000,
  currency: 'KRW',
  taxFree: null,
  vat: null,
  registeredAtMs: nowMs,
  expiresAtMs: nowMs + DAY_MS,
  adoptsFromMs: nowMs - DAY_MS,
  accountsUntilMs: nowMs + 31 * DAY_MS,
  amountFixedAtMs: null,
  closedAtMs: null,
  reference: null,
  returnTo: null,
  status: 'open',
  keptPaymentId: null,
  emptyAfterDeadline: false,
  reviews: [],
  sequence: 0,
  returns: [],
})

/** A database as it is on the disk, read beside the server: what counts is what is recorded, not what was answered. */
export type Books = AsyncDisposable & { readonly number: (query: string) => Promise<number> }

export async function openBooks(databaseUrl: string): Promise<Books> {
  if (databaseUrl.startsWith('file:')) {
    const raw = new BetterSqlite3(databaseUrl.replace(/^file:/, ''), { readonly: true })
    return {
      number: async (query) => Number(raw.prepare(query).pluck().get()),
      [Symbol.asyncDispose]: async () => void raw.close(),
    }
  }
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  return {
    number: async (query) => {
      const { rows } = await client.query<Record<string, unknown>>(query)
      return z.coerce.number().parse(Object.values(rows[0] ?? {})[0])
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

export const claimsWaiting = `select count(*) from receipts where state = 'waiting'`
export const noticesWaiting = `select count(*) from notices where state = 'waiting'`

/** Resolves when nothing waits any more. */
export async function nothingLeft(books: Books, query: string): Promise<void> {
  const giveUpAtMs = performance.now() + SETTLE_MS_MAX
  for (;;) {
    const left = await books.number(query)
    if (left === 0) return
    if (performance.now() > giveUpAtMs) throw new Error(`${left} were not done within ${SETTLE_MS_MAX} ms`)
    await wait(ASK_EVERY_MS)
  }
}

/** Throws unless each of these orders is paid, once, with its proof, its line in the timeline and its notice. */
export async function allRecorded(books: Books, { from, count }: Range): Promise<void> {
  const within = `order_id >= '${orderId(from)}' and order_id < '${orderId(from + count)}'`
  const wanted = {
    orders: `select count(*) from orders where status = 'paid' and version = 2 and ${within}`,
    payments: `select count(*) from payments where standing = 'kept' and ${within}`,
    proofs: `select count(*) from proofs where ${within}`,
    timeline: `select count(distinct order_id) from timeline where event = 'payment.paid' and ${within}`,
    notices: `select count(*) from notices where type = 'payment.paid' and ${within}`,
  }
  for (const [what, query] of Object.entries(wanted)) {
    const found = await books.number(query)
    if (found !== count) throw new Error(`${what}: ${found} of ${count} recorded`)
  }
}
