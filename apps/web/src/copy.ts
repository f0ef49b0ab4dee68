import type { FailReason, Screen, ScreenKind } from '@landfall/payment-core'
import type { Language, Line, Phrase } from './language.ts'

/**
 * The sentences of the completion page, by kind, in every language. `checking-copy.ts` has those of *checking*, `deposit-copy.ts` those of
 * a virtual account, and `shop-copy.ts` those of the shop.
 */

type Of<K extends ScreenKind> = Extract<Screen, { kind: K }>
type Because<K extends 'cancelled' | 'expired' | 'returning'> = Of<K>['because']
/** The heading states the outcome. The lead explains it and says what to do next. */
export type Told = { readonly heading: Line; readonly lead: Line }

export const paid = {
  heading: { ko: '결제가 완료됐어요', en: 'Payment complete' },
  lead: { ko: '주문해 주셔서 고마워요.', en: 'Thank you for your order.' },
} satisfies Told
// No Korean particle may follow an amount: its form depends on how the currency is read.
export const goesBack = {
  ko: (sum) => `이 주문에 더 결제된 금액이 ${sum} 있어서 돌려드리고 있어요.`,
  en: (sum) => `The extra ${sum} paid for this order is on its way back to you.`,
} satisfies Phrase
/** No refund has started, so the sentence says only that the shop knows. */
export const withShop = {
  ko: (sum) =>
    `이 주문에 더 결제된 금액이 ${sum} 있어서 쇼핑몰에 알렸어요. 환불은 쇼핑몰이 직접 처리해야 해요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.`,
  en: (sum) =>
    `An extra ${sum} was paid for this order, and we’ve told the shop. A person there has to refund it: you can give them your order number.`,
} satisfies Phrase

export const awaitingDeposit = {
  heading: { ko: '입금을 기다리고 있어요', en: 'Waiting for your deposit' },
  lead: {
    ko: '아직 결제가 끝나지 않았어요. 아래 계좌로 기한 안에 입금하면 결제가 완료돼요.',
    en: 'Your payment isn’t finished yet. Send the amount below to this account before the deadline.',
  },
} satisfies Told
export const awaitingDepositWithheld: Line = {
  ko: '아직 결제가 끝나지 않았어요. 안내받은 계좌로 기한 안에 입금하면 결제가 완료돼요.',
  en: 'Your payment isn’t finished yet. Send the amount to the account you were given, before the deadline.',
}

