import type { AskProblem } from './api.ts'
import type { Line, Phrase } from './language.ts'

/** The sentences of the demo shop. The server sends product names and descriptions. */

export const shop = {
  name: { ko: '뭍 상점', en: 'The Landfall Shop' },
  heading: { ko: '천천히 만든 물건들', en: 'Slowly made things' },
  lead: {
    ko: '바람과 물을 따라 뭍에 닿았어요.',
    en: 'Carried ashore by wind and water.',
  },
  protocol: { ko: '결제 연동 방식', en: 'Payment protocol' },
  buy: { ko: '구매하기', en: 'Buy now' },
  demo: {
    ko: '여기는 체험용 쇼핑몰이에요. 실제로 결제되거나 배송되지 않아요.',
    en: 'This is a demo shop. Nothing is really charged or shipped.',
  },
  loading: { ko: '상품을 불러오고 있어요', en: 'Loading the products' },
  reload: { ko: '다시 불러오기', en: 'Load again' },
  opening: { ko: '결제창을 열고 있어요…', en: 'Opening the payment window…' },
  settling: { ko: '결제 결과를 확인하고 있어요…', en: 'Checking the result of your payment…' },
} satisfies Record<string, Line>

export const retry = {
  heading: { ko: '같은 주문을 다시 결제해요', en: 'Pay for the same order again' },
  lead: {
    ko: '주문은 그대로 있어요. 결제만 다시 하면 돼요.',
    en: 'Your order is still here. Only the payment is left.',
  },
  finding: { ko: '주문을 찾고 있어요', en: 'Looking for your order' },
  others: { ko: '다른 상품 보기', en: 'See other products' },
} satisfies Record<string, Line>
export const payAmount: Phrase = { ko: (sum) => `${sum} 결제하기`, en: (sum) => `Pay ${sum}` }

export type ShopProblem = AskProblem | 'window'
/** Why the server or the window did not begin a payment. Why a payment failed is in `copy.ts`. */
export const problems = {
  offline: {
    ko: '연결이 끊긴 것 같아요. 인터넷을 확인하고 다시 눌러 주세요. 결제는 시작되지 않았어요.',
    en: 'You seem to be offline. Please check your connection and try again. No payment was started.',
  },
  refused: {
    ko: '이 주문은 지금 결제할 수 없어요. 이미 결제됐거나 기한이 지났을 수 있어요.',
    en: 'This order can’t be paid right now. It may already be paid, or its time may have passed.',
  },
  trouble: {
    ko: '쇼핑몰에 잠시 문제가 생겼어요. 조금 뒤에 다시 눌러 주세요. 결제는 시작되지 않았어요.',
    en: 'The shop is having a problem. Please try again in a moment. No payment was started.',
  },
  window: {
    ko: '결제창을 불러오지 못했어요. 광고 차단 기능이 켜져 있다면 끄고 다시 눌러 주세요. 결제는 시작되지 않았어요.',
    en: 'The payment window could not be loaded. If a content blocker is on, turn it off and try again. No payment was started.',
  },
} satisfies Record<ShopProblem, Line>
