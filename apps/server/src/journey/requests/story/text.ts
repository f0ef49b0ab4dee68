import {
  actionsFor,
  amountOf,
  balanceOf,
  begunAtMs,
  currencyOf,
  openReviews,
  remainderOf,
  stringsOf,
  standInOrder,
  type GatewayName,
  type Payment,
  type Review,
  type Standing,
  type StoryLine,
} from '@landfall/payment-core'
import {
  actionsEn,
  actionsKo,
  reasonsEn,
  reasonsKo,
  statusEn,
  statusKo,
  storySay,
  storySentence,
  type StoryLanguage,
} from '@landfall/payment-core/story-words'
import type { StoryRows } from '../../../store/story-rows.ts'
import { FIRST_LINES } from './story.ts'
import { wrapped } from './wrapped.ts'

const standings = {
  en: {
    kept: 'the order’s payment',
    rejected: 'not kept: it is not what the order asks',
    surplus: 'not kept: one too many',
    late: 'not kept: it came too late',
    orphan: 'of an order that nobody registered here',
    undecided: 'neither kept nor given back before a person has decided',
  },
  ko: {
    kept: '이 주문의 결제',
    rejected: '받지 않음: 주문과 맞지 않음',
    surplus: '받지 않음: 이미 결제된 주문',
    late: '받지 않음: 너무 늦게 옴',
    orphan: '등록되지 않은 주문번호의 결제',
    undecided: '사람이 정하기 전에는 받지도 돌려주지도 않음',
  },
} satisfies Record<StoryLanguage, Record<Standing, string>>

const paymentStatus = {
  en: {
    ready: 'begun, not paid',
    awaiting_deposit: 'a virtual account, nothing paid into it',
    failed: 'failed',
    paid: 'paid',
    cancelled: 'paid, then returned',
  },
  ko: {
    ready: '시작됨, 아직 내지 않음',
    awaiting_deposit: '가상계좌 발급, 아직 입금 없음',
    failed: '실패',
    paid: '결제됨',
    cancelled: '결제 뒤 취소',
  },
} satisfies Record<StoryLanguage, Record<Payment['status'], string>>

/** The gateway that tells of a payment, in whose console staff find it. */
const gateways = {
  'portone-v1': 'PortOne V1',
  'portone-v2': 'PortOne V2',
} as const satisfies Record<GatewayName, string>

const heads = {
  en: {
    order: (id: string, name: string) => (name === '' ? `Order ${id}` : `Order ${id}: ${name}`),
    orphan: (id: string) => `Nobody registered an order ${id} here, but there are payments that name it.`,
    state: (sum: string, status: string, held: string) =>
      `${sum} to pay. State: ${status}. Kept for the order: ${held}.`,
    others: (sums: string) => `Held, and not the order’s: ${sums}.`,
    reference: (values: string) => `Reference: ${values}`,
    payments: 'Payments',
    left: (sum: string) => ` in part, ${sum} still held`,
    person: 'What a person must see to',
    nobody: 'Nothing waits for a person.',
    stake: (sum: string, since: string) => `At stake: ${sum}, since ${since}.`,
    can: (ways: string) => `What can be done: ${ways}.`,
    how: (id: string) => `With orders.resolve, review ${id}.`,
    story: 'What happened (times of Seoul)',
    said: '“Only said” marks what a browser or an unsigned message claimed. It is never believed: the gateway is asked.',
    leftOut: (count: number) => `… ${count} lines in the middle are left out …`,
  },
  ko: {
    order: (id: string, name: string) => (name === '' ? `주문 ${id}` : `주문 ${id}: ${name}`),
    orphan: (id: string) => `주문번호 ${id} - 여기에 등록된 적이 없지만, 이 번호로 된 결제가 있습니다.`,
    state: (sum: string, status: string, held: string) =>
      `받을 금액 ${sum}. 상태: ${status}. 이 주문으로 받은 돈: ${held}.`,
    others: (sums: string) => `이 주문의 돈이 아니고 아직 돌려주지 않은 돈: ${sums}.`,
    reference: (values: string) => `참조: ${values}`,
    payments: '결제',
    left: (sum: string) => ` (일부), 남은 돈 ${sum}`,
    person: '사람이 확인할 일',
    nobody: '사람을 기다리는 일이 없습니다.',
    stake: (sum: string, since: string) => `걸린 금액: ${sum}, ${since}부터.`,
    can: (ways: string) => `할 수 있는 일: ${ways}.`,
    how: (id: string) => `orders.resolve 호출, review ${id}.`,
    story: '있었던 일 (서울 시각)',
    said: '‘확인 전 주장’은 브라우저나 서명 없는 알림이 한 말입니다. 그대로 믿지 않고 결제사에 묻습니다.',
    leftOut: (count: number) => `… 가운데 ${count}줄 생략 …`,
  },
}
const words = {
  en: { status: statusEn, reasons: reasonsEn, actions: actionsEn },
  ko: { status: statusKo, reasons: reasonsKo, actions: actionsKo },
}