export const failedHeading: Line = { ko: '결제가 완료되지 않았어요', en: 'Your payment didn’t go through' }
/** The sentence is limited to this payment, because an earlier payment of the order may have been paid. */
export const alreadyPaidHeading: Line = {
  ko: '이 주문번호로는 결제할 수 없어요',
  en: 'This order number can’t be paid again',
}
/** Why a payment failed, by the reasons of the core's `fail-reason.ts`. A card is refused by `limit`, `balance`, `card_details`, `card_stopped` or `unknown`. Staff read the words of the core's `story-tables-*.ts`. */
export const failed = {
  closed_by_customer: {
    ko: '결제창이 닫혀서 결제가 진행되지 않았어요. 원하실 때 다시 결제할 수 있어요.',
    en: 'The payment window was closed before the payment finished. You can pay again whenever you like.',
  },
  limit: {
    ko: '카드나 계좌의 이용 한도를 넘는 금액이라 승인되지 않았어요. 다른 결제 수단으로 결제하거나 카드사에 한도를 확인해 보세요.',
    en: 'The amount is over the limit of the card or account. You can pay another way, or ask your card company about the limit.',
  },
  balance: {
    ko: '잔액이 결제 금액보다 적어 승인되지 않았어요. 잔액을 채우거나 다른 결제 수단으로 결제해 보세요.',
    en: 'The balance doesn’t cover the amount. You can top it up, or pay another way.',
  },
  card_details: {
    ko: '카드 정보가 맞지 않아 승인되지 않았어요. 카드 번호, 유효기간, 비밀번호를 한 번 더 확인해 주세요.',
    en: 'The card details didn’t match. Please check the card number, expiry date and password once more.',
  },
  card_stopped: {
    ko: '지금은 이 카드를 쓸 수 없다고 카드사가 알려 왔어요. 다른 결제 수단으로 결제하거나 카드사에 문의해 주세요.',
    en: 'The card company says this card can’t be used right now. You can pay another way, or ask your card company.',
  },
  already_paid: {
    ko: '이미 결제된 적이 있는 주문번호라고 결제사가 알려 왔어요.',
    en: 'The payment company says it has been paid before.',
  },
  window_not_opened: {
    ko: '결제창이 열리지 않았어요. 잠시 뒤에도 그대로면 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'The payment window couldn’t be opened. If it happens again, please tell the shop your order number.',
  },
  gateway_trouble: {
    ko: '결제사 쪽에 문제가 있어 결제가 진행되지 않았어요. 잠시 뒤에 다시 결제해 보세요.',
    en: 'Something went wrong at the payment company. Please try again in a little while.',
  },
  not_completed: {
    ko: '결제가 끝까지 진행되지 않았어요. 나중에라도 결제가 확인되면 이 화면이 바뀌어요.',
    en: 'The payment wasn’t finished. If it turns up later after all, this page will change.',
  },
  unknown: {
    ko: '결제사에서 승인되지 않았어요. 다른 결제 수단으로 결제하거나 카드사에 문의해 보세요.',
    en: 'The payment company didn’t approve the payment. You can pay another way, or ask your card company.',
  },
} satisfies Record<FailReason, Line>
/** The gateway refuses an order number that was ever paid, so *pay again* would fail (M-32). */
export const orderAnew: Line = {
  ko: '이 주문번호로는 더 결제할 수 없어요. 구매하시려면 쇼핑몰에서 새로 주문해 주세요.',
  en: 'This order number can’t be paid any more. If you still want to buy, please place a new order at the shop.',
}
/** The gateway reports a payment that the record may not contain. A customer who paid must not be told to order again. */
export const askBeforeOrderingAnew = [
  {
    ko: '결제하셨는데 확인되지 않는다면, 다시 결제하지 말고 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'If you paid and can’t see it here, please don’t pay again: give the shop your order number.',
  },
  {
    ko: '결제하지 않으셨거나 이미 환불받으셨다면, 쇼핑몰에서 새로 주문해 주세요.',
    en: 'If you didn’t pay, or have your money back, please place a new order at the shop.',
  },
] satisfies readonly Line[]
export const failedForGood: Line = {
  ko: '이번 결제에서 확인된 금액은 없어요.',
  en: 'As far as we can see, nothing was paid this time.',
}
export const nothingTaken: Line = {
  ko: '지금까지 확인된 결제 금액은 없어요.',
  en: 'As far as we can see, no money has been taken.',
}
export const gatewaySays: Line = { ko: '결제사의 안내', en: 'From the payment company' }

export const partiallyCancelled = {
  heading: { ko: '결제 금액 일부가 취소됐어요', en: 'Part of your payment was cancelled' },
  lead: {
    ko: '취소된 금액은 결제하신 수단으로 돌아가요.',
    en: 'The cancelled part goes back the way you paid.',
  },
} satisfies Told

export const cancelled = {
  order: {
    heading: { ko: '결제가 취소됐어요', en: 'Your payment was cancelled' },
    lead: { ko: '결제 금액은 결제하신 수단으로 돌아가요.', en: 'The money goes back the way you paid.' },
  },
  rejected: {
    heading: { ko: '결제를 취소하고 환불했어요', en: 'We cancelled that payment and refunded it' },
    lead: {
      ko: '결제된 내용이 주문과 달라서 받지 않았어요. 주문은 결제되지 않았어요.',
      en: 'What was paid didn’t match the order, so we didn’t accept it. The order itself isn’t paid.',
    },
  },
  surplus: {
    heading: { ko: '중복 결제를 취소하고 환불했어요', en: 'We cancelled the second payment and refunded it' },
    lead: { ko: '이 주문에 한 번 더 결제된 금액이에요.', en: 'This order had been paid more than once.' },
  },
  late: {
    heading: { ko: '결제를 취소하고 환불했어요', en: 'We cancelled that payment and refunded it' },
    // This sentence must fit an expired order, a closed order, and a payment made just before either.
    lead: {
      ko: '결제가 확인됐을 때 이미 종료된 주문이라 받지 않았어요.',
      en: 'The order had already ended when we saw the payment, so we didn’t accept it.',
    },
  },
} satisfies Record<Because<'cancelled'>, Told>

