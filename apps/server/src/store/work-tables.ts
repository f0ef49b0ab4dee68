import type { ColumnKit } from './engines/columns.ts'

/** A time that never comes: due columns are never null, because the engines order nulls differently. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER

/** A row that the work loop takes: when it is due, how often it was tried, and who holds it until when. */
export const work = ({ integer, text }: ColumnKit) => ({
  dueAtMs: integer('due_at_ms').notNull(),
  attempts: integer().notNull(),
  leaseUntilMs: integer('lease_until_ms').notNull(),
  lease: text().notNull(),
})

/** Money that must go back: one row an intent, kept until it is done or a person's. */
export function cancelsTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'cancels',
    {
      intentId: text('intent_id').primaryKey(),
      orderId: text('order_id').notNull(),
      paymentId: text('payment_id').notNull(),
      amount: integer().notNull(),
      expectedBalance: integer('expected_balance').notNull(),
      cause: text().notNull(),
      reason: text().notNull(),
      state: text().notNull(),
      createdAtMs: integer('created_at_ms').notNull(),
      /** Where a deposited account's money goes; forgotten once the intent has ended (P-04). */
      refundAccount: text('refund_account'),
      /** A digest of what the shop asked for: the same key with another request is a conflict (M-09). */
      request: text().notNull(),
      /** What had gone back when this was first sent, or -1: tells an executed cancel from one whose answer was lost. */
      cancelledBefore: integer('cancelled_before').notNull(),
      /** When it was last sent; null before, and in the rows of versions before. */
      sentAtMs: integer('sent_at_ms'),
      /** Looks after that in which the record was as it had been. */
      unchangedLooks: integer('unchanged_looks'),
      refusals: integer().notNull(),
      /** The gateway's last word, or why there was none. */
      lastProblem: text('last_problem'),
      /** What came of each try, as JSON, bounded. */
      answers: text(),
      /** Who asked for it; null for an intent of our own. */
      actor: text(),
      taxFree: integer('tax_free'),
      vat: integer(),
      ...work(kit),
    },
    (t) => [
      index('cancels_due').on(t.dueAtMs),
      index('cancels_order').on(t.orderId),
      index('cancels_age').on(t.createdAtMs),
    ],
  )
}

/** What we owe the shop, as the exact text that is signed and sent. */
export function noticesTable(kit: ColumnKit) {
  const { table, text, integer, index, uniqueIndex } = kit
  return table(
    'notices',
    {
      noticeId: text('notice_id').primaryKey(),
      orderId: text('order_id').notNull(),
      sequence: integer().notNull(),
      type: text().notNull(),
      body: text().notNull(),
      state: text().notNull(),
      createdAtMs: integer('created_at_ms').notNull(),
      lastAnswer: text('last_answer'),
      /** What came of each attempt, as JSON, bounded. */
      answers: text(),
      ...work(kit),
    },
    (t) => [
      index('notices_due').on(t.dueAtMs),
      index('notices_state').on(t.state, t.createdAtMs),
      uniqueIndex('notices_sequence').on(t.orderId, t.sequence),
    ],
  )
}

/** Claims taken in at the doors, by what they claim: the same claim again is the same row. */
export function receiptsTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'receipts',
    {
      receiptId: text('receipt_id').primaryKey(),
      orderId: text('order_id').notNull(),
      paymentId: text('payment_id').notNull(),
      claim: text().notNull(),
      firstAtMs: integer('first_at_ms').notNull(),
      receivedAtMs: integer('received_at_ms').notNull(),
      times: integer().notNull(),
      state: text().notNull(),
      /** 1 while it names nothing we know that can still change: looked at out of a budget of its own (D-01). Null otherwise, as in the rows of versions before. */
      stranger: integer(),
      ...work(kit),
    },
    (t) => [
      index('receipts_due').on(t.dueAtMs),
      index('receipts_rank').on(t.stranger, t.dueAtMs),
      index('receipts_order').on(t.orderId, t.receivedAtMs),
      index('receipts_age').on(t.state, t.receivedAtMs),
    ],
  )
}

/** How far the gateway's lists of changes have been read: one row a list, leased by one server at a time. */
export function roundsTable(kit: ColumnKit) {
  const { table, text, integer } = kit
  return table('rounds', {
    status: text().primaryKey(),
    readUntilMs: integer('read_until_ms').notNull(),
    ...work(kit),
  })
}

/** Calls to the gateway, counted by second, so that several servers share one budget (G-13). */
export function budgetTable(kit: ColumnKit) {
  const { table, text, integer } = kit
  return table('budget', {
    name: text().primaryKey(),
    /** The second the count is of, or until when nobody may call because the gateway asked for it. */
    atMs: integer('at_ms').notNull(),
    taken: integer().notNull(),
  })
}
