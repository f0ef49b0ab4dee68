/** Sentences for the codes of `contradictionOf`. */
const contradictions: ReadonlyArray<readonly [code: string, en: string, ko: string]> = [
  ['amount_changed', 'it names another amount than before', '전과 다른 금액을 말합니다'],
  ['currency_changed', 'it names another currency than before', '전과 다른 통화를 말합니다'],
  [
    'cancelled_without_money',
    'it names a return of money that never came',
    '받은 적 없는 돈을 돌려주었다고 합니다',
  ],
  [
    'cancels_do_not_add_up',
    'its returns do not add up to the sum it names',
    '취소 내역의 합이 취소 금액과 다릅니다',
  ],
  ['cancelled_more_than_paid', 'it names more returned than paid', '낸 돈보다 많이 돌려주었다고 합니다'],
  [
    'unexplained_deposit',
    'more was paid into its account than it explains',
    '가상계좌에 설명되지 않는 입금이 있습니다',
  ],
  ['cancelled_without_amount', 'it is returned, and names no sum', '취소되었다면서 금액이 없습니다'],
  ['order_changed', 'it names another order than before', '전과 다른 주문번호를 말합니다'],
  [
    'channel_changed',
    'it was live, and is now of a test channel',
    '실결제였다가 이제는 테스트 결제라고 합니다',
  ],
  ['status_went_back', 'it took back what it had said', '전에 한 말을 되돌렸습니다'],
  ['cancelled_amount_shrank', 'less is returned than it had said before', '돌려준 금액이 전보다 줄었습니다'],
  ['cancels_vanished', 'a return that it had named is gone', '전에 있던 취소 내역이 사라졌습니다'],
]

export const contradictionsEn: Readonly<Record<string, string>> = Object.fromEntries(
  contradictions.map(([code, en]) => [code, en]),
)
export const contradictionsKo: Readonly<Record<string, string>> = Object.fromEntries(
  contradictions.map(([code, , ko]) => [code, ko]),
)
