import { describe, expect, test } from 'vitest'
import { account, cancelled, contradiction, held, NOW_MS, seen } from '../../test/samples.ts'
import { needsPerson } from './cancelling.ts'
import { afterRefusal, nextStep, type Cancelling, type NextStep, type Payment } from '../index.ts'

const settleMs = 600_000
const paid: Payment = held({ standing: 'surplus' })
const row = (changed: Partial<Cancelling> = {}): Cancelling => ({
  intentId: 'auto-imp_1',
  cause: 'surplus',
  amount: 14_000,
  isNamed: false,
  hasRefundAccount: false,
  state: 'unknown',
  createdAtMs: NOW_MS,
  sentAtMs: NOW_MS,
  cancelledBefore: 0,
  unchangedLooks: 0,
  refusals: 0,
  ...changed,
})

/** Looks again whenever it says so, by a clock that `leapAtMs` after the call is suddenly `leapMs` ahead; ends when it is sent again. */
function untilSentAgain(leapAtMs: number, leapMs: number, payment = paid) {
  let realMs = 0
  let now = row()
  const looks: number[] = []
  for (let step = 0; step < 200; step += 1) {
    looks.push(realMs)
    const clockMs = NOW_MS + realMs + (realMs >= leapAtMs ? leapMs : 0)
    const next: NextStep = nextStep(now, payment, clockMs, { settleMs })
    if (next.kind !== 'wait') return { kind: next.kind, realMs, looks }
    now = { ...now, unchangedLooks: next.unchangedLooks, cancelledBefore: next.cancelledBefore }
    const clockNextMs = next.untilMs - NOW_MS
    // A wait that is under way when the clock leaps ends at once.
    const isAcross = realMs < leapAtMs && clockNextMs >= leapAtMs
    realMs = isAcross
      ? Math.max(leapAtMs, clockNextMs - leapMs)
      : clockNextMs - (realMs >= leapAtMs ? leapMs : 0)
  }
  return { kind: 'never', realMs, looks }
}

describe('a call whose answer was lost (S-24)', () => {
  test('is looked for soon, and sent again after two looks at least that come after the settling time', () => {
    const { kind, realMs, looks } = untilSentAgain(Infinity, 0)
    expect(kind).toBe('send')
    expect(looks.slice(0, 4)).toEqual([0, 2_000, 4_000, 6_000])
    expect(looks.filter((at) => at >= settleMs).length).toBeGreaterThanOrEqual(2)
    expect(realMs).toBeLessThan(settleMs + 120_000)
  })

  test.each([0, 1_000, 16_000, 59_000, 300_000])(
    'S-21: and not before the settling time is really over, when the clock leaps an hour ahead after %d ms',
    (leapAtMs) => {
      const { kind, realMs } = untilSentAgain(leapAtMs, 3_600_000)
      expect(kind).toBe('send')
      expect(realMs).toBeGreaterThanOrEqual(settleMs - 60_000)
    },
  )

  test('a clock that has gone back does not bring it forward', () => {
    const { realMs } = untilSentAgain(10_000, -3_600_000)
    expect(realMs).toBeGreaterThanOrEqual(settleMs)
  })

  test('somebody else’s cancel meanwhile begins the count anew, and an equal one is a person’s', () => {
    const at = (record: Payment) =>
      nextStep(row({ unchangedLooks: 19 }), record, NOW_MS + 700_000, { settleMs })
    expect(at(held({ ...cancelled({}, 400), standing: 'surplus' }))).toMatchObject({
      kind: 'wait',
      unchangedLooks: 1,
      cancelledBefore: 400,
    })
    const partly = nextStep(
      row({ cause: 'shop', isNamed: true, amount: 400 }),
      held({ ...cancelled({}, 400), standing: 'kept' }),
      NOW_MS + 700_000,
      { settleMs },
    )
    expect(partly.kind).toBe('person')
  })
})

