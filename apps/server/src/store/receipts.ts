import { Claim, type TimelineEntry } from '@landfall/payment-core'
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { everyColumn } from './engines/columns.ts'
import type { Database, Write } from './engines/open.ts'
import {
  isAvailable,
  isHeldBy,
  leaseEach,
  leaseStatement,
  unleased,
  type DueParams,
  type Lease,
} from './lease.ts'
import { statement } from './engines/statement.ts'
import type { Tables } from './tables.ts'
import { heardWrite } from './timeline.ts'
import { NEVER_MS } from './work-tables.ts'

/** A claim as it was taken in: what it claims, since when, and what has become of it. */
export type Receipt = {
  readonly receiptId: string
  readonly claim: Claim
  readonly firstAtMs: number
  readonly receivedAtMs: number
  readonly attempts: number
  readonly lease: string
  /** It named nothing we know that can still change when it came. */
  readonly isStranger: boolean
}

/** Where a claim is filed, and when it is first to be looked into. */
export type Filing = {
  /** The order it is about: the one it names, unless a payment we hold tells better. */
  readonly orderId: string
  readonly isStranger: boolean
  readonly dueAtMs: number
}

type ReceiptRow = Tables['receipts']['$inferSelect']

/** Null for a row of a version to come, or a damaged one (K-06). */
function receiptFrom(row: ReceiptRow): Receipt | null {
  const claim = Claim.safeParse(jsonOf(row.claim))
  return claim.success ? { ...row, claim: claim.data, isStranger: row.stranger === 1 } : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Two claims that claim the same are one receipt, however often they come (W-04, D-04). */
export function receiptIdOf(claim: Claim): string {
  const parts = [
    claim.source,
    claim.paymentId,
    claim.orderId,
    claim.says,
    claim.status,
    claim.cancellationId,
    claim.failReason,
  ]
  return parts.map((part) => encodeURIComponent(part ?? '')).join('|')
}

// A claim that had come to its end starts anew; one that still waits is as old as it was, or junk that repeats would never be dropped.
const insertOrRenew = statement<ReceiptRow, { receiptId: string }>((query, { receipts }, param) =>
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
    })
    .returning({ receiptId: receipts.receiptId }),
)

/** Stores a claim, held by `lease` for the one who took it in: should that process die, the work loop takes it over. */
export async function insertReceipt(
  db: Database,
  claim: Claim,
  by: Lease,
  { orderId, isStranger, dueAtMs }: Filing = {
    orderId: claim.orderId ?? '',
    isStranger: false,
    dueAtMs: by.nowMs,
  },
): Promise<Receipt> {
  const receiptId = receiptIdOf(claim)
  const row = {
    receiptId,
    orderId,
    paymentId: claim.paymentId ?? '',
    claim: JSON.stringify(claim),
    firstAtMs: by.nowMs,
    receivedAtMs: by.nowMs,
    times: 1,
    state: 'waiting',
    stranger: isStranger ? 1 : null,
    attempts: 0,
    dueAtMs,
    leaseUntilMs: by.leaseUntilMs,
    lease: by.lease,
  }
  await db.atomically([insertOrRenew.write(db, row)])
  const { nowMs, lease } = by
  return { receiptId, claim, firstAtMs: nowMs, receivedAtMs: nowMs, attempts: 0, lease, isStranger }
}

/**
 * Stores claims of our own timer, due now, all in one commit. One that still waits stays as it is; one that has come to its end starts
 * anew, because the list would not name it if what it says were recorded.
 */
export async function insertListed(db: Database, claims: readonly Claim[], nowMs: number): Promise<void> {
  const { receipts } = db.tables
  const again = { state: 'waiting', attempts: 0, dueAtMs: nowMs, ...unleased }
  const write =
    (claim: Claim): Write =>
    (query) =>
      query
        .insert(receipts)
        .values({
          receiptId: receiptIdOf(claim),
          orderId: claim.orderId ?? '',
          paymentId: claim.paymentId ?? '',
          claim: JSON.stringify(claim),
          firstAtMs: nowMs,
          receivedAtMs: nowMs,
          times: 1,
          ...again,
        })
        .onConflictDoUpdate({
          target: receipts.receiptId,
          set: { ...again, firstAtMs: nowMs, receivedAtMs: nowMs, times: sql`${receipts.times} + 1` },
          setWhere: ne(receipts.state, 'waiting'),
        })
        .returning({ receiptId: receipts.receiptId })
  await Promise.all(claims.map((claim) => db.atomically([write(claim)])))
}

