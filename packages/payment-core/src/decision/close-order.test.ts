import { describe, expect, test } from 'vitest'
import { account, held, inputOf, MINUTE_MS, NOW_MS, order } from '../../test/samples.ts'
import { closeOrder, type Order, type Payment } from '../index.ts'

const close = (theOrder: Order, payments: readonly Payment[] = []) =>
  closeOrder(
    { ...inputOf({ order: theOrder, payments }, []), order: theOrder, actor: 'key:till' },
    'sold out',
  )

describe('an order is called off', () => {
  test('M-31: from then on it is closed, and the shop is told in its own words', () => {
    expect(close(order())).toMatchObject({
      ok: true,
      value: {
        order: { status: 'expired', closedAtMs: NOW_MS },
        notices: [
          { id: 'order%2Eclosed:ord-1001:-:0', type: 'order.closed', body: { data: { payment: null } } },
        ],
        timeline: [
          { event: 'order.closed', from: 'open', to: 'expired', reason: 'sold out', actor: 'key:till' },
        ],
        intents: [],
      },
    })
  })

  test('its account is closed too, so that nobody pays into it', () => {
    const waiting = order({ status: 'awaiting_deposit' })
    expect(close(waiting, [held(account()), held({ paymentId: 'imp_2', status: 'ready' })])).toMatchObject({
      value: {
        intents: [
          {
            intentId: 'close-imp_1',
            amount: 0,
            cause: 'account',
            reason: 'the shop has called the order off',
          },
        ],
      },
    })
  })

  test('another use of its number is nobody’s to close', () => {
    const theirs = held(account({}, { startedAtMs: NOW_MS - 1_000 * MINUTE_MS }))
    expect(close(order(), [theirs])).toMatchObject({ value: { intents: [] } })
  })

  test('once: when it is called off already, nothing more happens', () => {
    expect(close(order({ closedAtMs: NOW_MS - 1 }))).toEqual({ ok: true, value: null })
    expect(close(order({ closedAtMs: 0, keptPaymentId: 'imp_1' }))).toEqual({ ok: true, value: null })
  })

  test('not once it has its payment, whose money would have to go back', () => {
    expect(close(order({ status: 'paid', keptPaymentId: 'imp_1' }))).toEqual({
      ok: false,
      problem: { kind: 'order_has_payment', orderId: 'ord-1001', status: 'paid' },
    })
  })
})
