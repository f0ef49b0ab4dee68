import type { StoryDoor } from './story.ts'
import { isLeftAlone } from '../review/review-ends.ts'
import { contradictionsKo } from './story-contradictions.ts'
import {
  actionsKo,
  doorsKo,
  failsKo,
  fieldsKo,
  noticesKo,
  outcomesKo,
  reasonsKo,
  saidKo,
  whysKo,
} from './story-tables-ko.ts'
import type { StoryLineOf, StorySay, StoryWords } from './story-sentence.ts'

// No particle follows an amount, an id or a quotation, because the particle depends on how they are read.

const by = (actor: string | null): string =>
  actor === null ? '' : ` (요청: ${actor.startsWith('key:') ? `쇼핑몰 키 ‘${actor.slice(4)}’` : actor})`
const of = (paymentId: string | null): string => (paymentId === null ? '결제' : `결제 ${paymentId}`)
const quoted = (text: string): string => (text === '' ? '' : ` “${text}”`)

const because = (given: readonly StoryDoor[]): string => given.map((door) => `${doorsKo[door]}, `).join('')

const again = (times: number, lastAt: number, say: StorySay): string =>
  times > 1 ? ` 모두 ${times}번, 마지막은 ${say.moment(lastAt)}.` : ''

function claim({ door, said: word, paymentId, times, lastAt }: StoryLineOf<'claim'>, say: StorySay): string {
  const often = again(times ?? 1, lastAt ?? 0, say)
  switch (door) {
    case 'return':
      return `(확인 전 주장) 고객의 브라우저가 이 주문의 링크로 돌아왔습니다. 브라우저가 전한 결과: ${saidKo[word]}${paymentId === null ? '' : ` (${of(paymentId)})`}.${often}`
    case 'webhook':
      return `(확인 전 주장) 결제사 이름으로 알림(웹훅)이 왔습니다. 알림 내용: ${saidKo[word]} (${of(paymentId)}).${often}`
    case 'visit':
      return `누군가 결과 화면을 열었습니다 (${of(paymentId)}). 이 주문의 링크로 온 것은 아닙니다.${often}`
    case 'list':
      return `Landfall이 결제사의 변경 목록에서 찾았습니다: ${of(paymentId)}.${often}`
  }
}

function looked(
  { status, amount, currency, paymentId, isOrphan, doors: given }: StoryLineOf<'looked'>,
  say: StorySay,
): string {
  const sum = say.money(amount, currency)
  const answers = {
    ready: `${sum} 결제가 시작되었고, 아직 내지 않았습니다`,
    awaiting_deposit: `${sum} 가상계좌가 발급되었고, 아직 입금되지 않았습니다`,
    failed: '실패했고, 돈은 움직이지 않았습니다',
    paid: `${sum} 결제되었습니다`,
    cancelled: `${sum} 중 전부 또는 일부가 취소되었습니다`,
  }
  const answer = status === null ? `${sum} 결제가 있습니다` : answers[status]
  const orphan = isOrphan ? ' 여기에 등록되지 않은 주문번호입니다.' : ''
  return `${because(given)}결제사에 물었습니다. 결제사의 답: ${of(paymentId)} - ${answer}.${orphan}`
}

function decided(line: StoryLineOf<'decided'>, say: StorySay): string {
  const { event, from, paymentId, amount, currency, returned, why, failReason, actor } = line
  const [payment, sum] = [of(paymentId), say.money(amount, currency)]
  const back = say.money(returned ?? amount, currency)
  switch (event) {
    case 'payment.paid': {
      const late = from === 'expired' ? ' 만료된 뒤에 왔지만 받기로 했습니다.' : ''
      const how = actor === null ? '주문번호, 금액, 통화가 모두 맞습니다' : '사람이 받기로 했습니다'
      return `판단: ${payment} (${sum}) - 이 주문의 결제입니다. ${how}. 주문 결제 완료.${late}${by(actor)}`
    }
    case 'payment.awaiting_deposit':
      return `판단: 가상계좌 금액 ${sum} - 주문과 같습니다. 입금을 기다립니다.`
    case 'payment.failed':
      return `판단: 이번 시도(${payment})는 실패했습니다.${failReason === null ? '' : ` ${failsKo[failReason]}.`} 고객은 다시 결제할 수 있습니다.`
    case 'payment.partially_cancelled':
      return `주문 금액 ${sum} 중 지금까지 고객에게 돌아간 돈: ${back}.`
    case 'payment.cancelled':
      return `주문 금액 ${back} 전액이 고객에게 돌아갔습니다.`
    case 'payment.rejected':
      return `판단: ${payment} (${sum}) - 받지 않습니다.${why === null ? '' : ` ${whysKo[why]}.`}`
    case 'payment.surplus':
      return `판단: ${payment} (${sum}) - 받지 않습니다. ${whysKo.surplus}.`
    case 'payment.returned':
      return `${payment}: ${back} 전액이 고객에게 돌아갔습니다. 주문이 받지 않은 돈입니다.`
    case 'order.expired':
      return '판단: 기한이 지났고 결제사에 들어온 돈이 없습니다. 주문 만료.'
  }
}