describe('the gateway has said yes (M-23)', () => {
  test('it is looked for, ever less often, and is a person’s after a day; never sent again', () => {
    const after = (ms: number) => nextStep(row({ state: 'accepted' }), paid, NOW_MS + ms, { settleMs })
    expect(after(0)).toMatchObject({ kind: 'wait', untilMs: NOW_MS + 2_000 })
    expect(after(3_600_000)).toMatchObject({ kind: 'wait', untilMs: NOW_MS + 1.5 * 3_600_000 })
    expect(after(86_400_000)).toMatchObject({ kind: 'person' })
    const late = row({ state: 'accepted', createdAtMs: NOW_MS - 20 * 3_600_000 })
    expect(nextStep(late, paid, NOW_MS + 4 * 3_600_000, { settleMs })).toMatchObject({ kind: 'person' })
    // Whom a person was called for already is looked for a day longer.
    expect(nextStep({ ...late, refusals: 4 }, paid, NOW_MS + 4 * 3_600_000, { settleMs })).toMatchObject({
      kind: 'wait',
    })
  })

  test('L-03: and before a person a day after it was asked for, when it was refused for hours before', () => {
    const askedAgoMs = 23.5 * 3_600_000
    const after = (ms: number, refusals: number) =>
      nextStep(row({ state: 'accepted', refusals, createdAtMs: NOW_MS - askedAgoMs }), paid, NOW_MS + ms, {
        settleMs,
      })
    expect(after(1_700_000, 3)).toMatchObject({ kind: 'wait' })
    expect(after(3_600_000, 3)).toMatchObject({ kind: 'person' })
    // A person who was called for the refusals is not called again for as long as it may be booked.
    expect(after(3_600_000, 4)).toMatchObject({ kind: 'wait' })
  })

  test('done is what the record shows', () => {
    const record = held({ ...cancelled({}, 14_000), standing: 'surplus' })
    for (const state of ['requested', 'accepted', 'unknown', 'refused'] as const)
      expect(nextStep(row({ state }), record, NOW_MS, { settleMs })).toEqual({ kind: 'done' })
    expect(seen().cancelledAmount).toBe(0)
  })
})

describe('the gateway has said no (M-27)', () => {
  const hourMs = 3_600_000
  test.each([
    [1, '정산 대금이 부족합니다', 0, 1, false],
    [3, '정산 대금이 부족합니다', 4 * hourMs, 6, false],
    [4, '정산 대금이 부족합니다', 10 * hourMs, 12, true],
    [10, '정산 대금이 부족합니다', 150 * hourMs, 24, true],
    [11, '정산 대금이 부족합니다', 174 * hourMs, null, true],
    [1, '취소 불가능한 거래입니다', 0, null, true],
    // L-03: answers were lost for twenty hours before this one: the next try would be too late for a person to know within a day.
    [3, '정산 대금이 부족합니다', 20 * hourMs, 6, true],
  ] as const)(
    'refused %d times, «%s», %d ms old: again in %s h, a person: %s',
    (refusals, text, ageMs, hours, needsPerson) => {
      const delayMs = hours === null ? null : hours * hourMs
      expect(afterRefusal(refusals, text, ageMs)).toEqual({ delayMs, needsPerson })
    },
  )

  test.each([
    ['가맹점 예치금 부족으로 취소 불가능합니다', true],
    ['매출 잔액 부족으로 취소 불가', true],
    ['현재는 취소불가 시간입니다(23:30~00:30)', true],
    ['은행 서비스 시간이 아니어서 취소가 불가능합니다', true],
    ['당일 취소 불가, 다음 영업일에 요청하세요', true],
    ['전산 장애로 취소 불가', true],
    ['통신 오류로 취소가 불가능합니다', true],
    ['requested amount is bigger than settlement balance', true],
    ['통신사 정책상 익월 취소 불가', false],
    ['당월 취소 기간이 경과되었습니다', false],
    ['이미 전액취소된 주문입니다.', false],
    ['requested cancel amount is bigger than cancelable amount', false],
  ])('«%s» passes: %s', (text, passes) => {
    expect(afterRefusal(1, text, 0).delayMs !== null).toBe(passes)
  })
})

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const next = (changed: Partial<Cancelling>, payment: Payment, afterMs = 0, settling = settleMs) =>
  nextStep(row(changed), payment, NOW_MS + afterMs, { settleMs: settling })
/** So much of it went back, each sum by a cancel of its own, under these reasons. */
const back = (standing: Payment['standing'], ...sums: [amount: number, reason: string | null][]): Payment => {
  const record = cancelled({}, ...sums.map(([amount]) => amount))
  const cancels = record.cancels.map((each, index) => ({ ...each, reason: sums[index]?.[1] ?? null }))
  return held({ ...record, cancels, standing })
}