/** The order, its open reviews and its story, as terminal text. */
export function storyText(
  rows: StoryRows,
  { lines, leftOut }: { readonly lines: readonly StoryLine[]; readonly leftOut: number },
  language: StoryLanguage,
): string {
  const head = heads[language]
  const isSaid = lines.some(({ kind }) => kind === 'claim')
  const parts = [
    orderLines(rows, language),
    personLines(rows, language),
    ['', head.story, ...(isSaid ? [head.said] : []).map((text) => wrapped(`  ${text}`, 2))],
    eventLines(lines, leftOut, language),
  ]
  return `${parts.flat().join('\n')}\n`
}

function orderLines({ orderId, record, payments }: StoryRows, language: StoryLanguage): string[] {
  const [head, say] = [heads[language], storySay[language]]
  const lines: string[] = []
  if (record === null) lines.push(wrapped(head.orphan(orderId), 2))
  else {
    const { name, amount, currency, status, reference } = record.order
    const [sum, held] = [say.money(amount, currency), say.money(balanceOf(record.order, payments), currency)]
    lines.push(wrapped(head.order(orderId, oneLine(name)), 2))
    lines.push(wrapped(`  ${head.state(sum, words[language].status[status], held)}`, 2))
    const others = othersIn(payments, language)
    if (others !== '') lines.push(wrapped(`  ${head.others(others)}`, 2))
    const values = stringsOf(reference)
    if (values.length > 0) lines.push(wrapped(`  ${head.reference(oneLine(values.join(', ')))}`, 4))
  }
  if (payments.length > 0) lines.push('', head.payments)
  return [...lines, ...payments.toSorted(byBeginning).map((payment) => paymentLine(payment, language))]
}

/** The money that is neither kept nor refunded, one sum per currency. */
function othersIn(payments: readonly Payment[], language: StoryLanguage): string {
  const sums = new Map<string, number>()
  for (const payment of payments.filter(({ standing }) => standing !== null && standing !== 'kept')) {
    const currency = currencyOf(payment)
    sums.set(currency, (sums.get(currency) ?? 0) + remainderOf(payment))
  }
  const held = [...sums].filter(([, sum]) => sum > 0)
  return held.map(([currency, sum]) => storySay[language].money(sum, currency)).join(', ')
}

const byBeginning = (a: Payment, b: Payment): number =>
  (begunAtMs(a) ?? 0) - (begunAtMs(b) ?? 0) || (a.paymentId < b.paymentId ? -1 : 1)

function paymentLine(payment: Payment, language: StoryLanguage): string {
  const say = storySay[language]
  const { paymentId, status, standing, gateway } = payment
  const [currency, left] = [currencyOf(payment), remainderOf(payment)]
  const rest = status === 'cancelled' && left > 0 ? heads[language].left(say.money(left, currency)) : ''
  const place = standing === null ? '' : ` (${standings[language][standing]})`
  const sum = say.money(amountOf(payment), currency)
  const facts = `${sum}, ${paymentStatus[language][status]}${rest}${place}`
  return wrapped(`  ${paymentId}  ${gateways[gateway]}: ${facts}`, 4)
}

function personLines({ record, payments, reviews }: StoryRows, language: StoryLanguage): string[] {
  const head = heads[language]
  const open = openReviews(reviews)
  if (open.length === 0) return ['', head.nobody]
  const reviewLines = open.flatMap((review, index) => {
    const payment = payments.find(({ paymentId }) => paymentId === review.paymentId) ?? payments[0]
    const order = record?.order ?? (payment === undefined ? null : standInOrder(payment, reviews))
    const currency = payment === undefined ? (record?.order.currency ?? '') : currencyOf(payment)
    const ways = order === null ? [] : actionsFor(order, payments, review)
    const first = `  ${index + 1}. ${words[language].reasons[review.reason]}${ofPayment(review)}`
    const rest = [
      head.stake(
        storySay[language].money(review.atStake, currency),
        storySay[language].moment(review.sinceMs),
      ),
      head.can(ways.map((way) => words[language].actions[way]).join(language === 'en' ? '; ' : ' / ')),
      head.how(review.reviewId),
    ]
    return [wrapped(first, 5), ...rest.map((line) => wrapped(`     ${line}`, 5))]
  })
  return ['', head.person, ...reviewLines]
}

const ofPayment = ({ paymentId }: Review): string => (paymentId === null ? '' : ` (${paymentId})`)

function eventLines(lines: readonly StoryLine[], leftOut: number, language: StoryLanguage): string[] {
  const say = storySay[language]
  const written: string[] = []
  let day = ''
  for (const [index, line] of lines.entries()) {
    const today = say.day(line.at)
    if (today !== day) written.push('', today)
    day = today
    if (leftOut > 0 && index === FIRST_LINES) written.push(heads[language].leftOut(leftOut))
    written.push(wrapped(`  ${say.time(line.at)}  ${oneLine(storySentence(line, language))}`, 12))
  }
  return written
}

/** Notes and names are untrusted: control characters could rewrite earlier lines on a terminal. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
