import type { Sandbox } from '@landfall/gateway-sandbox'
import { claimFromWebhook, Facts, WebhookBody, type Claim } from '@landfall/payment-core'
import { openDatabase, type Database } from '../../src/store/engines/open.ts'
import { receiptIdOf } from '../../src/store/receipts.ts'
import type { Promised } from './customers.ts'
import type { Told } from './shop-backend.ts'

type Rows = Awaited<ReturnType<typeof readBooks>>
type Row = ReturnType<Sandbox['payments']>[number]

/** Every table that says what became of the money, through a fresh opening of the database. */
export async function readBooks(databaseUrl: string) {
  const db: Database = await openDatabase(databaseUrl, (run) => void setImmediate(run))
  try {
    const { query, tables } = db
    return {
      orders: await query.select().from(tables.orders).orderBy(tables.orders.orderId),
      payments: await query.select().from(tables.payments).orderBy(tables.payments.paymentId),
      proofs: await query.select().from(tables.proofs).orderBy(tables.proofs.orderId),
      cancels: await query.select().from(tables.cancels).orderBy(tables.cancels.intentId),
      notices: await query.select().from(tables.notices).orderBy(tables.notices.noticeId),
      receipts: await query.select().from(tables.receipts).orderBy(tables.receipts.receiptId),
      timeline: await query.select().from(tables.timeline).orderBy(tables.timeline.entryId),
    }
  } finally {
    await db.close()
  }
}

export type Witnesses = {
  readonly gateway: Sandbox
  readonly told: readonly Told[]
  readonly promised: Promised
}

/** What stands in the books, found by what it belongs to: a long run has thousands of orders, and each is looked at by itself. */
function arranged(books: Rows, gateway: Sandbox, told: readonly Told[]) {
  return {
    orders: new Map(books.orders.map((row) => [row.orderId, row])),
    payments: new Map(books.payments.map((row) => [row.paymentId, row])),
    proofsOf: listed(books.proofs, (row) => row.orderId),
    provenPayments: new Set(books.proofs.map((row) => row.paymentId)),
    intents: new Set(books.cancels.map((row) => row.intentId)),
    intentsOf: listed(books.cancels, (row) => row.paymentId),
    noticesOf: listed(books.notices, (row) => row.orderId),
    receipts: new Set(books.receipts.map((row) => row.receiptId)),
    paidAtGatewayFor: listed(
      gateway.payments().filter((row) => row.paid_at > 0),
      (row) => row.merchant_uid,
    ),
    toldOf: listed(told, (each) => each.orderId),
  }
}
type Arranged = ReturnType<typeof arranged>

function listed<T>(rows: readonly T[], keyOf: (row: T) => string): (key: string) => readonly T[] {
  const lists = Map.groupBy(rows, keyOf)
  return (key) => lists.get(key) ?? []
}

/** Where our books, the gateway's and the receiver's disagree, a sentence each; empty when they agree to the won. */
export function disagreements(books: Rows, { gateway, told, promised }: Witnesses): string[] {
  const all = arranged(books, gateway, told)
  return [
    ...[...promised.orders].flatMap(([orderId, amount]) => ofPromised(all, orderId, amount)),
    ...[...promised.cancels.keys()]
      .filter((id) => !all.intents.has(id))
      .map((id) => `S-10: cancel ${id} was acknowledged and is not stored`),
    ...books.orders.flatMap((order) => ofOrder(all, order)),
    ...books.orders.flatMap((order) => ofNotices(all, order)),
    ...books.cancels
      .filter((row) => row.state !== 'done')
      .map((row) => `cancel ${row.intentId} is ${row.state}: ${row.lastProblem}`),
    ...books.receipts
      .filter((row) => row.state === 'waiting')
      .map((row) => `claim ${row.receiptId} still waits`),
    ...ofWebhooks(all, gateway),
    ...ofTotals(books, gateway.payments()),
  ]
}