describe('M-24: the PG has booked less than was asked', () => {
  const asked = {
    intentId: 'shop-1',
    cause: 'shop',
    isNamed: true,
    amount: 5_000,
    sentAtMs: NOW_MS,
    cancelledBefore: 0,
  } as const
  const part = (sum: number) => back('kept', [sum, 'shop-1: x'])

  test.each(['requested', 'accepted', 'unknown', 'refused'] as const)(
    '%s: nothing is sent again, and a person is told both figures after a day',
    (state) => {
      for (const afterMs of [0, HOUR_MS, DAY_MS - 1])
        expect(next({ ...asked, state }, part(1_000), afterMs)).toMatchObject({ kind: 'wait' })
      const why = '5000 was asked back, and a day later only 1000 is back'
      expect(next({ ...asked, state }, part(1_000), DAY_MS)).toEqual({ kind: 'person', why })
      const late = { ...asked, state, sentAtMs: null, createdAtMs: NOW_MS }
      expect(next(late, part(1_000), DAY_MS)).toEqual({ kind: 'person', why })
    },
  )

  test('it is done when the rest is booked, or all of the money is back', () => {
    const both = back('kept', [1_000, 'shop-1: x'], [4_000, 'shop-1: x'])
    for (const record of [part(5_000), both, back('kept', [1_000, 'shop-1: x'], [13_000, null])])
      expect(next({ ...asked, state: 'accepted' }, record)).toEqual({ kind: 'done' })
  })
})

describe('a cancel that was never sent, or was refused', () => {
  test.each<[string, Partial<Cancelling>, Payment, number, number]>([
    ['what is not the order’s goes back as a whole', {}, paid, 14_000, 14_000],
    ['all of it, though more is there than when it was decided', { amount: 100 }, paid, 14_000, 14_000],
    ['of which a part is back already, the rest', {}, back('surplus', [400, null]), 13_600, 13_600],
    [
      'M-07: the shop’s sum, as it was asked for',
      { cause: 'shop', isNamed: true, amount: 400 },
      paid,
      400,
      14_000,
    ],
    ['all that is left, asked for as a sum', { cause: 'shop', isNamed: true }, paid, 14_000, 14_000],
    [
      'the shop’s rest, of which somebody else has given a part back',
      { cause: 'shop' },
      back('kept', [400, null]),
      13_600,
      13_600,
    ],
    [
      'a named sum of what is not the shop’s to ask for is all that is left',
      { cause: 'person', isNamed: true },
      back('surplus', [400, null]),
      13_600,
      13_600,
    ],
    [
      'V-05: an account is closed for nothing, and needs none to return money to',
      { cause: 'account', amount: 0 },
      held(account()),
      0,
      0,
    ],
    [
      'M-13: a deposit goes back to the account that is named',
      { hasRefundAccount: true },
      held({ standing: 'surplus' }, { method: 'virtual_account' }),
      14_000,
      14_000,
    ],
  ])('%s', (_, changed, payment, amount, expectedBalance) => {
    for (const state of ['requested', 'refused'] as const)
      expect(next({ ...changed, state, cancelledBefore: -1 }, payment)).toEqual({
        kind: 'send',
        amount,
        expectedBalance,
      })
  })

  test('M-13: a deposit with no account to return it to is a person’s', () => {
    expect(
      next({ state: 'requested' }, held({ standing: 'surplus' }, { method: 'virtual_account' })),
    ).toEqual({
      kind: 'person',
      why: 'paid into a virtual account: no account to return it to is known',
    })
  })

  test('M-06: more than is left is nobody’s to send by itself', () => {
    const asked = { cause: 'shop', isNamed: true, amount: 13_601, state: 'requested' } as const
    expect(next(asked, back('kept', [400, null]))).toEqual({
      kind: 'person',
      why: 'less is left than was asked back: somebody else gave some of it back meanwhile',
    })
    expect(next({ ...asked, amount: 13_600 }, back('kept', [400, null]))).toMatchObject({ kind: 'send' })
  })

  test('G-09: what contradicts itself is looked at again, and is a person’s once that is certain', () => {
    const odd = (isCertain: boolean) => held({ contradiction: contradiction('x', isCertain) })
    expect(next({ state: 'requested', unchangedLooks: 3, cancelledBefore: 7 }, odd(false))).toEqual({
      kind: 'wait',
      unchangedLooks: 0,
      cancelledBefore: 7,
      untilMs: NOW_MS + 12_000,
    })
    expect(next({ state: 'requested' }, odd(true))).toEqual({
      kind: 'person',
      why: 'its record contradicts itself',
    })
  })
})

