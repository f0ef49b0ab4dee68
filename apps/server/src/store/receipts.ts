import { Claim, firstGateway, parseJson, type TimelineEntry } from '@landfall/payment-core'
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Query } from './engines/database.ts'
import type { Database } from './engines/open.ts'
import { isInScope, type GatewayScope } from './gateway-scope.ts'
import { isAvailable, isHeldBy, leaseEach, leaseStatement, type DueParams, type Lease } from './lease.ts'
import { statement, writeStatement } from './engines/statement.ts'
import { messageWrite } from './messages.ts'
import type { Tables } from './tables.ts'
import { claimEntryWrite } from './timeline.ts'
import { NEVER_MS } from './work-tables.ts'

/** A stored claim. */
export type Receipt = {
  readonly receiptId: string
  readonly claim: Claim
  readonly firstAtMs: number
  readonly receivedAtMs: number
  readonly attempts: number
  readonly lease: string
  /** When it came, it named no order or payment that is known here and can still change. */
  readonly isStranger: boolean
}

/** How a claim is stored, and when its first look-up is due. */
export type Filing = {
  /** The order that it concerns: that of the payment it names, if that payment is stored, else the one it names. */
  readonly orderId: string
  readonly isStranger: boolean
  readonly dueAtMs: number
  /** The signed message that brought it, which is remembered with it. */
  readonly messageId?: string | null
}

type ReceiptRow = Tables['receipts']['$inferSelect']

/** Null for a claim that a later version stored, and for a damaged one (K-06). */
export function claimFrom(text: string): Claim | null {
  const claim = Claim.safeParse(parseJson(text))
  return claim.success ? claim.data : null
}

function receiptFrom(row: ReceiptRow): Receipt | null {
  const claim = claimFrom(row.claim)
  return claim === null ? null : { ...row, claim, isStranger: row.stranger === 1 }
}

/** Equal claims share one receipt, however often they come (W-04, D-04). */
export function receiptIdOf(claim: Claim): string {
  const parts = [
    claim.source,
    claim.paymentId,
    claim.orderId,
    claim.says,
    claim.status,
    claim.cancellationId,
    claim.failReason,
    // Ids of earlier versions, which knew V1 alone, stay the same.
    ...(claim.gateway === firstGateway ? [] : [claim.gateway]),
    // A payment can be disputed again.
    ...(claim.dispute === undefined ? [] : [String(claim.dispute.atMs)]),
  ]
  return parts.map((part) => encodeURIComponent(part ?? '')).join('|')
}

// An ended claim starts anew. A waiting claim keeps its age; otherwise junk that repeats would never be dropped.
const insertOrRenew = writeStatement<ReceiptRow>((query, { receipts }, param) =>
  query
    .insert(receipts)
    .values(everyColumn(receipts))
    .onConflictDoUpdate({
      target: receipts.receiptId,
      set: {
        orderId: param('orderId'),
        stranger: param('stranger'),
        receivedAtMs: param('receivedAtMs'),
        state: 'waiting',
        attempts: 0,
        dueAtMs: param('dueAtMs'),
        leaseUntilMs: param('leaseUntilMs'),
        lease: param('lease'),
        firstAtMs: sql`case when ${receipts.state} = 'waiting' then ${receipts.firstAtMs} else ${param('firstAtMs')} end`,
        times: sql`${receipts.times} + 1`,
      },
    }),
)

/** Stores a claim, leased to the process that received it. When that process dies, the work loop takes the claim over. */
export async function insertReceipt(
  db: Database,
  claim: Claim,
  holder: Lease,
  { orderId, isStranger, dueAtMs, messageId = null }: Filing = {
    orderId: claim.orderId ?? '',
    isStranger: false,
    dueAtMs: holder.nowMs,
  },
): Promise<Receipt> {
  const receiptId = receiptIdOf(claim)
  const row = {
    receiptId,
    orderId,
    paymentId: claim.paymentId ?? '',
    claim: JSON.stringify(claim),
    firstAtMs: holder.nowMs,
    receivedAtMs: holder.nowMs,
    times: 1,
    state: 'waiting',
    stranger: isStranger ? 1 : null,
    attempts: 0,
    dueAtMs,
    leaseUntilMs: holder.leaseUntilMs,
    lease: holder.lease,
  }
  const message = messageId === null ? [] : [messageWrite(db, messageId, holder.nowMs)]
  await db.atomically([insertOrRenew.write(db, row), ...message])
  const { nowMs, lease } = holder
  return { receiptId, claim, firstAtMs: nowMs, receivedAtMs: nowMs, attempts: 0, lease, isStranger }
}

/** An unreadable row is retried after this time, so that it does not delay the others (L-05). */
const UNREADABLE_WAIT_MS = 10 * 60_000

type DueKind = { readonly stranger: boolean; readonly scope: GatewayScope }

