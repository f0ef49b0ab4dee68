import type { Screen } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { checking } from '../checking-copy.ts'
import * as copy from '../copy.ts'
import { rows } from '../labels.ts'
import { languages, type Language } from '../language.ts'
import { factsOf } from '../parts/facts-of.ts'
import { screenTextOf } from '../parts/screen-text.ts'
import { samples } from '../../testing/screen-samples.ts'

/** The full text of the screens whose payment is not settled, in both languages. */
const said = (screen: Screen, language: Language): readonly string[] => {
  const { heading, lead, points } = screenTextOf(screen, language)
  return [heading, lead, ...points]
}
const labelsOf = (screen: Screen, language: Language): string[] =>
  factsOf(screen, language, { nowMs: 0, zone: null }).map(({ label }) => label)

type Row = readonly [id: string, sample: keyof typeof samples, ko: readonly string[], en: readonly string[]]
const sentences: readonly Row[] = [
  [
    'V-11: after the deadline the page asks not to pay into the account',
    'checking_deposit_overdue',
    [
      '입금 기한이 지났어요',
      '안내받은 계좌로는 이제 입금하지 말아 주세요. 기한 안에 입금하셨다면 확인되는 대로 이 화면이 바뀌어요.',
    ],
    [
      'The time for the deposit is over',
      'Please don’t send money to that account any more. If you paid in time, this page changes as soon as we see it.',
    ],
  ],
  [
    'S-22: a review says that the shop has been told, not that somebody is already looking',
    'checking_review',
    [
      '쇼핑몰에서 결제를 확인해야 해요',
      '결제 내용을 쇼핑몰에 알렸어요. 쇼핑몰이 확인하면 이 화면이 바뀌어요. 그동안 다시 결제하지 말아 주세요.',
    ],
    [
      'The shop needs to check your payment',
      'We’ve told the shop about your payment. This page changes once the shop has checked it. Please don’t pay again in the meantime.',
    ],
  ],
  [
    'S-22: a second payment is being refunded',
    'paid_twice',
    [
      '결제가 완료됐어요',
      '주문해 주셔서 고마워요.',
      '이 주문에 더 결제된 금액이 14,000원 있어서 돌려드리고 있어요.',
    ],
    [
      'Payment complete',
      'Thank you for your order.',
      'The extra ₩14,000 paid for this order is on its way back to you.',
    ],
  ],
  [
    'S-22: a second payment that a person must refund gets no promise',
    'paid_twice_with_shop',
    [
      '결제가 완료됐어요',
      '주문해 주셔서 고마워요.',
      '이 주문에 더 결제된 금액이 14,000원 있어서 쇼핑몰에 알렸어요. 환불은 쇼핑몰이 직접 처리해야 해요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.',
    ],
    [
      'Payment complete',
      'Thank you for your order.',
      'An extra ₩14,000 was paid for this order, and we’ve told the shop. A person there has to refund it: you can give them your order number.',
    ],
  ],
  [
    'G-21: an account without a number',
    'awaiting_deposit_no_number',
    [
      '입금을 기다리고 있어요',
      '아직 결제가 끝나지 않았어요. 안내받은 계좌로 기한 안에 입금하면 결제가 완료돼요.',
    ],
    [
      'Waiting for your deposit',
      'Your payment isn’t finished yet. Send the amount to the account you were given, before the deadline.',
    ],
  ],
  [
    'a card over its limit',
    'failed_limit',
    [
      '결제가 완료되지 않았어요',
      '카드나 계좌의 이용 한도를 넘는 금액이라 승인되지 않았어요. 다른 결제 수단으로 결제하거나 카드사에 한도를 확인해 보세요.',
      '지금까지 확인된 결제 금액은 없어요.',
    ],
    [
      'Your payment didn’t go through',
      'The amount is over the limit of the card or account. You can pay another way, or ask your card company about the limit.',
      'As far as we can see, no money has been taken.',
    ],
  ],
  [
    'a balance below the amount',
    'failed_balance',
    [
      '결제가 완료되지 않았어요',
      '잔액이 결제 금액보다 적어 승인되지 않았어요. 잔액을 채우거나 다른 결제 수단으로 결제해 보세요.',
      '지금까지 확인된 결제 금액은 없어요.',
    ],
    [
      'Your payment didn’t go through',
      'The balance doesn’t cover the amount. You can top it up, or pay another way.',
      'As far as we can see, no money has been taken.',
    ],
  ],
  [
    'card details that do not match',
    'failed_card_details',
    [
      '결제가 완료되지 않았어요',
      '카드 정보가 맞지 않아 승인되지 않았어요. 카드 번호, 유효기간, 비밀번호를 한 번 더 확인해 주세요.',
      '지금까지 확인된 결제 금액은 없어요.',
    ],
    [
      'Your payment didn’t go through',
      'The card details didn’t match. Please check the card number, expiry date and password once more.',
      'As far as we can see, no money has been taken.',
    ],
  ],
  [
    'a card that its company has stopped',
    'failed_card_stopped',
    [
      '결제가 완료되지 않았어요',
      '지금은 이 카드를 쓸 수 없다고 카드사가 알려 왔어요. 다른 결제 수단으로 결제하거나 카드사에 문의해 주세요.',
      '지금까지 확인된 결제 금액은 없어요.',
    ],
    [
      'Your payment didn’t go through',
      'The card company says this card can’t be used right now. You can pay another way, or ask your card company.',
      'As far as we can see, no money has been taken.',
    ],
  ],
  [
    'a refusal without a reason that we know',
    'failed_unknown',
    [
      '결제가 완료되지 않았어요',
      '결제사에서 승인되지 않았어요. 다른 결제 수단으로 결제하거나 카드사에 문의해 보세요.',
      '지금까지 확인된 결제 금액은 없어요.',
    ],
    [
      'Your payment didn’t go through',
      'The payment company didn’t approve the payment. You can pay another way, or ask your card company.',
      'As far as we can see, no money has been taken.',
    ],
  ],
  [
    'M-32: an order number that was paid before needs a new order',
    'failed_number_spent',
    [
      '결제가 완료되지 않았어요',
      '이번 결제에서 확인된 금액은 없어요.',
      '이 주문번호로는 더 결제할 수 없어요. 구매하시려면 쇼핑몰에서 새로 주문해 주세요.',
    ],
    [
      'Your payment didn’t go through',
      'As far as we can see, nothing was paid this time.',
      'This order number can’t be paid any more. If you still want to buy, please place a new order at the shop.',
    ],
  ],
  [
    'M-32, S-22: a customer who paid is neither told to order again nor told that nothing was taken',
    'failed_already_paid',
    [
      '이 주문번호로는 결제할 수 없어요',
      '이미 결제된 적이 있는 주문번호라고 결제사가 알려 왔어요.',
      '결제하셨는데 확인되지 않는다면, 다시 결제하지 말고 쇼핑몰에 주문번호를 알려 주세요.',
      '결제하지 않으셨거나 이미 환불받으셨다면, 쇼핑몰에서 새로 주문해 주세요.',
    ],
    [
      'This order number can’t be paid again',
      'The payment company says it has been paid before.',
      'If you paid and can’t see it here, please don’t pay again: give the shop your order number.',
      'If you didn’t pay, or have your money back, please place a new order at the shop.',
    ],
  ],
  [
    'M-32: a rejected payment is refunded, and the order needs a new number',
    'cancelled_rejected',
    [
      '결제를 취소하고 환불했어요',
      '결제된 내용이 주문과 달라서 받지 않았어요. 주문은 결제되지 않았어요.',
      '이 주문번호로는 더 결제할 수 없어요. 구매하시려면 쇼핑몰에서 새로 주문해 주세요.',
    ],
    [
      'We cancelled that payment and refunded it',
      'What was paid didn’t match the order, so we didn’t accept it. The order itself isn’t paid.',
      'This order number can’t be paid any more. If you still want to buy, please place a new order at the shop.',
    ],
  ],
  [
    'R-26: a customer who paid for an expired order is told to ask the shop first',
    'expired',
    [
      '결제 기한이 지났어요',
      '기한까지 결제가 확인되지 않아 주문이 끝났어요. 필요하시면 쇼핑몰에서 새로 주문해 주세요.',
      '이미 결제하셨다면 새로 주문하기 전에 쇼핑몰에 주문번호를 알려 주세요.',
    ],
    [
      'The time to pay has passed',
      'No payment was seen before the deadline, so this order has ended. You can place a new one at the shop.',
      'If you have already paid, please give the shop your order number before you order again.',
    ],
  ],
  [
    'M-31: a closed order asks for nothing and promises no refund of an unseen payment',
    'expired_closed',
    [
      '쇼핑몰에서 주문을 취소했어요',
      '결제하지 않으셔도 돼요. 안내받은 계좌가 있다면 이제 입금하지 말아 주세요.',
      '이미 결제하셨다면 확인되는 대로 돌려드리거나 쇼핑몰에 알릴게요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.',
    ],
    [
      'The shop has cancelled this order',
      'There’s nothing to pay. If you were given an account, please don’t send money to it any more.',
      'If you have already paid, we’ll return the money or tell the shop as soon as we see your payment. You can also give the shop your order number.',
    ],
  ],
  [
    'S-22: a refund in progress asks nothing of the customer',
    'returning',
    ['결제 금액을 돌려드리고 있어요', '결제된 내용이 주문과 달라서 받지 않았어요. 따로 하실 일은 없어요.'],
    [
      'We’re returning your money',
      'What was paid didn’t match the order, so we didn’t accept it. You don’t need to do anything.',
    ],
  ],
  [
    'S-22: a refund by a person is described as such',
    'returning_by_shop',
    [
      '돌려드릴 금액이 있다고 쇼핑몰에 알렸어요',
      '결제된 내용이 주문과 달라서 받지 않았어요. 자동으로 환불되지 않아서 쇼핑몰이 직접 처리해야 해요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.',
    ],
    [
      'We’ve told the shop to return your money',
      'What was paid didn’t match the order, so we didn’t accept it. Your money couldn’t be refunded automatically, so a person at the shop has to see to it. You can give them your order number.',
    ],
  ],
]