describe('M-06, S-08: the same sum went back under nobody’s mark', () => {
  const asked = { cause: 'shop', isNamed: true, amount: 400 } as const
  const doubt = {
    kind: 'person',
    why: 'the same sum went back under another reason: it cannot be told whether that was this cancel',
  }

  test.each<[string, [number, string | null][], object]>([
    ['with no reason', [[400, null]], doubt],
    ['with somebody’s own words', [[400, 'the customer called']], doubt],
    [
      'beside another cancel',
      [
        [100, null],
        [400, null],
      ],
      doubt,
    ],
    ['more, and not just that sum', [[500, null]], { kind: 'wait' }],
    ['less', [[399, null]], { kind: 'wait' }],
    [
      'in two parts',
      [
        [200, null],
        [200, null],
      ],
      { kind: 'wait' },
    ],
    ['under the mark of another cancel of ours', [[400, 'shop-2: too large']], { kind: 'wait' }],
    ['under its own mark', [[400, 'auto-imp_1: surplus']], { kind: 'done' }],
  ])('after a call without an answer, %s', (_, sums, step) => {
    expect(next(asked, back('kept', ...sums))).toMatchObject(step)
  })

  test('in a record that lists no cancels', () => {
    expect(next(asked, held({ status: 'cancelled', cancelledAmount: 400, standing: 'kept' }))).toEqual(doubt)
    expect(next(asked, held({ status: 'cancelled', cancelledAmount: 399, standing: 'kept' }))).toMatchObject({
      kind: 'wait',
    })
  })

  test('but before it was last looked for: that was not this cancel', () => {
    expect(next({ ...asked, cancelledBefore: 400 }, back('kept', [400, null]))).toMatchObject({
      kind: 'wait',
    })
    expect(
      next({ ...asked, cancelledBefore: -1, state: 'requested' }, back('kept', [400, null])),
    ).toMatchObject({ kind: 'send', amount: 400 })
  })
})

describe('S-24: a call whose answer was lost is sent again', () => {
  const looked = (
    unchangedLooks: number,
    afterMs: number,
    changed: Partial<Cancelling> = {},
    settling = settleMs,
  ) => next({ unchangedLooks, ...changed }, paid, afterMs, settling)

  test('with the look that makes them enough, and not before the settling time has passed', () => {
    expect(looked(19, 600_000)).toEqual({
      kind: 'wait',
      unchangedLooks: 20,
      cancelledBefore: 0,
      untilMs: NOW_MS + 630_000,
    })
    expect(looked(20, 599_999)).toMatchObject({ kind: 'wait', unchangedLooks: 21, untilMs: NOW_MS + 629_999 })
    expect(looked(20, 600_000)).toEqual({ kind: 'send', amount: 14_000, expectedBalance: 14_000 })
  })

  test.each([0, 20_000])('after two looks at least, however short the settling time: %d ms', (settling) => {
    expect(looked(0, settling, {}, settling)).toMatchObject({ kind: 'wait', unchangedLooks: 1 })
    expect(looked(1, settling, {}, settling)).toMatchObject({ kind: 'send' })
  })

  test('counting no look before a minute has passed, or the settling time where that is shorter', () => {
    expect(looked(5, 59_999)).toMatchObject({ kind: 'wait', unchangedLooks: 0 })
    expect(looked(5, 60_000)).toMatchObject({ kind: 'wait', unchangedLooks: 6 })
    expect(looked(5, 19_999, {}, 20_000)).toMatchObject({ kind: 'wait', unchangedLooks: 0 })
  })

  test.each<[string, number | null, object]>([
    ['when it was sent nobody knows', null, { unchangedLooks: 6, untilMs: NOW_MS + 30_000 }],
    ['sent by a clock that was ahead', NOW_MS + 1, { unchangedLooks: 6, untilMs: NOW_MS + 30_000 }],
    ['sent just now', NOW_MS, { unchangedLooks: 0, untilMs: NOW_MS + 2_000 }],
  ])('S-21: %s', (_, sentAtMs, step) => {
    expect(looked(5, 0, { sentAtMs })).toMatchObject({ kind: 'wait', ...step })
    expect(looked(99, 0, { sentAtMs })).toMatchObject({ kind: 'wait' })
  })

  test('S-21: not where nobody knows when it was sent, however short the settling time', () => {
    for (const sentAtMs of [null, NOW_MS + 1])
      expect(looked(99, 0, { sentAtMs }, 0)).toMatchObject({ kind: 'wait' })
    expect(looked(99, 0, {}, 0)).toMatchObject({ kind: 'send' })
  })

  test('L-03: and is a person’s once no answer could be read for a day', () => {
    expect(next({ createdAtMs: NOW_MS - DAY_MS }, paid)).toEqual({
      kind: 'person',
      why: 'no answer of the gateway could be read for a day',
    })
    expect(next({ createdAtMs: NOW_MS - DAY_MS + 1 }, paid)).toMatchObject({ kind: 'wait' })
  })
})

