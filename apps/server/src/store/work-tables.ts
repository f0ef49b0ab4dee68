import type { ColumnKit } from './engines/columns.ts'

/** The due time of a row that is never due. Due columns are not nullable, because the engines order nulls differently. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER

/** The columns of a row that workers lease: its due time, its attempts, and the lease. */
export const work = ({ integer, text }: ColumnKit) => ({
  dueAtMs: integer('due_at_ms').notNull(),
  attempts: integer().notNull(),
  leaseUntilMs: integer('lease_until_ms').notNull(),
  lease: text().notNull(),
})

/** Cancel intents: money that must go back. Rows are kept after they end. */
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
      /** The account that receives a virtual account's deposit; erased when the intent ends (P-04). */
      refundAccount: text('refund_account'),
      /** A digest of the shop's request: the same idempotency key with another request is a conflict (M-09). */
      request: text().notNull(),
      /**
       * The payment's cancelled amount when the intent was last sent or looked for; -1 before. A later increase shows
       * that the cancel was executed although its answer was lost.
       */
      cancelledBefore: integer('cancelled_before').notNull(),
      /** When it was last sent, epoch ms. Null before, and in rows of earlier versions. */
      sentAtMs: integer('sent_at_ms'),
      /** Look-ups since then that showed no change. */
      unchangedLooks: integer('unchanged_looks'),
      refusals: integer().notNull(),
      /** The gateway's last answer, or why none came. */
      lastProblem: text('last_problem'),
      /** The answer to each attempt, as JSON: at most 20. */
      answers: text(),
      /** Who requested it; null for an intent that Landfall created. */
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

/** The outbox: notices to the shop, each as the exact text that is signed and sent. */
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
      /** The answer to each attempt, as JSON: at most 20. */
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

/** Received claims. Equal claims share a row. */
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
      /**
       * 1 while the claim names no known order or payment that can still change: such claims have their own share of the
       * gateway budget (D-01). Null otherwise, and in rows of earlier versions.
       */
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

/** Poll cursors: how far each of the gateway's lists of changes has been read. One server at a time leases a list. */
export function roundsTable(kit: ColumnKit) {
  const { table, text, integer } = kit
  return table('rounds', {
    status: text().primaryKey(),
    readUntilMs: integer('read_until_ms').notNull(),
    ...work(kit),
  })
}

/** Calls to the gateway in the current second, so that several servers share one budget (G-13). */
export function budgetTable(kit: ColumnKit) {
  const { table, text, integer } = kit
  return table('budget', {
    name: text().primaryKey(),
    /** The second that is counted; for the pause, the time until which the gateway asked for no calls. */
    atMs: integer('at_ms').notNull(),
    taken: integer().notNull(),
  })
}

/** What the servers of this database have noted about their deployment, one row for each name (`deployment.ts`). */
export function deploymentTable(kit: ColumnKit) {
  const { table, text, integer } = kit
  return table('deployment', {
    name: text().primaryKey(),
    value: text().notNull(),
    atMs: integer('at_ms').notNull(),
  })
}

/** The ids of signed webhooks that were stored: the gateway repeats what it sees unanswered (W-11). */
export function messagesTable(kit: ColumnKit) {
  const { table, text, integer, index } = kit
  return table(
    'messages',
    { messageId: text('message_id').primaryKey(), atMs: integer('at_ms').notNull() },
    (t) => [index('messages_age').on(t.atMs)],
  )
}
