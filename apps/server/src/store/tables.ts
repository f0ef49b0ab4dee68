import type { ColumnKit } from './engines/columns.ts'
import {
  budgetTable,
  cancelsTable,
  deploymentTable,
  messagesTable,
  noticesTable,
  receiptsTable,
  roundsTable,
  work,
} from './work-tables.ts'

/** The orders that shops register. `version` guards every write of an order and of its payments. */
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
      /** The reason of the oldest open review. Its index serves the list of orders that need a person. */
      review: text(),
      /**
       * The number of its rows in `reviews`, so that an order without any costs no read. Null in rows of earlier
       * versions, as are the columns below.
       */
      reviewed: integer(),
      sequence: integer().notNull(),
      /** An earlier version's single return; no longer written. */
      lastReturn: text('last_return'),
      /** The browser's returns, one for each payment, as JSON. */
      returns: text(),
      taxFree: integer('tax_free'),
      vat: integer(),
      adoptsFromMs: integer('adopts_from_ms'),
      accountsUntilMs: integer('accounts_until_ms'),
      /** When the shop closed the order. */
      closedAtMs: integer('closed_at_ms'),
      /** The shop's own references, as JSON. */
      reference: text(),
      returnTo: text('return_to'),
      gateway: text(),
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

/**
 * Payments at the gateway. The primary key enforces S-03: one payment belongs to one order, whichever order a claim
 * names.
 */
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
      /** Null in rows of earlier versions, which treated every contradiction as certain and marked nothing as late. */
      contradictionSinceMs: integer('contradiction_since_ms'),
      contradictionIsCertain: integer('contradiction_is_certain'),
      late: integer(),
      facts: text().notNull(),
      recordedAtMs: integer('recorded_at_ms').notNull(),
    },
    (t) => [index('payments_order').on(t.orderId), index('payments_standing').on(t.standing, t.recordedAtMs)],
  )
}

/** Open and ended reviews, guarded by the order's version. */
function reviewsTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'reviews',
    {
      /** `<orderId>/<reviewId>`; a review id is unique only within its order. */
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
      /** How it ended. Null while it is open, and in rows of earlier versions, which only new facts could end. */
      end: text('ended_as'),
      endedBy: text('ended_by'),
    },
    (t) => [index('reviews_order').on(t.orderId, t.sinceMs)],
  )
}

/**
 * The look-up that finalised an order. One row for each order and each payment: the database itself enforces S-01 and
 * S-02.
 */
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

/** The strings of a shop's `reference`, which find its order. */
function referencesTable(kit: ColumnKit) {
  const { table, text, index } = kit
  return table(
    'order_references',
    {
      /** `<orderId>/<index of the string>`. */
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

/** The history of an order, one line for each event. The id names the order's version and the line's index in it. */
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
      /** Who acted; null for Landfall itself. */
      actor: text(),
      /** What triggered the look-up: the sources of the claims, a timer, or a person. */
      because: text(),
    },
    (t) => [index('timeline_order').on(t.orderId, t.atMs)],
  )
}

/**
 * Every table, for either engine. No SQL functions, database defaults or JSON columns: JSON is text, which zod parses
 * when it is read.
 */
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
  deployment: deploymentTable(kit),
  messages: messagesTable(kit),
  timeline: timelineTable(kit),
})

export type Tables = ReturnType<typeof tablesFor>