function ofPromised(all: Arranged, orderId: string, amount: number): string[] {
  const order = all.orders.get(orderId)
  if (order === undefined) return [`S-10: order ${orderId} was acknowledged and is not stored`]
  return order.amount === amount ? [] : [`order ${orderId}: ${order.amount} instead of ${amount}`]
}

/** S-01 … S-05, S-08: what the gateway holds for this order against what we say of it. */
function ofOrder(all: Arranged, order: Rows['orders'][number]): string[] {
  const wrong: string[] = []
  const say = (text: string): void => void wrong.push(`order ${order.orderId}: ${text}`)
  const rows = all.paidAtGatewayFor(order.orderId)
  const valid = rows.filter((row) => row.amount === order.amount)
  const proofs = all.proofsOf(order.orderId)
  const kept = rows.find((row) => row.imp_uid === order.keptPaymentId)
  if (order.review !== null && !rows.some((row) => isPersons(all, order, row))) say(`review ${order.review}`)
  if (valid.length > 0 && kept === undefined) say(`S-12: ${valid.length} good payments and none kept`)
  if (proofs.length !== (kept === undefined ? 0 : 1)) say(`S-01: ${proofs.length} proofs`)
  if (kept !== undefined && proofs[0]?.paymentId !== kept.imp_uid)
    say('S-01: the proof is of another payment')
  if (kept !== undefined && kept.amount !== order.amount) say(`S-01: kept ${kept.amount} for ${order.amount}`)
  const status = statusFrom(kept)
  if (status !== null && order.status !== status) say(`${order.status}, and the gateway says ${status}`)
  if (status === null && order.status !== 'open' && order.status !== 'awaiting_deposit')
    say(`${order.status} without money`)
  for (const row of rows) wrong.push(...ofPayment(all, order, row, row === kept))
  return wrong
}

/** Another sum than the one that is fixed at the gateway did not come through our window: it is neither kept nor sent back (S-23). */
const isPersons = ({ payments }: Arranged, order: Rows['orders'][number], row: Row): boolean =>
  order.review === 'amount_conflict' &&
  row.amount !== order.amount &&
  row.cancel_amount === 0 &&
  payments.get(row.imp_uid)?.standing === 'undecided'

function statusFrom(kept: Row | undefined): string | null {
  if (kept === undefined) return null
  if (kept.cancel_amount === 0) return 'paid'
  return kept.cancel_amount < kept.amount ? 'partially_cancelled' : 'cancelled'
}

function ofPayment(all: Arranged, order: Rows['orders'][number], row: Row, isKept: boolean): string[] {
  const held = all.payments.get(row.imp_uid)
  if (held === undefined) return [`${row.imp_uid}: paid at the gateway and unknown here`]
  const wrong: string[] = []
  const say = (text: string): void => void wrong.push(`${row.imp_uid} of ${order.orderId}: ${text}`)
  const facts = Facts.parse(JSON.parse(held.facts))
  if (held.orderId !== row.merchant_uid) say(`S-03: held for ${held.orderId}`)
  if (facts.cancelledAmount !== row.cancel_amount)
    say(`S-05: we say ${facts.cancelledAmount} went back, the gateway ${row.cancel_amount}`)
  if ((held.standing === 'kept') !== isKept) say(`S-04: standing ${held.standing}`)
  const intents = all.intentsOf(row.imp_uid)
  const executed = row.cancel_history.map((each) => each.reason ?? '')
  for (const { intentId, amount } of intents) {
    const times = executed.filter((reason) => reason.includes(intentId)).length
    if (times !== 1) say(`S-08: intent ${intentId} over ${amount} was executed ${times} times`)
  }
  const own = executed.filter((reason) => reason !== '콘솔에서 취소').length
  if (own !== intents.length) say(`S-07: ${own} cancels for ${intents.length} intents`)
  if (!isKept && !isPersons(all, order, row) && (row.cancel_amount !== row.amount || executed.length !== 1))
    say(
      `S-04: ${held.standing}, ${row.cancel_amount} of ${row.amount} returned in ${executed.length} cancels`,
    )
  return wrong
}