describe('M-23: a cancel that was accepted', () => {
  const accepted = { state: 'accepted', cause: 'shop', amount: 400 } as const

  test('is done once as much is gone as was asked, whatever reason stands beside it', () => {
    const since = { ...accepted, cancelledBefore: 400 }
    expect(next(since, back('kept', [400, null], [400, null]))).toEqual({ kind: 'done' })
    expect(next(since, back('kept', [400, null], [399, null]))).toMatchObject({ kind: 'wait' })
  })

  test('is looked for anew each time: nothing is counted', () => {
    expect(next({ ...accepted, cancelledBefore: 7, unchangedLooks: 5 }, paid, 60_001)).toEqual({
      kind: 'wait',
      unchangedLooks: 0,
      cancelledBefore: 7,
      untilMs: NOW_MS + 60_001 + 30_001,
    })
    expect(next({ ...accepted, sentAtMs: null }, paid)).toMatchObject({ untilMs: NOW_MS + 2_000 })
    expect(next(accepted, paid, 10 * HOUR_MS)).toMatchObject({ untilMs: NOW_MS + 11 * HOUR_MS })
  })

  test('L-03: is a person’s a day after it was sent, or after its first try', () => {
    const person = {
      kind: 'person',
      why: 'the gateway accepted it, and a day later its record shows nothing of it',
    }
    expect(next({ ...accepted, refusals: 9 }, paid, DAY_MS)).toEqual(person)
    expect(next({ ...accepted, refusals: 9 }, paid, DAY_MS - 1)).toMatchObject({ kind: 'wait' })
    const old = { ...accepted, createdAtMs: NOW_MS - 23 * HOUR_MS }
    expect(next(old, paid, HOUR_MS)).toEqual(person)
    expect(next({ ...old, createdAtMs: old.createdAtMs + 1 }, paid, HOUR_MS)).toMatchObject({ kind: 'wait' })
    expect(next({ ...old, createdAtMs: NOW_MS - DAY_MS }, paid, HOUR_MS - 1)).toMatchObject({ kind: 'wait' })
  })
})

describe('what is executed', () => {
  test('V-05: an account is closed once it waits for no deposit', () => {
    const close = { cause: 'account', amount: 0, state: 'requested' } as const
    expect(next(close, held(account()))).toMatchObject({ kind: 'send' })
    for (const status of ['failed', 'paid'] as const)
      expect(next(close, held({ status }))).toEqual({ kind: 'done' })
  })

  test('money that never came has not gone back', () => {
    expect(next({ state: 'requested' }, held({ status: 'ready' }))).toMatchObject({ kind: 'send' })
  })
})

test.each<[Cancelling['state'], number, boolean]>([
  ['over', 0, true],
  ['refused', 4, true],
  ['refused', 3, false],
  ['accepted', 4, false],
  ['unknown', 9, false],
])('L-03: a person is called for what is %s after %d refusals: %s', (state, refusals, expected) => {
  expect(needsPerson({ state, refusals })).toBe(expected)
})

describe('M-27: the words of a refusal', () => {
  test.each([
    '정산 한도 초과',
    '[8178] 취소 대금 부족',
    '은행 점검 중',
    '업무 시간 외',
    '업무시간 외',
    '잠시 후 다시',
    '잠시후 다시',
    '일시적 오류',
    'Maintenance',
    'temporarily unavailable',
    'Please TRY AGAIN',
  ])('«%s» can pass, also beside a word that says it cannot: it is asked again', (text) => {
    for (const told of [text, `취소 불가: ${text}`])
      expect(afterRefusal(1, told, 0)).toEqual({ delayMs: HOUR_MS, needsPerson: false })
  })

  test.each([
    '이월 거래',
    '익월 취소',
    '[500667]',
    '취소 불가',
    '취소불가',
    '처리 불가능',
    '취소 기간 경과',
    '취소 기간이 초과',
    '기간경과',
    '8133',
    '8023',
    '500626',
    '8036',
    '-710',
    '이미 전액취소된 거래',
    'Amount is BIGGER THAN what is left',
  ])('«%s» cannot: a person is called, and it is asked no more', (text) => {
    expect(afterRefusal(1, text, 0)).toEqual({ delayMs: null, needsPerson: true })
  })

  test('each try waits longer than the one before, and the last week a day', () => {
    const delays = Array.from({ length: 11 }, (_, made) => afterRefusal(made + 1, 'x', 0).delayMs)
    const hours = [1, 3, 6, 12, 24, 24, 24, 24, 24, 24]
    expect(delays).toEqual([...hours.map((each) => each * HOUR_MS), null])
  })

  test('L-03: a person is called when the next try would come a day after the first', () => {
    expect(afterRefusal(1, 'x', 23 * HOUR_MS).needsPerson).toBe(true)
    expect(afterRefusal(1, 'x', 23 * HOUR_MS - 1).needsPerson).toBe(false)
  })
})