export const expired = {
  deadline: {
    heading: { ko: '결제 기한이 지났어요', en: 'The time to pay has passed' },
    lead: {
      ko: '기한까지 결제가 확인되지 않아 주문이 끝났어요. 필요하시면 쇼핑몰에서 새로 주문해 주세요.',
      en: 'No payment was seen before the deadline, so this order has ended. You can place a new one at the shop.',
    },
  },
  closed: {
    heading: { ko: '쇼핑몰에서 주문을 취소했어요', en: 'The shop has cancelled this order' },
    lead: {
      ko: '결제하지 않으셔도 돼요. 안내받은 계좌가 있다면 이제 입금하지 말아 주세요.',
      en: 'There’s nothing to pay. If you were given an account, please don’t send money to it any more.',
    },
  },
} satisfies Record<Because<'expired'>, Told>
/** A deposit or an approval may still arrive. A customer who paid must not pay for a second order. */
export const expiredButPaid = {
  deadline: {
    ko: '이미 결제하셨다면 새로 주문하기 전에 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'If you have already paid, please give the shop your order number before you order again.',
  },
  // A refund starts only after Landfall sees the payment. The shop's policy then refunds it or leaves it to a person.
  closed: {
    ko: '이미 결제하셨다면 확인되는 대로 돌려드리거나 쇼핑몰에 알릴게요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'If you have already paid, we’ll return the money or tell the shop as soon as we see your payment. You can also give the shop your order number.',
  },
} satisfies Record<Because<'expired'>, Line>

export const returningHeading: Line = {
  ko: '결제 금액을 돌려드리고 있어요',
  en: 'We’re returning your money',
}
/** Why the payment is refunded. */
export const returning = {
  rejected: {
    ko: '결제된 내용이 주문과 달라서 받지 않았어요.',
    en: 'What was paid didn’t match the order, so we didn’t accept it.',
  },
  surplus: {
    ko: '이미 결제된 주문에 한 번 더 결제됐어요.',
    en: 'This order had already been paid.',
  },
  late: {
    ko: '결제가 확인됐을 때 이미 종료된 주문이었어요.',
    en: 'The order had already ended when we saw this payment.',
  },
} satisfies Record<Because<'returning'>, Line>
export const nothingToDo: Line = { ko: '따로 하실 일은 없어요.', en: 'You don’t need to do anything.' }

/** A person must refund the payment, so the sentence promises no date. */
export const returningByShop = {
  heading: {
    ko: '돌려드릴 금액이 있다고 쇼핑몰에 알렸어요',
    en: 'We’ve told the shop to return your money',
  },
  lead: {
    ko: '자동으로 환불되지 않아서 쇼핑몰이 직접 처리해야 해요. 궁금하시면 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'Your money couldn’t be refunded automatically, so a person at the shop has to see to it. You can give them your order number.',
  },
} satisfies Told

export const notFound = {
  heading: { ko: '결제 내역을 찾을 수 없어요', en: 'We can’t find this payment' },
  lead: {
    ko: '주소가 잘못됐거나 볼 수 있는 기간이 지났을 수 있어요. 결제하셨다면 쇼핑몰에 주문번호를 알려 주세요.',
    en: 'The address may be wrong or may have expired. If you did pay, please give the shop your order number.',
  },
} satisfies Told

/** Scope `outcome` hides rows. Without this sentence a customer could think that the payment is missing. */
export const withheld: Line = {
  ko: '개인정보를 지키기 위해 이 주소에서는 주문 내용과 금액을 보여 드리지 않아요.',
  en: 'To protect your privacy, this address doesn’t show what was ordered or how much was paid.',
}

export const trouble = {
  offline: {
    ko: '연결이 끊겨서 지금은 확인할 수 없어요. 연결되면 저절로 다시 확인할게요.',
    en: 'You seem to be offline, so we can’t check right now. We’ll check again once you’re connected.',
  },
  trouble: {
    ko: '지금은 확인이 잘 되지 않아요. 잠시 뒤 저절로 다시 확인할게요.',
    en: 'We can’t check right now. We’ll try again by ourselves in a moment.',
  },
} satisfies Record<'offline' | 'trouble', Line>
export const lastKnown: Line = {
  ko: '아래는 마지막으로 확인한 내용이에요.',
  en: 'Below is what we last knew.',
}

export const pageTitle: Record<Language, (heading: string) => string> = {
  ko: (heading) => `${heading} · 결제 결과`,
  en: (heading) => `${heading} · Payment result`,
}
