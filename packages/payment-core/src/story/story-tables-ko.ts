import type { FailReason } from '../payment/fail-reason.ts'
import type { NoticeType } from '../notice/notice.ts'
import type { OrderStatus } from '../order/order.ts'
import type { ReviewAction, ReviewReason } from '../review/review.ts'
import type { StoryDoor, StoryOutcome, StorySaid, StoryWhy } from './story.ts'

export const failsKo = {
  closed_by_customer: '고객이 결제창을 닫았습니다',
  limit: '카드나 계좌의 한도를 넘었습니다',
  balance: '잔액이 모자랍니다',
  card_details: '카드 정보가 맞지 않습니다',
  card_stopped: '쓸 수 없는 카드입니다',
  already_paid: '전에 결제된 주문번호입니다',
  window_not_opened: '결제창이 열리지 않았습니다',
  gateway_trouble: '결제사 쪽 문제입니다',
  not_completed: '끝까지 진행되지 않았습니다',
  unknown: '이유를 알 수 없습니다',
} satisfies Record<FailReason, string>

export const statusKo = {
  open: '아직 결제되지 않음',
  awaiting_deposit: '입금 대기',
  paid: '결제 완료',
  partially_cancelled: '결제 완료, 일부 환불',
  cancelled: '전액 환불',
  expired: '만료',
} satisfies Record<OrderStatus, string>

export const doorsKo = {
  return: '고객이 돌아와서',
  webhook: '결제사 이름의 알림이 와서',
  visit: '누군가 결과 화면을 열어서',
  list: '결제사의 변경 목록에 있어서',
  timer: '다시 볼 때가 되어서',
  refund: '환불할 돈이 있어서',
  person: '쇼핑몰에서 요청해서',
} satisfies Record<StoryDoor, string>

export const saidKo = {
  success: '‘결제 성공’',
  failure: '‘결제 실패’',
  nothing: '결과 없음',
  ready: '‘결제 시작 또는 가상계좌 발급’',
  paid: '‘결제됨’',
  failed: '‘결제 실패’',
  cancelled: '‘취소됨’',
  other: '알 수 없는 말',
} satisfies Record<StorySaid, string>

export const whysKo = {
  amount: '주문과 금액이 다릅니다',
  currency: '주문과 통화가 다릅니다',
  channel: '테스트 결제라서 실제 돈이 아닙니다',
  expired: '주문이 이미 만료되었습니다',
  closed: '쇼핑몰이 이미 주문을 닫았습니다',
  surplus: '이 주문은 이미 결제되었습니다',
} satisfies Record<StoryWhy, string>

export const outcomesKo = {
  sent: '결제사에 보냈습니다. 답은 기록되지 않았습니다.',
  accepted: '결제사에 보냈고, 결제사가 접수했습니다.',
  unanswered:
    '결제사에 보냈지만 답이 오지 않았습니다. 처리되었는지 알 수 없으므로, 다시 보내기 전에 먼저 확인합니다.',
  not_sent: '보내지 못했습니다. 다시 시도합니다.',
  refused: '결제사가 거절했습니다.',
} satisfies Record<StoryOutcome, string>

export const reasonsKo = {
  contradiction: '결제사의 기록이 서로 모순됩니다',
  bad_money: '결제사 기록의 금액을 읽을 수 없습니다',
  rejected: '주문과 맞지 않는 돈이 들어왔습니다',
  surplus: '이미 결제된 주문에 돈이 한 번 더 들어왔습니다',
  late: '만료되었거나 닫힌 주문에 돈이 들어왔습니다',
  orphan: '등록되지 않은 주문번호로 돈이 들어왔습니다',
  cancel_failed: '돌려주어야 할 돈이 돌아가지 않고 있습니다',
  predates_order: '주문을 등록하기 전에 시작된 결제입니다 (전에 쓰인 주문번호로 보입니다)',
  amount_conflict: '이 주문번호에 정해 둔 금액과 다른 돈이 들어왔습니다',
  discounted: '결제 금액에 결제사 할인을 더해야 주문 금액이 됩니다',
  undated: '결제한 때를 결제사가 알려 주지 않습니다',
  disputed: '고객이 카드사나 PG에 이의를 제기했습니다',
  returned_more: '요청한 것보다 많은 돈이 돌아갔습니다',
} satisfies Record<ReviewReason, string>

export const actionsKo = {
  accept: '이 주문의 결제로 받기',
  return: '돈을 돌려주기',
  retry: '거절된 환불을 다시 보내기',
  dismiss: '그대로 두기',
} satisfies Record<ReviewAction, string>

export const noticesKo = {
  'payment.paid': '주문 결제 완료',
  'payment.awaiting_deposit': '가상계좌 입금 대기',
  'payment.failed': '결제 시도 실패',
  'payment.partially_cancelled': '일부 환불됨',
  'payment.cancelled': '전액 환불됨',
  'payment.rejected': '받지 않는 돈이 들어옴',
  'payment.surplus': '두 번째 결제가 들어옴',
  'payment.returned': '받지 않은 돈을 돌려줌',
  'order.expired': '주문 만료',
  'order.closed': '주문 닫음',
  'order.review': '사람의 확인이 필요함',
  'order.review_ended': '사람의 확인이 끝남',
} satisfies Record<NoticeType, string>

export const fieldsKo: Readonly<Record<string, string>> = {
  name: '이름',
  expiresAt: '기한',
  taxFree: '면세 금액',
  vat: '부가세',
  reference: '참조',
  returnTo: '돌아갈 주소',
}