/** How long a row that cannot be read is left alone before somebody looks at it again: it must not hold up the others (L-05). */
const UNREADABLE_WAIT_MS = 10 * 60_000

const selectDue = (stranger: boolean) =>
  statement<DueParams, ReceiptRow>((query, { receipts }, param) =>
    query
      .select()
      .from(receipts)
      .where(
        and(
          stranger ? eq(receipts.stranger, 1) : isNull(receipts.stranger),
          isAvailable(receipts, param('nowMs')),
        ),
      )
      .orderBy(receipts.dueAtMs)
      .limit(sql.placeholder('limit')),
  )
const [selectDueKnown, selectDueStrangers] = [selectDue(false), selectDue(true)]

const leaseOne = leaseStatement(({ receipts }) => ({ table: receipts, id: receipts.receiptId }))

/** Takes due receipts for this worker alone. One that cannot be read is put off, and told to `unreadable`. */
export async function leaseReceipts(
  db: Database,
  by: Lease & { readonly limit: number; readonly strangers?: boolean },
  unreadable: (receiptId: string) => void = () => undefined,
): Promise<Receipt[]> {
  const { lease, nowMs, leaseUntilMs, limit } = by
  const due = await (by.strangers === true ? selectDueStrangers : selectDueKnown).rows(db, { nowMs, limit })
  const taken = await leaseEach(db, due, ({ receiptId }) =>
    leaseOne.write(db, { id: receiptId, lease, nowMs, leaseUntilMs }),
  )
  const read: Receipt[] = []
  for (const row of taken) {
    const receipt = receiptFrom(row)
    if (receipt !== null) read.push({ ...receipt, lease: by.lease })
    else {
      unreadable(row.receiptId)
      await rescheduleClaim(db, row.receiptId, by)
    }
  }
  return read
}

async function rescheduleClaim(db: Database, receiptId: string, by: Lease): Promise<void> {
  const { receipts } = db.tables
  await db.atomically([
    (query) =>
      query
        .update(receipts)
        .set({ dueAtMs: by.nowMs + UNREADABLE_WAIT_MS, leaseUntilMs: 0 })
        .where(and(eq(receipts.receiptId, receiptId), isHeldBy(receipts, by.lease)))
        .returning({ receiptId: receipts.receiptId }),
  ])
}

type SettledReceipt = Pick<ReceiptRow, 'receiptId' | 'lease' | 'state' | 'dueAtMs' | 'attempts'>

const updateHeld = statement<SettledReceipt, { receiptId: string }>((query, { receipts }, param) =>
  query
    .update(receipts)
    .set({ state: param('state'), dueAtMs: param('dueAtMs'), attempts: param('attempts'), leaseUntilMs: 0 })
    .where(and(eq(receipts.receiptId, param('receiptId')), isHeldBy(receipts, param('lease'))))
    .returning({ receiptId: receipts.receiptId }),
)

/** Ends or puts off a receipt. A claim that came again meanwhile holds another lease and stays due. */
export async function settleReceipt(
  db: Database,
  receipt: Receipt,
  next: { state: 'waiting' | 'done' | 'dropped'; dueAtMs: number | null },
  /** What its order's story keeps of it. */
  heard: { readonly subjectId: string; readonly entry: TimelineEntry } | null = null,
): Promise<void> {
  const { receiptId, lease, attempts } = receipt
  const row = { receiptId, lease, state: next.state, attempts: attempts + 1 }
  await db.atomically([
    updateHeld.write(db, { ...row, dueAtMs: next.dueAtMs ?? NEVER_MS }),
    ...(heard === null ? [] : [heardWrite(db, heard.subjectId, heard.entry, receipt.firstAtMs)]),
  ])
}

type OfOrder = Pick<ReceiptRow, 'orderId' | 'dueAtMs'>

const updateOfOrder = statement<OfOrder, { receiptId: string }>((query, { receipts }, param) =>
  query
    .update(receipts)
    .set({ dueAtMs: param('dueAtMs'), stranger: null })
    .where(and(eq(receipts.orderId, param('orderId')), eq(receipts.state, 'waiting')))
    .returning({ receiptId: receipts.receiptId }),
)

/** Claims that came before their order: due now that it is registered, and no strangers any more (W-06). */
export async function receiptsDueNow(db: Database, orderId: string, nowMs: number): Promise<void> {
  await db.atomically([updateOfOrder.write(db, { orderId, dueAtMs: nowMs })])
}