function dueReceipts(query: Query, tables: Tables, nowMs: SQL, { stranger, scope }: DueKind) {
  const { receipts } = tables
  const isOfKind = stranger ? eq(receipts.stranger, 1) : isNull(receipts.stranger)
  const inScope = isInScope(query, tables, receipts.orderId, scope)
  return query
    .select()
    .from(receipts)
    .where(and(isOfKind, isAvailable(receipts, nowMs), inScope))
    .orderBy(receipts.dueAtMs)
}

const selectDue = (stranger: boolean) =>
  statement<DueParams, ReceiptRow>((query, tables, param) =>
    dueReceipts(query, tables, param('nowMs'), { stranger, scope: null }).limit(sql.placeholder('limit')),
  )
const [selectDueKnown, selectDueStrangers] = [selectDue(false), selectDue(true)]

const leaseOne = leaseStatement(({ receipts }) => ({ table: receipts, id: receipts.receiptId }))

/**
 * Leases up to `limit` due receipts, the longest overdue first. An unreadable one is rescheduled and passed to
 * `unreadable`.
 */
export async function leaseReceipts(
  db: Database,
  holder: Lease & { readonly limit: number; readonly strangers?: boolean; readonly scope?: GatewayScope },
  unreadable: (receiptId: string) => void = () => undefined,
): Promise<Receipt[]> {
  const { nowMs, limit, strangers: stranger = false, scope = null } = holder
  const due =
    scope === null
      ? await (stranger ? selectDueStrangers : selectDueKnown).rows(db, { nowMs, limit })
      : await dueReceipts(db.query, db.tables, sql`${nowMs}`, { stranger, scope }).limit(limit)
  const taken = await leaseEach(db, due, holder, leaseOne, (row) => row.receiptId)
  const read: Receipt[] = []
  for (const row of taken) {
    const receipt = receiptFrom(row)
    if (receipt !== null) read.push({ ...receipt, lease: holder.lease })
    else {
      unreadable(row.receiptId)
      await rescheduleClaim(db, row.receiptId, holder)
    }
  }
  return read
}

async function rescheduleClaim(db: Database, receiptId: string, holder: Lease): Promise<void> {
  const { receipts } = db.tables
  await db.atomically([
    (query) =>
      query
        .update(receipts)
        .set({ dueAtMs: holder.nowMs + UNREADABLE_WAIT_MS, leaseUntilMs: 0 })
        .where(and(eq(receipts.receiptId, receiptId), isHeldBy(receipts, holder.lease))),
  ])
}

type SettledReceipt = Pick<ReceiptRow, 'receiptId' | 'lease' | 'state' | 'dueAtMs' | 'attempts' | 'stranger'>

const updateHeld = writeStatement<SettledReceipt>((query, { receipts }, param) =>
  query
    .update(receipts)
    .set({
      state: param('state'),
      dueAtMs: param('dueAtMs'),
      attempts: param('attempts'),
      stranger: param('stranger'),
      leaseUntilMs: 0,
    })
    .where(and(eq(receipts.receiptId, param('receiptId')), isHeldBy(receipts, param('lease')))),
)

/**
 * Ends or reschedules a receipt. A claim that has come again since holds another lease and stays due. A null `dueAtMs`
 * means never. `isConfirmed`: the gateway knows the payment, so the claim is no stranger's any more.
 */
export async function settleReceipt(
  db: Database,
  receipt: Receipt,
  next: { state: 'waiting' | 'done' | 'dropped'; dueAtMs: number | null; isConfirmed?: boolean },
  /** The timeline entry that outlives the receipt. */
  kept: { readonly subjectId: string; readonly entry: TimelineEntry } | null = null,
): Promise<void> {
  const { receiptId, lease, attempts, isStranger } = receipt
  const stranger = isStranger && next.isConfirmed !== true ? 1 : null
  const row = { receiptId, lease, stranger, state: next.state, attempts: attempts + 1 }
  await db.atomically([
    updateHeld.write(db, { ...row, dueAtMs: next.dueAtMs ?? NEVER_MS }),
    ...(kept === null ? [] : [claimEntryWrite(db, kept.subjectId, kept.entry, receipt.firstAtMs)]),
  ])
}

type OfOrder = Pick<ReceiptRow, 'orderId' | 'dueAtMs'>

const updateOfOrder = writeStatement<OfOrder>((query, { receipts }, param) =>
  query
    .update(receipts)
    .set({ dueAtMs: param('dueAtMs'), stranger: null })
    .where(and(eq(receipts.orderId, param('orderId')), eq(receipts.state, 'waiting'))),
)

/** Makes the claims that came before their order's registration due now, with the priority of a known order (W-06). */
export async function makeReceiptsDue(db: Database, orderId: string, nowMs: number): Promise<void> {
  await db.atomically([updateOfOrder.write(db, { orderId, dueAtMs: nowMs })])
}
