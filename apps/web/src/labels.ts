import type { Method } from '@landfall/payment-core'
import type { Line } from './language.ts'

/** The labels of rows, buttons and links, and the announcements for screen readers. */

export const rows = {
  order: { ko: '주문', en: 'Order' },
  amount: { ko: '결제 금액', en: 'Amount paid' },
  orderAmount: { ko: '주문 금액', en: 'Order amount' },
  method: { ko: '결제 수단', en: 'Paid with' },
  paidAt: { ko: '결제 시각', en: 'Paid at' },
  orderId: { ko: '주문번호', en: 'Order number' },
  bank: { ko: '은행', en: 'Bank' },
  account: { ko: '계좌번호', en: 'Account number' },
  holder: { ko: '예금주', en: 'Account holder' },
  depositAmount: { ko: '입금할 금액', en: 'Amount to send' },
  due: { ko: '입금 기한', en: 'Deposit by' },
  cancelledAmount: { ko: '취소된 금액', en: 'Cancelled' },
  balance: { ko: '남은 결제 금액', en: 'Still paid' },
  returningAmount: { ko: '돌려드릴 금액', en: 'Amount to return' },
  returnedAmount: { ko: '환불 금액', en: 'Amount refunded' },
  when: { ko: '돌려받는 시기', en: 'When' },
} satisfies Record<string, Line>

export const methods = {
  card: { ko: '카드', en: 'Card' },
  transfer: { ko: '계좌이체', en: 'Bank transfer' },
  virtual_account: { ko: '가상계좌', en: 'Virtual account' },
  phone: { ko: '휴대폰 결제', en: 'Phone bill' },
  easy_pay: { ko: '간편결제', en: 'Mobile wallet' },
  other: { ko: '그 밖의 결제 수단', en: 'Another method' },
} satisfies Record<Method, Line>

/** Wallet names by the gateway's codes. */
export const wallets: ReadonlyMap<string, Line> = new Map([
  ['kakaopay', { ko: '카카오페이', en: 'KakaoPay' }],
  ['naverpay', { ko: '네이버페이', en: 'Naver Pay' }],
  ['tosspay', { ko: '토스페이', en: 'Toss Pay' }],
  ['payco', { ko: '페이코', en: 'PAYCO' }],
  ['samsungpay', { ko: '삼성페이', en: 'Samsung Pay' }],
  ['smilepay', { ko: '스마일페이', en: 'SmilePay' }],
])

/** How long a refund usually takes. The sentences promise no date, because banks and card companies decide it. */
export const returnTimes = {
  card: {
    ko: '카드사에 따라 영업일 기준 3~5일쯤 걸릴 수 있어요',
    en: 'It may take about 3–5 business days, depending on your card company',
  },
  transfer: { ko: '은행에 따라 며칠 걸릴 수 있어요', en: 'It may take a few days, depending on your bank' },
  virtual_account: {
    ko: '환불받을 계좌를 쇼핑몰에서 여쭤볼 수 있어요. 은행에 따라 며칠 걸릴 수 있어요',
    en: 'The shop may ask which account to refund. It may take a few days, depending on your bank',
  },
  phone: {
    ko: '통신사에 따라 요금에 반영되기까지 시간이 걸릴 수 있어요',
    en: 'It may take a while to show on your phone bill',
  },
  easy_pay: {
    ko: '결제 수단에 따라 며칠 걸릴 수 있어요',
    en: 'It may take a few days, depending on how you paid',
  },
  other: {
    ko: '결제 수단에 따라 며칠 걸릴 수 있어요',
    en: 'It may take a few days, depending on how you paid',
  },
} satisfies Record<Method, Line>

export const actions = {
  receipt: { ko: '영수증 보기', en: 'View receipt' },
  tryAgain: { ko: '다시 결제하기', en: 'Pay again' },
  orderAnew: { ko: '쇼핑몰에서 새로 주문하기', en: 'Order again at the shop' },
  checkAgain: { ko: '다시 확인', en: 'Check again' },
  backToApp: { ko: '앱으로 돌아가기', en: 'Back to the app' },
  calendar: { ko: '캘린더에 마감 추가', en: 'Add deadline to calendar' },
  backToShop: { ko: '쇼핑몰로 돌아가기', en: 'Back to the shop' },
  contactShop: { ko: '쇼핑몰에 문의하기', en: 'Contact the shop' },
  copy: { ko: '복사', en: 'Copy' },
  copyAccount: { ko: '계좌번호 복사', en: 'Copy account number' },
  copyAmount: { ko: '입금할 금액 복사', en: 'Copy amount' },
} satisfies Record<string, Line>

export const spoken = {
  account: { ko: '계좌번호를 복사했어요', en: 'Account number copied' },
  amount: { ko: '입금할 금액을 복사했어요', en: 'Amount copied' },
  notCopied: {
    ko: '복사하지 못했어요. 길게 눌러 직접 복사해 주세요',
    en: 'Couldn’t copy. Please press and hold to copy it yourself',
  },
  unchanged: { ko: '다시 확인했어요. 아직 달라진 것은 없어요', en: 'Checked again. Nothing has changed yet' },
  busy: { ko: '확인하고 있어요', en: 'Checking' },
} satisfies Record<string, Line>

/** The page goes back to the shop by itself. */
export const forwarding: Line = {
  ko: '곧 쇼핑몰 페이지로 이동해요.',
  en: 'Taking you back to the shop.',
}

export const languageNames = { ko: '한국어', en: 'English' } as const
export const languageSwitch: Line = { ko: '언어', en: 'Language' }

export const unknownPage = {
  heading: { ko: '이 주소에는 아무것도 없어요', en: 'There is nothing at this address' },
  lead: {
    ko: '주소를 다시 확인해 주세요. 결제 중이었다면 결제 결과는 안전하게 남아 있어요.',
    en: 'Please check the address. If you were paying, the result of your payment is kept safe.',
  },
} satisfies Record<string, Line>