/** S-02, S-13, N-03, N-04: one `payment.paid`, no gap, each told, each first told in its turn, always under one id with one text. */
function ofNotices(all: Arranged, order: Rows['orders'][number]): string[] {
  const wrong: string[] = []
  const say = (text: string): void => void wrong.push(`notices of ${order.orderId}: ${text}`)
  const owed = all.noticesOf(order.orderId).toSorted((a, b) => a.sequence - b.sequence)
  const heard = all.toldOf(order.orderId)
  const firsts = [...new Map(heard.toReversed().map((each) => [each.id, each])).values()].toReversed()
  const inOrder = heard.filter((each, at) => heard.findIndex(({ id }) => id === each.id) === at)
  const paid = new Set(heard.filter((each) => each.type === 'payment.paid').map(({ id }) => id))
  const proven = all.proofsOf(order.orderId).length > 0
  if (paid.size !== (proven ? 1 : 0)) say(`S-02: ${paid.size} ids of payment.paid`)
  if (owed.some((row, at) => row.sequence !== at + 1) || owed.length !== order.sequence)
    say(`S-13: sequence ${owed.map((row) => row.sequence).join(' ')} of ${order.sequence}`)
  if (inOrder.map(({ sequence }) => sequence).join(' ') !== owed.map(({ sequence }) => sequence).join(' '))
    say(`N-04: heard ${inOrder.map(({ sequence }) => sequence).join(' ')} of ${owed.length}`)
  if (firsts.length !== owed.length) say(`${firsts.length} ids heard, ${owed.length} owed`)
  for (const row of owed) if (row.state !== 'delivered') say(`${row.type} is ${row.state}`)
  for (const each of heard)
    if (owed.find((row) => row.noticeId === each.id)?.body !== each.text)
      say(`${each.id} was told with another text`)
  return wrong
}

/** S-10: every webhook that was answered 200 is stored, or what it says is recorded of its payment already. */
function ofWebhooks(all: Arranged, gateway: Sandbox): string[] {
  return gateway.webhooks().flatMap(({ status, body, contentType }) => {
    if (status !== 200) return []
    const fields: unknown = contentType.includes('json')
      ? JSON.parse(body)
      : Object.fromEntries(new URLSearchParams(body))
    const claim = claimFromWebhook(WebhookBody.parse(fields))
    const isStored = claim.ok && (all.receipts.has(receiptIdOf(claim.value)) || isRecorded(all, claim.value))
    return isStored ? [] : [`S-10: a webhook was answered 200 and is not stored: ${body}`]
  })
}

function isRecorded({ payments, provenPayments }: Arranged, { paymentId, cancellationId }: Claim): boolean {
  if (cancellationId === null) return paymentId !== null && provenPayments.has(paymentId)
  const held = paymentId === null ? undefined : payments.get(paymentId)
  return (
    held !== undefined && Facts.parse(JSON.parse(held.facts)).cancels.some(({ id }) => id === cancellationId)
  )
}

/** S-05 over everything: what the gateway holds for us is what our books say the shop has. */
function ofTotals(books: Rows, atGateway: readonly Row[]): string[] {
  const theirs = atGateway
    .filter((row) => row.paid_at > 0)
    .reduce((sum, row) => sum + row.amount - row.cancel_amount, 0)
  const ours = books.payments
    .filter((row) => row.standing !== null)
    .map((row) => Facts.parse(JSON.parse(row.facts)))
    .reduce((sum, facts) => sum + (facts.amounts.at(-1) ?? 0) - facts.cancelledAmount, 0)
  return theirs === ours ? [] : [`S-05: the gateway holds ${theirs} won, our books ${ours}`]
}
