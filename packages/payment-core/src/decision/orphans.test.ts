import { describe, expect, test } from 'vitest'
import {
  cancelled,
  contradiction,
  held,
  inputOf,
  MINUTE_MS,
  NOW_MS,
  review,
  seen,
} from '../../test/samples.ts'
import {
  adoptOrphan,
  adoptOrphans,
  noVerdict,
  standInOrder,
  type Observation,
  type Payment,
  type Review,
} from '../index.ts'

const inputWith = (sight: readonly Observation[], payments: readonly Payment[] = [], nowMs = NOW_MS) =>
  inputOf({ order: null, payments }, sight, { nowMs })
const orphan = (changed: Partial<Payment> = {}): Payment => held({ standing: 'orphan', ...changed })

describe('what stands in for an order that nobody registered', () => {
  test('asks for just what the payment is, begins and ends with it, and adopts nothing', () => {
    const mine = review({ reason: 'orphan' })
    const theirs = review({ paymentId: 'imp_2' })
    expect(standInOrder(orphan(), [mine, theirs])).toStrictEqual({
      orderId: 'ord-1001',
      name: '',
      amount: 14_000,
      currency: 'KRW',
      taxFree: null,
      vat: null,
      gateway: 'portone-v1',
      registeredAtMs: NOW_MS - MINUTE_MS,
      expiresAtMs: NOW_MS - MINUTE_MS,
      adoptsFromMs: Number.MAX_SAFE_INTEGER,
      accountsUntilMs: NOW_MS - MINUTE_MS,
      amountFixedAtMs: null,
      closedAtMs: null,
      reference: null,
      returnTo: null,
      status: 'open',
      keptPaymentId: null,
      emptyAfterDeadline: false,
      reviews: [mine],
      sequence: 1,
      returns: [],
    })
  })

  test('has told of a review once while it is open, and twice when it has ended', () => {
    const reviews: Review[] = [review(), review({ endedAtMs: NOW_MS, end: 'facts' }), review()]
    expect(standInOrder(orphan(), reviews).sequence).toBe(4)
    expect(standInOrder(orphan(), []).sequence).toBe(0)
  })

  test('of a payment without a time it begins at none', () => {
    expect(standInOrder(held({}, { startedAtMs: null }), [])).toMatchObject({
      registeredAtMs: 0,
      expiresAtMs: 0,
    })
  })
})

describe('payments of orders nobody registered', () => {
  test('M-17: are held, told of in the history, and nothing is decided or asked', () => {
    const [money, ready] = [seen(), seen({ paymentId: 'imp_2', status: 'ready' })]
    expect(adoptOrphans(inputWith([money, ready]))).toStrictEqual({
      order: null,
      payments: [
        { ...money, ...noVerdict, standing: 'orphan' },
        { ...ready, ...noVerdict },
      ],
      notices: [],
      intents: [],
      executed: [],
      timeline: [
        {
          event: 'payment.seen',
          paymentId: 'imp_1',
          from: null,
          to: null,
          reason: 'no such order here: paid',
        },
        {
          event: 'payment.seen',
          paymentId: 'imp_2',
          from: null,
          to: null,
          reason: 'no such order here: ready',
        },
      ],
      proof: null,
    })
  })

  test('seen again as they are held, nothing is written', () => {
    const { payments } = adoptOrphans(inputWith([seen()]))
    expect(adoptOrphans(inputWith([seen()], payments))).toMatchObject({ payments: [], timeline: [] })
  })

  test('the history tells of one that has climbed, and of no other change', () => {
    const ready = held({ status: 'ready' })
    expect(adoptOrphans(inputWith([seen()], [ready])).timeline).toMatchObject([
      { reason: 'no such order here: paid' },
    ])
    const named = adoptOrphans(inputWith([seen({}, { methodName: '신한카드' })], [orphan()]))
    expect(named.payments).toMatchObject([{ details: { methodName: '신한카드' } }])
    expect(named.timeline).toEqual([])
  })

  test('what contradicts what is held joins as far as it is certain, and stands as an orphan, money or not', () => {
    const odd = adoptOrphans(
      inputWith([seen({ status: 'ready', amounts: [1] })], [held({ status: 'ready' })]),
    )
    expect(odd.payments).toMatchObject([
      {
        amounts: [14_000],
        standing: 'orphan',
        contradiction: { what: 'amount_changed', sinceMs: NOW_MS, isCertain: false },
      },
    ])
    const first = adoptOrphans(inputWith([seen({ status: 'ready', amounts: [1, 2] })]))
    expect(first.payments).toMatchObject([{ standing: 'orphan', contradiction: { what: 'amount_changed' } }])
  })

  test('G-07: two records of one payment in one look that name different orders contradict each other', () => {
    const { payments } = adoptOrphans(inputWith([seen(), seen({ orderId: 'ord-2002' })]))
    expect(payments.at(-1)).toMatchObject({ orderId: 'ord-1001', contradiction: { what: 'order_changed' } })
  })

  test('a contradiction that goes on keeps its beginning, and is over once a record agrees', () => {
    const odd = orphan({ contradiction: contradiction('amount_changed', false) })
    const later = adoptOrphans(inputWith([seen({ amounts: [1] })], [odd], NOW_MS + MINUTE_MS))
    expect(later.payments).toMatchObject([{ contradiction: { sinceMs: NOW_MS, isCertain: true } }])
    expect(adoptOrphans(inputWith([seen()], [odd])).payments).toMatchObject([
      { standing: 'orphan', contradiction: null },
    ])
  })
})

