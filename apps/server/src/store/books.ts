import { amountOf, balanceOf, currencyOf, heldMoney, keptOf, type Order } from '@landfall/payment-core'
import { count, eq } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { orderPlaces, type OrderPlace } from './order-list.ts'
import { readOrder, type OrderRecord } from './orders.ts'
import { readProof } from './payments.ts'

/** Money of one currency, in minor units: what was paid, what of it went back, and what the shop holds for its orders. */
export type Sums = { paid: number; returned: number; held: number }
export type Books = {
  /** Rows of each table. */
  readonly rows: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
  readonly sums: Readonly<Record<string, Sums>>
  /** What does not add up, one sentence each: at most `FAULTS_MAX`. */
  readonly faults: readonly string[]
}

const PAGE = 200
export const FAULTS_MAX = 20

/** Reads every order with its payments and proof, and adds up. A row that cannot be read is a fault. */
export async function readBooks(db: Database): Promise<Books> {
  const statuses: Record<string, number> = {}
  const sums: Record<string, Sums> = {}
  const faults: string[] = []
  const every = { status: null, review: false, reviewReason: null, fromMs: null, toMs: null, reference: null }
  let after: OrderPlace | null = null
  let listed = 0
  for (;;) {
    const places: OrderPlace[] = await orderPlaces(db, every, after, PAGE)
    for (const { orderId } of places) {
      const read = await recordOrFault(db, orderId)
      if (typeof read === 'string') faults.push(read)
      else {
        const { status } = read.order
        statuses[status] = (statuses[status] ?? 0) + 1
        addTo(sums, read)
        faults.push(...(await faultsOf(db, read)))
      }
    }
    listed += places.length
    after = places.at(-1) ?? null
    if (after === null || places.length < PAGE) break
  }
  const rows = await rowsOf(db)
  const unlisted = (rows['orders'] ?? 0) - listed
  if (unlisted !== 0) faults.unshift(`${unlisted} orders have a status that this version does not know`)
  return { rows, statuses, sums, faults: faults.slice(0, FAULTS_MAX) }
}

async function recordOrFault(db: Database, orderId: string): Promise<OrderRecord | string> {
  try {
    return (await readOrder(db, orderId)) ?? `${orderId}: listed, and not there`
  } catch (error) {
    return `${orderId}: cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`
  }
}

function addTo(sums: Record<string, Sums>, { order, payments }: OrderRecord): void {
  for (const { payment } of payments) {
    if (!heldMoney(payment)) continue
    const before = sums[currencyOf(payment)] ?? { paid: 0, returned: 0, held: 0 }
    const isKept = payment.paymentId === order.keptPaymentId
    sums[currencyOf(payment)] = {
      paid: before.paid + amountOf(payment),
      returned: before.returned + payment.cancelledAmount,
      held: before.held + (isKept ? balanceOf(order, [payment]) : 0),
    }
  }
}

/** What S-01, S-04, S-05 and S-13 say of one order at rest. */
async function faultsOf(db: Database, { order, payments: held }: OrderRecord): Promise<string[]> {
  const payments = held.map(({ payment }) => payment)
  const kept = keptOf(order, payments)
  const faults: string[] = []
  const must = (holds: boolean, what: string): void => {
    if (!holds) faults.push(`${order.orderId}: ${what}`)
  }
  const proof = await readProof(db, order.orderId)
  must((proof?.paymentId ?? null) === order.keptPaymentId, 'the proof is not of the kept payment')
  must(order.keptPaymentId === null || kept !== null, 'the kept payment is missing')
  must(wasPaid(order) === (kept !== null), `it is ${order.status}, and its kept payment says otherwise`)
  if (kept !== null) must(statusFits(order, kept.cancelledAmount), `${kept.cancelledAmount} of it went back`)
  must(payments.filter(({ standing }) => standing === 'kept').length <= 1, 'two payments are kept')
  for (const payment of payments)
    must(
      payment.cancelledAmount >= 0 && (payment.contradiction !== null || !isOverdrawn(payment)),
      `more of ${payment.paymentId} went back than was paid`,
    )
  const { notices } = db.tables
  const told = await db.query
    .select({ sequence: notices.sequence })
    .from(notices)
    .where(eq(notices.orderId, order.orderId))
  must(
    told.every(({ sequence }) => sequence >= 1 && sequence <= order.sequence),
    'a notice has a number that the order never gave',
  )
  return faults
}

const wasPaid = ({ status }: Order): boolean =>
  status === 'paid' || status === 'partially_cancelled' || status === 'cancelled'

const isOverdrawn = (payment: Parameters<typeof amountOf>[0]): boolean =>
  payment.cancelledAmount > amountOf(payment)

function statusFits(order: Order, cancelledAmount: number): boolean {
  if (order.status === 'paid') return cancelledAmount === 0
  if (order.status === 'partially_cancelled') return cancelledAmount > 0 && cancelledAmount < order.amount
  return cancelledAmount >= order.amount
}

async function rowsOf(db: Database): Promise<Record<string, number>> {
  const rows: Record<string, number> = {}
  for (const [name, table] of Object.entries(db.tables)) {
    const [counted] = await db.query.select({ count: count() }).from(table)
    rows[name] = counted?.count ?? 0
  }
  return rows
}
