import { describe, expect, test } from 'vitest'
import { account, contradiction, held, MINUTE_MS, NOW_MS, order, returned } from '../../test/samples.ts'
import { currentPayment, underWaySince, type Order, type Payment } from '../index.ts'

const after = (...returns: Order['returns']): Order => order({ returns })

describe('the try a customer made last', () => {
  const first = held({ paymentId: 'imp_1' }, { startedAtMs: 1 })
  const second = held({ paymentId: 'imp_2' }, { startedAtMs: 2 })
  const unknown = held({ paymentId: 'imp_3' }, { startedAtMs: null })

  test('is the one the newest return names, and none while the gateway does not know that', () => {
    expect(currentPayment(after(returned({ paymentId: 'imp_1' })), [second, first])).toBe(first)
    expect(currentPayment(after(returned({ paymentId: 'imp_9' })), [second, first])).toBeNull()
  })

  test('is else the one begun last; one of no known beginning is begun first', () => {
    for (const payments of [
      [first, second, unknown],
      [unknown, second, first],
      [second, first, unknown],
    ]) {
      expect(currentPayment(order(), payments)).toBe(second)
      expect(currentPayment(after(returned({ paymentId: null })), payments)).toBe(second)
    }
    expect(currentPayment(order(), [])).toBeNull()
    expect(currentPayment(order(), [unknown, first])).toBe(first)
  })
})

describe('R-25: whether any try of an order may still turn into money', () => {
  const began = { startedAtMs: NOW_MS - 10 * MINUTE_MS }
  const ready = (paymentId: string, details: Partial<Payment['details']> = began): Payment =>
    held({ paymentId, status: 'ready' }, details)
  const countLook = { looks: 2 }

  test.each<[string, Order, Payment[], number | null]>([
    ['nothing was ever begun', order(), [], null],
    ['a window that was left open long ago', order(), [ready('imp_1')], null],
    ['a window in another tab', order(), [ready('imp_1', { startedAtMs: NOW_MS - 1 })], NOW_MS - 1],
    [
      'K-03: a window that a gateway of a faster clock has just opened',
      order(),
      [ready('imp_1', { startedAtMs: NOW_MS + MINUTE_MS })],
      NOW_MS + MINUTE_MS,
    ],
    ['a window of the future', order(), [ready('imp_1', { startedAtMs: NOW_MS + MINUTE_MS + 1 })], null],
    [
      'R-27: a window without a return, for a day where the PG approves later and may not redirect',
      order(),
      [ready('imp_1', { startedAtMs: NOW_MS - 24 * 60 * MINUTE_MS + 1, approval: 'later' })],
      NOW_MS - 24 * 60 * MINUTE_MS + 1,
    ],
    [
      'R-27: such a window after a day',
      order(),
      [ready('imp_1', { startedAtMs: NOW_MS - 24 * 60 * MINUTE_MS, approval: 'later' })],
      null,
    ],
    [
      'success is claimed of another try than the one that failed',
      after(returned({ says: 'success', atMs: NOW_MS - 50_000 }), returned({ paymentId: 'imp_2' })),
      [ready('imp_1'), held({ paymentId: 'imp_2', status: 'failed' })],
      NOW_MS - 50_000,
    ],
    ['a failure that has not settled', after(returned()), [ready('imp_1')], NOW_MS],
    ['a failure that has', after(returned({ ...countLook, atMs: NOW_MS - 10_000 })), [ready('imp_1')], null],
    [
      'no flag, three minutes ago',
      after(returned({ ...countLook, says: 'nothing', atMs: NOW_MS - 3 * MINUTE_MS })),
      [ready('imp_1')],
      null,
    ],
    [
      'R-27: the same where the PG approves later',
      after(returned({ ...countLook, says: 'nothing', atMs: NOW_MS - 3 * MINUTE_MS })),
      [ready('imp_1', { ...began, approval: 'later' })],
      NOW_MS - 3 * MINUTE_MS,
    ],
    [
      'success of a try the gateway does not know yet',
      after(returned({ says: 'success', paymentId: 'imp_9', atMs: 7 })),
      [held({ status: 'failed' })],
      7,
    ],
    [
      'a try that contradicts itself',
      order(),
      [held({ contradiction: contradiction('x') }, { startedAtMs: 5 })],
      5,
    ],
    ['an account of another amount', order(), [held(account({ amounts: [500] }, { startedAtMs: 5 }))], 5],
    [
      'such an account past its time and a grace',
      order(),
      [held(account({ amounts: [500] }, { accountDueAtMs: NOW_MS - 60 * MINUTE_MS }))],
      null,
    ],
    [
      'such an account at the end of its grace',
      order(),
      [held(account({ amounts: [500] }, { startedAtMs: 5, accountDueAtMs: NOW_MS - 60 * MINUTE_MS + 1 }))],
      5,
    ],
    [
      'such an account of no due time',
      order(),
      [held(account({ amounts: [500] }, { startedAtMs: 5, accountDueAtMs: null }))],
      5,
    ],
    ['a window that has just been opened', order(), [ready('imp_1', { startedAtMs: NOW_MS })], NOW_MS],
    [
      'a window opened three minutes ago',
      order(),
      [ready('imp_1', { startedAtMs: NOW_MS - 3 * MINUTE_MS })],
      null,
    ],
    ['a window of no known beginning', order(), [ready('imp_1', { startedAtMs: null })], null],
    [
      'a try that contradicts itself, of no known beginning',
      order(),
      [held({ contradiction: contradiction('x') }, { startedAtMs: null })],
      NOW_MS,
    ],
    [
      'of two the one that was spoken of last',
      after(
        returned({ says: 'success', atMs: 7 }),
        returned({ says: 'success', atMs: 8, paymentId: 'imp_2' }),
      ),
      [ready('imp_1'), ready('imp_2')],
      8,
    ],
    [
      'R-27: no flag, and its PG has had a day',
      after(returned({ ...countLook, says: 'nothing', atMs: NOW_MS - 24 * 60 * MINUTE_MS })),
      [ready('imp_1', { ...began, approval: 'later' })],
      null,
    ],
    ['a try that failed', order(), [held({ status: 'failed' }, { startedAtMs: NOW_MS - 1 })], null],
    ['money that came', order(), [held({}, { startedAtMs: NOW_MS - 1 })], null],
  ])('%s', (_, theOrder, payments, sinceMs) => {
    expect(underWaySince(theOrder, payments, NOW_MS)).toBe(sinceMs)
  })
})
