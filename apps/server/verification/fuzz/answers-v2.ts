import fc from 'fast-check'
import { z } from 'zod'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { Http } from '../../src/gateway/http.ts'
import { portoneV2 } from '../../src/gateway/portone-v2/client.ts'
import { V2_STORE_ID } from '../../testing/v2-records.ts'
import { cancellations } from '../../testing/v2-schema.ts'
import { checkLength, checkOutcome, headers, statuses, type Answer } from './answers.ts'
import { damaged, damages, edited, edits, hostileText, hostileValue, INPUT_MARK } from './grammar.ts'
import { checkObservationV2, paymentsV2, triesV2 } from './parsers-v2.ts'
import { parsed } from './parsers.ts'
import { canaries } from './truth.ts'

const pages = fc
  .tuple(fc.array(paymentsV2, { maxLength: 3 }), fc.constantFrom(0, 1, 3, -1, 1e308), edits)
  .map(([items, totalCount, changes]) =>
    edited({ items, page: { number: 0, size: 3, totalCount } }, changes.slice(0, 1)),
  )
const lists = fc.array(triesV2, { maxLength: 3 }).map((items) => ({ items }))
const writes = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(cancellations)), edits)
    .map(([cancellation, changes]) => ({ cancellation: edited(cancellation, changes) })),
  fc.constant({ pgTxId: 'x', paidAt: '2026-11-02T03:00:09Z' }),
  fc.constant({ closedAt: '2026-11-02T03:00:09Z' }),
)
const errors = fc
  .record({
    type: fc.oneof(
      fc.constantFrom('PAYMENT_NOT_FOUND', 'PG_PROVIDER', 'IDEMPOTENCY_OUTSTANDING_REQUEST', 'UNAUTHORIZED'),
      hostileText,
    ),
    message: hostileText,
    pgCode: hostileText,
    pgMessage: hostileText,
  })
  .chain((error) => edits.map((changes) => edited(error, changes)))

/** What is documented of each kind, under any status, damaged on its way or not. */
const anyAnswers: fc.Arbitrary<Answer> = fc
  .record({
    fails: fc.nat(20).map((chance) => chance === 0),
    status: statuses,
    headers,
    body: fc.oneof(
      { weight: 6, arbitrary: paymentsV2 },
      { weight: 3, arbitrary: lists },
      { weight: 2, arbitrary: pages },
      { weight: 2, arbitrary: writes },
      { weight: 3, arbitrary: errors },
      { weight: 1, arbitrary: hostileValue },
    ),
    harm: fc.oneof(
      { weight: 5, arbitrary: fc.constant({ at: 0, how: 'none' as const, bytes: '' }) },
      { weight: 1, arbitrary: damages },
    ),
    html: fc.nat(30).map((chance) => chance === 0),
  })
  .map(({ fails, status, headers: given, body, harm, html }) => {
    const text = html
      ? `<html>${INPUT_MARK}</html>`
      : damaged(Buffer.from(JSON.stringify(body) ?? ''), harm).toString()
    return { fails, answer: { status, headers: given, text } }
  })

const notFound: Answer = {
  fails: false,
  answer: { status: 404, headers: {}, text: JSON.stringify({ type: 'PAYMENT_NOT_FOUND' }) },
}
export const answersV2 = fc.oneof(
  { weight: 12, arbitrary: anyAnswers },
  { weight: 1, arbitrary: fc.constant(notFound) },
)

/** One question to a gateway that answers with these in turn, the last one for ever. */
export type QuestionV2 = {
  readonly ask: 'payment' | 'order' | 'search' | 'changed' | 'fix' | 'cancel' | 'close' | 'confirm'
  readonly said: readonly Answer[]
}
export const questionsV2: fc.Arbitrary<QuestionV2> = fc.record({
  ask: fc.constantFrom(
    'payment',
    'payment',
    'order',
    'order',
    'search',
    'changed',
    'fix',
    'cancel',
    'close',
    'confirm',
  ),
  said: fc.array(answersV2, { minLength: 1, maxLength: 4 }),
})