describe('a person is told of an orphan', () => {
  test('once, by what is at stake', () => {
    const told = adoptOrphan(inputWith([seen()]), null, [])
    expect(told).toMatchObject({
      order: { sequence: 1, reviews: [{ reviewId: 'orphan-imp_1', reason: 'orphan', atStake: 14_000 }] },
      payments: [{ standing: 'orphan' }],
      notices: [{ type: 'order.review', sequence: 1 }],
    })
    expect(told?.order.reviews[0]?.note).toBe('paid for an order that nobody registered here')
    expect(told?.timeline.map(({ event }) => event)).toEqual(['payment.seen', 'order.review'])
    const again = adoptOrphan(inputWith([seen()]), told?.payments[0] ?? null, told?.order.reviews ?? [])
    expect(again).toMatchObject({ payments: [], notices: [], timeline: [] })
  })

  test('not a second time when one has ended, though a review for another reason does not stand for it', () => {
    const over = review({ reason: 'orphan', endedAtMs: NOW_MS, end: 'return' })
    expect(adoptOrphan(inputWith([seen()]), orphan(), [over])?.notices).toEqual([])
    const other = review({ reviewId: 'cancel_failed-imp_1', reason: 'cancel_failed' })
    expect(adoptOrphan(inputWith([seen()]), orphan(), [other])?.notices).toMatchObject([
      { type: 'order.review' },
    ])
  })

  test('with what is held of it, when the look brought nothing; and never of none', () => {
    expect(adoptOrphan(inputWith([]), orphan({ cancelledAmount: 400 }), [])?.order.reviews).toMatchObject([
      { atStake: 13_600 },
    ])
    expect(adoptOrphan(inputWith([]), null, [])).toBeNull()
  })

  test('what is held counts only of the payment that is asked about', () => {
    const input = inputWith([seen()], [held({ paymentId: 'imp_1', status: 'ready', amounts: [9] })])
    expect(adoptOrphan(input, null, [])?.payments).toMatchObject([{ amounts: [14_000], contradiction: null }])
  })

  test('without money there is nothing to tell', () => {
    expect(adoptOrphan(inputWith([seen({ status: 'ready' })]), null, [])).toMatchObject({ notices: [] })
  })

  test('once all of it is back, the reviews of it and of its cancel are over, and no other', () => {
    const reviews = (['orphan', 'cancel_failed', 'contradiction'] as const).map((reason) =>
      review({ reviewId: `${reason}-imp_1`, reason }),
    )
    const told = adoptOrphan(inputWith([cancelled({}, 14_000)]), orphan(), reviews)
    expect(told?.order.reviews).toMatchObject([
      { reason: 'orphan', end: 'facts', endNote: 'all of its money is back' },
      { reason: 'cancel_failed', end: 'facts', endNote: 'all of its money is back' },
      { reason: 'contradiction', end: null },
    ])
    expect(told?.notices).toMatchObject([{ type: 'order.review_ended' }, { type: 'order.review_ended' }])
    const part = adoptOrphan(inputWith([cancelled({}, 400)]), orphan(), reviews)
    expect(part?.notices).toEqual([])
  })

  test('M-25: a refund that the record shows is done, and its failure is over, though the rest stays for a person', () => {
    const asked = {
      intentId: 'shop-1',
      paymentId: 'imp_1',
      amount: 400,
      isDone: false,
      cancelledBefore: null,
    }
    const marked = cancelled({}, 400)
    const record = {
      ...marked,
      cancels: marked.cancels.map((each) => ({ ...each, reason: 'shop-1: too large' })),
    }
    const reviews = (['orphan', 'cancel_failed'] as const).map((reason) =>
      review({ reviewId: `${reason}-imp_1`, reason }),
    )
    const told = adoptOrphan({ ...inputWith([record]), requestedRefunds: [asked] }, orphan(), reviews)
    expect(told?.executed).toEqual(['shop-1'])
    expect(told?.order.reviews).toMatchObject([
      { reason: 'orphan', end: null },
      { reason: 'cancel_failed', end: 'facts' },
    ])
    const whole = adoptOrphan(
      { ...inputWith([cancelled({}, 14_000)]), requestedRefunds: [asked] },
      orphan(),
      reviews,
    )
    expect(whole?.executed).toEqual(['shop-1'])
    const again = adoptOrphan(
      { ...inputWith([record]), requestedRefunds: [{ ...asked, isDone: true }] },
      orphan(),
      [],
    )
    expect(again?.executed).toEqual([])
  })

  test('what never held money ends nothing', () => {
    const open = review({ reviewId: 'orphan-imp_1', reason: 'orphan' })
    expect(adoptOrphan(inputWith([seen({ status: 'failed' })]), null, [open])?.notices).toEqual([])
  })
})