function refundDecided(line: StoryLineOf<'refund_decided'>, say: StorySay): string {
  const { cause, amount, currency, paymentId, note, actor } = line
  const money = `${of(paymentId)}, ${say.money(amount, currency)}`
  switch (cause) {
    case 'shop':
      return `쇼핑몰이 환불을 요청했습니다: ${money}.${quoted(note ?? '')}${by(actor)}`
    case 'person':
      return `사람이 정한 대로 돌려줍니다: ${money}.${by(actor)}`
    case 'account':
      return `아무도 더 입금하지 않도록 가상계좌를 닫아 달라고 합니다: ${of(paymentId)}.`
    case 'rejected':
    case 'surplus':
    case 'late':
      return `쇼핑몰 설정에 따라 Landfall이 스스로 돌려주기로 했습니다: ${money}.`
  }
}

function refundTried(line: StoryLineOf<'refund_tried'>, say: StorySay): string {
  const { cause, amount, currency, outcome, answer, times, lastAt } = line
  const what = cause === 'account' ? '가상계좌 닫기' : `환불 ${say.money(amount, currency)}`
  const told = outcome === 'refused' ? `${outcomesKo.refused}${quoted(answer ?? '')}` : outcomesKo[outcome]
  return `${what}: ${told}${again(times, lastAt, say)}`
}

function opened(
  { reason, atStake, currency, paymentId, note }: StoryLineOf<'review_opened'>,
  say: StorySay,
): string {
  const which = paymentId === null ? '' : ` (${of(paymentId)})`
  const what = reason === 'contradiction' ? ` ${contradictionsKo[note] ?? note}.` : ''
  const word = reason === 'cancel_failed' ? ` 마지막 답: “${note}”.` : ''
  const kept = isLeftAlone(reason) ? ' 사람이 정하기 전에는 받지도 돌려주지도 않습니다.' : ''
  return `사람의 확인이 필요합니다: ${reasonsKo[reason]}${which}.${what}${word} 걸린 금액: ${say.money(atStake, currency)}.${kept}`
}

function notice({ type, answer, state, times, lastAt }: StoryLineOf<'notice'>, say: StorySay): string {
  const what = `‘${noticesKo[type]}’`
  if (answer === null || times === 0)
    return state === 'parked'
      ? `쇼핑몰 서버에 알리지 못했습니다: ${what}. 포기했습니다.`
      : `쇼핑몰 서버에 아직 알리지 않았습니다: ${what}.`
  if (state === 'delivered')
    return `쇼핑몰 서버에 알렸고, 서버가 받았습니다: ${what}.${again(times, lastAt, say)}`
  const why = /^\d+$/.test(answer) ? `서버의 답 ${answer}` : `답이 없음 (${answer})`
  const next = state === 'parked' ? ' 포기했습니다.' : ' 다시 시도합니다.'
  return `쇼핑몰 서버에 알리지 못했습니다: ${what}, ${why}.${again(times, lastAt, say)}${next}`
}

/** The sentences in Korean. */
export const storyKo: StoryWords = {
  registered: ({ amount, currency, actor }, say) =>
    `쇼핑몰이 주문을 등록했습니다: 받을 금액 ${say.money(amount, currency)}.${by(actor)}`,
  changed: ({ fields: given, actor }) =>
    `쇼핑몰이 주문을 고쳤습니다: ${given.map((field) => fieldsKo[field] ?? field).join(', ')}.${by(actor)}`,
  closed: ({ note, actor }) =>
    `쇼핑몰이 주문을 닫았습니다.${note === 'the shop has called the order off' ? '' : quoted(note)}${by(actor)} 이제 결제를 기다리지 않습니다.`,
  claim,
  looked,
  contradicted: ({ what, paymentId, doors: given }) =>
    `${because(given)}결제사에 물었습니다. 결제사의 기록이 서로 모순됩니다 (${of(paymentId)}): ${contradictionsKo[what] ?? what}. 어느 쪽도 믿기 전에 다시 확인합니다.`,
  agreed: ({ paymentId }) => `결제사의 기록이 이제 모순되지 않습니다 (${of(paymentId)}).`,
  decided,
  refund_decided: refundDecided,
  refund_tried: refundTried,
  refund_done: ({ cause, amount, currency, paymentId }, say) =>
    cause === 'account'
      ? `결제사의 기록에서 가상계좌가 닫혔습니다 (${of(paymentId)}).`
      : `결제사의 기록에서 이 환불이 처리되었습니다: ${of(paymentId)}, ${say.money(amount, currency)}.`,
  account_not_closed: ({ answer }) =>
    `결제사가 가상계좌를 닫지 못합니다.${quoted(answer)} 나중에 입금된 돈은 돌려줍니다.`,
  review_opened: opened,
  review_ended: ({ reason, end, note, actor }) =>
    end === 'facts'
      ? `사람의 확인이 더는 필요하지 않습니다 (${reasonsKo[reason]}). 결제사의 기록에 남은 일이 없습니다.`
      : `사람이 정했습니다 (${reasonsKo[reason]}): ${actionsKo[end]}. 메모:${quoted(note)}${by(actor)}`,
  notice,
  replayed: ({ actor }) => `쇼핑몰이 알림을 다시 보내게 했습니다.${by(actor)}`,
  erased: () => '이 주문의 개인정보를 지웠습니다. 위의 이름과 글은 남아 있지 않습니다.',
}
