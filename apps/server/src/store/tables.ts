import type { ColumnKit } from './engines/columns.ts'
import { budgetTable, cancelsTable, noticesTable, receiptsTable, roundsTable, work } from './work-tables.ts'

/** What shops expect. `version` guards every write of an order and of its payments. */
function ordersTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'orders',
    {
      orderId: text('order_id').primaryKey(),
      version: integer().notNull(),
      name: text().notNull(),
      amount: integer().notNull(),
      currency: text().notNull(),
      registeredAtMs: integer('registered_at_ms').notNull(),
      expiresAtMs: integer('expires_at_ms').notNull(),
      status: text().notNull(),
      keptPaymentId: text('kept_payment_id'),
      emptyAfterDeadline: integer('empty_after_deadline').notNull(),
      /** The reason of the oldest open review: what the list of those that need a person is found by. */
      review: text(),
      /** How many rows it has in `reviews`: none need not be read. Null in the rows of versions before, as the columns below. */
      reviewed: integer(),
      sequence: integer().notNull(),
      /** Of the version before, which knew one return an order; not written any more. */
      lastReturn: text('last_return'),
      /** What the customer said of each try. */
      returns: text(),
      taxFree: integer('tax_free'),
      vat: integer(),
      adoptsFromMs: integer('adopts_from_ms'),
      accountsUntilMs: integer('accounts_until_ms'),
      /** When the shop called it off. */
      closedAtMs: integer('closed_at_ms'),
      /** The shop's own strings, as JSON. */
      reference: text(),
      returnTo: text('return_to'),
      amountFixed: integer('amount_fixed').notNull(),
      amountFixedAtMs: integer('amount_fixed_at_ms'),
      lookedAtMs: integer('looked_at_ms').notNull(),
      ...work(kit),
    },
    (t) => [
      index('orders_due').on(t.dueAtMs),
      index('orders_status').on(t.status, t.registeredAtMs),
      index('orders_review').on(t.review, t.orderId),
    ],
  )
}

/** Tries at the gateway. The primary key is S-03: one payment belongs to one order, whoever else names it. */
function paymentsTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'payments',
    {
      paymentId: text('payment_id').primaryKey(),
      orderId: text('order_id').notNull(),
      version: integer().notNull(),
      status: text().notNull(),
      standing: text(),
      rejectReason: text('reject_reason'),
      contradiction: text(),
      /** Null in the rows of versions before, in which every contradiction was certain at once, and nothing was marked late. */
      contradictionSinceMs: integer('contradiction_since_ms'),
      contradictionIsCertain: integer('contradiction_is_certain'),
      late: integer(),
      facts: text().notNull(),
      recordedAtMs: integer('recorded_at_ms').notNull(),
    },
    (t) => [index('payments_order').on(t.orderId), index('payments_standing').on(t.standing, t.recordedAtMs)],
  )
}

/** What a person must see to, and what has ended: guarded by the order's version. */
function reviewsTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'reviews',
    {
      /** The order's id and the review's own, which is unique within the order. */
      rowId: text('row_id').primaryKey(),
      orderId: text('order_id').notNull(),
      reviewId: text('review_id').notNull(),
      reason: text().notNull(),
      paymentId: text('payment_id'),
      atStake: integer('at_stake').notNull(),
      sinceMs: integer('since_ms').notNull(),
      note: text().notNull(),
      endedAtMs: integer('ended_at_ms'),
      endNote: text('end_note'),
      /** Null while it is open, and in the rows of versions before, which the facts had ended. */
      end: text('ended_as'),
      endedBy: text('ended_by'),
    },
    (t) => [index('reviews_order').on(t.orderId, t.sinceMs)],
  )
}

/** The look-up that finalised an order. One row an order, one a payment: S-01 and S-02 in the database itself. */
function proofsTable(kit: ColumnKit) {
  const { table, text, integer, uniqueIndex } = kit
  return table(
    'proofs',
    {
      orderId: text('order_id').primaryKey(),
      paymentId: text('payment_id').notNull(),
      observation: text().notNull(),
      lookedUpAtMs: integer('looked_up_at_ms').notNull(),
      recordedAtMs: integer('recorded_at_ms').notNull(),
    },
    (t) => [uniqueIndex('proofs_payment').on(t.paymentId)],
  )
}

/** The strings of a shop's `reference`, to find its order by. */
function referencesTable(kit: ColumnKit) {
  const { table, text, index } = kit
  return table(
    'order_references',
    {
      /** The order's id and the string's place. */
      rowId: text('row_id').primaryKey(),
      orderId: text('order_id').notNull(),
      value: text().notNull(),
    },
    (t) => [
      index('order_references_value').on(t.value, t.orderId),
      index('order_references_order').on(t.orderId),
    ],
  )
}

/** What happened to an order, line by line; the id is the order's version and the line's place in it. */
function timelineTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'timeline',
    {
      entryId: text('entry_id').primaryKey(),
      orderId: text('order_id').notNull(),
      paymentId: text('payment_id'),
      atMs: integer('at_ms').notNull(),
      event: text().notNull(),
      fromStatus: text('from_status'),
      toStatus: text('to_status'),
      reason: text().notNull(),
      /** Who did it; null for Landfall itself. */
      actor: text(),
      /** What the look was made for: the doors that claims came through, a timer, a person. */
      because: text(),
    },
    (t) => [index('timeline_order').on(t.orderId, t.atMs)],
  )
}

/** Every table, written once. No SQL functions, no database defaults, no JSON columns: JSON is text, parsed by zod when read. */
export const tablesFor = (kit: ColumnKit) => ({
  orders: ordersTable(kit),
  payments: paymentsTable(kit),
  proofs: proofsTable(kit),
  reviews: reviewsTable(kit),
  orderReferences: referencesTable(kit),
  cancels: cancelsTable(kit),
  notices: noticesTable(kit),
  receipts: receiptsTable(kit),
  rounds: roundsTable(kit),
  budget: budgetTable(kit),
  timeline: timelineTable(kit),
})

export type Tables = ReturnType<typeof tablesFor>