/** More calls than any question needs: one that goes on is a loop. */
const CALLS_MAX = 12
const ORDER_ID = 'example-payment-id'
const PAYMENT_ID = '55451513-9763-4a7a-bb43-78a4c65be843'

/** Asks with the production client, and throws at the first thing that must never be; gives what came of it. */
export async function askV2({ ask: what, said }: QuestionV2): Promise<string> {
  const gateway = gatewayThat(said)
  switch (what) {
    case 'order':
      return checkLookup(await gateway.lookup({ by: 'order', orderId: ORDER_ID }), said, ORDER_ID)
    case 'payment':
    case 'search': {
      const orderId = what === 'search' ? null : ORDER_ID
      const looked = await gateway.lookup({ by: 'payment', paymentId: PAYMENT_ID, orderId })
      return checkLookup(looked, said, PAYMENT_ID)
    }
    case 'changed':
      return checkLength(await gateway.changed({ status: 'paid', fromMs: 0, toMs: 1 }, 1))
    case 'fix':
      return checkLength(await gateway.fixAmount(ORDER_ID, cancel.money))
    case 'close':
      return checkOutcome(await gateway.closeAccount(PAYMENT_ID, ORDER_ID))
    case 'confirm':
      return checkOutcome((await gateway.confirm?.({ ...cancel, paymentToken: 't' })) ?? { kind: 'accepted' })
    case 'cancel':
      return checkOutcome(await gateway.cancel(cancel))
  }
}

const cancel = {
  intentId: 'intent-1',
  refusals: 0,
  orderId: ORDER_ID,
  paymentId: PAYMENT_ID,
  money: { amount: 1_000, currency: 'KRW' },
  expectedBalance: 1,
  reason: 'x',
  refundAccount: null,
  taxFree: null,
  vat: null,
}

function gatewayThat(said: readonly Answer[]): Gateway {
  let calls = 0
  const http: Http = async ({ headers: sent }) => {
    calls += 1
    if (calls > CALLS_MAX) throw new Error('the client goes on asking')
    new Headers({ ...sent }) // throws at what HTTP cannot send
    const next = said[Math.min(calls, said.length) - 1]
    return next === undefined || next.fails
      ? { ok: false, problem: { kind: 'unreachable', cause: 'ECONNRESET' } }
      : { ok: true, value: next.answer }
  }
  const settings = {
    url: 'https://gateway.example',
    secret: canaries.apiSecret,
    storeId: V2_STORE_ID,
    lookupTimeoutMs: 1,
    cancelTimeoutMs: 1,
  }
  return portoneV2(settings, http, () => 0, { warn: () => undefined })
}

type Looked = Awaited<ReturnType<Gateway['lookup']>>
const List = z.object({ items: z.array(z.unknown()) })
const Ids = z.object({ id: z.unknown().optional(), transactionId: z.unknown().optional() })

/** Every payment seen was said in a sound answer, under the id that was asked for; one by one as in `checkObservationV2`. */
function checkLookup(looked: Looked, said: readonly Answer[], asked: string): string {
  const outcome = checkLength(looked)
  if (!looked.ok) return outcome
  const rows = said.flatMap(({ fails, answer }) => {
    if (fails || answer.status >= 300) return []
    const value = parsed(answer.text)
    const list = List.safeParse(value)
    return list.success ? [value, ...list.data.items] : [value]
  })
  for (const seen of looked.value) {
    if (seen.paymentId !== asked && seen.orderId !== asked) throw new Error(`${asked} was asked for`)
    const told = rows.flatMap((row) => {
      const { id, transactionId } = Ids.safeParse(row).data ?? {}
      if (![id, transactionId].includes(seen.paymentId)) return []
      return { row, as: transactionId === seen.paymentId ? ('payment' as const) : ('try' as const) }
    })
    const [first, second] = told
    if (first === undefined) throw new Error('a payment that nobody told of')
    // Two records of one payment are joined: each fact is then one of theirs.
    if (second === undefined) checkObservationV2({ ok: true, value: seen }, first.row, first.as)
  }
  return looked.value.length > 0 ? 'a payment' : 'no payment'
}