test.each(sentences)('%s', (_, name, ko, en) => {
  expect(said(samples[name], 'ko')).toEqual(ko)
  expect(said(samples[name], 'en')).toEqual(en)
})

describe.each(languages)('in %s', (language) => {
  const named = Object.entries<Screen>(samples)
  const payAgain = {
    ko: /다시 결제(?:해|할 수)|다른 결제 수단으로/,
    en: /(?:can|try to) pay|try again|pay another way/i,
  }

  test('S-22, R-25, M-32: only a failed screen with an unpaid order number suggests paying again', () => {
    for (const [name, screen] of named) {
      const text = said(screen, language).join(' ')
      if (screen.kind !== 'failed' || !screen.tryAgain)
        expect([name, text]).not.toEqual([name, expect.stringMatching(payAgain[language])])
    }
    expect(said(samples.failed, language).join(' ')).toMatch(payAgain[language])
  })

  test('R-25: while another payment of the order may still succeed, the page says neither failed nor that nothing was taken', () => {
    for (const because of ['confirming', 'not_started', 'deposit_overdue', 'review'] as const) {
      const text = said({ ...samples.checking, because }, language)
      expect(text).toEqual([checking[because].heading[language], checking[because].lead[language]])
      expect(text).not.toContain(copy.nothingTaken[language])
    }
  })

  test('M-32: for every reason but «already paid», a paid order number tells the customer to order again', () => {
    for (const [name, screen] of named) {
      if (screen.kind !== 'failed' || screen.reason === 'already_paid') continue
      const spent = said({ ...screen, tryAgain: false, orderAnew: true }, language)
      expect([name, ...spent]).toContain(copy.orderAnew[language])
      expect([name, ...spent]).not.toContain(copy.failed[screen.reason][language])
    }
  })

  test('S-22: when a person must act, no screen gives a refund date or says that the customer need do nothing', () => {
    for (const because of ['rejected', 'surplus', 'late'] as const) {
      const withShop: Screen = { ...samples.returning_by_shop, because }
      expect(labelsOf(withShop, language)).toContain(rows.returningAmount[language])
      expect(labelsOf(withShop, language)).not.toContain(rows.when[language])
      expect(said(withShop, language).join(' ')).toContain(copy.returning[because][language])
      expect(said(withShop, language).join(' ')).not.toContain(copy.nothingToDo[language])
      expect(labelsOf({ ...withShop, isOnItsWay: true }, language)).toContain(rows.when[language])
    }
  })

  test('M-31: no screen gives the deadline as the reason when the shop may have closed the order', () => {
    for (const screen of [samples.returning_late, samples.cancelled_late, samples.expired_closed])
      expect(said(screen, language).join(' ')).not.toMatch(/기한|expired|deadline|the time/i)
  })

  test('V-11: after the deadline the page shows no account', () => {
    const labels = labelsOf(samples.checking_deposit_overdue, language)
    for (const row of [rows.account, rows.bank, rows.depositAmount, rows.due])
      expect(labels).not.toContain(row[language])
  })
})
