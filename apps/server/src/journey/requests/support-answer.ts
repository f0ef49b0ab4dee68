import type { StoryLanguage } from '@landfall/payment-core/story-words'
import type { Database } from '../../store/engines/open.ts'
import { findOrderIds, storyRows } from '../../store/story-rows.ts'
import { storyText } from './story/text.ts'
import { wrapped } from './story/wrapped.ts'
import { boundedLines } from './story/story.ts'
import { storyLines } from './story/lines.ts'

/** The most orders listed when several have the reference. */
const LISTED_MAX = 20

/** The text for a support agent about the order, payment or reference that they name. */
export async function supportAnswer(
  db: Database,
  named: string,
  language: StoryLanguage,
): Promise<{ readonly text: string; readonly isFound: boolean }> {
  const [orderId, ...others] = await findOrderIds(db, named)
  if (orderId === undefined) return { text: lines(notFound[language](named)), isFound: false }
  if (others.length > 0) {
    const ids = [orderId, ...others]
    const text = lines([
      severalFound[language](ids.length),
      ...ids.slice(0, LISTED_MAX).map((id) => `  ${id}`),
    ])
    return { text, isFound: false }
  }
  const rows = await storyRows(db, orderId)
  return { text: storyText(rows, boundedLines(storyLines(rows)), language), isFound: true }
}

const lines = (texts: readonly string[]): string => `${texts.map((line) => wrapped(line, 2)).join('\n')}\n`

const notFound = {
  en: (named: string) => [
    `Nothing is known here of ${named}: it is no order, no payment, and no string of an order's reference.`,
    'Give it whole. A customer who has paid has a payment number: imp_ and twelve digits, or by PortOne V2 36 characters with hyphens. The gateway’s console finds it by name or card.',
  ],
  ko: (named: string) => [
    `${named}: 여기에 없습니다. 주문번호도, 결제 번호도, 주문의 참조도 아닙니다.`,
    '번호 전체를 적어 주세요. 결제한 고객에게는 결제 번호(imp_와 숫자 열두 자리, PortOne V2는 하이픈이 든 36자)가 있습니다. 결제사 콘솔에서 이름이나 카드로 찾을 수 있습니다.',
  ],
} satisfies Record<StoryLanguage, (named: string) => string[]>

const severalFound = {
  en: (count: number) => `${count} orders bear this in their reference. Ask for one of them:`,
  ko: (count: number) => `이 참조를 가진 주문이 ${count}건 있습니다. 하나를 골라 물어보세요:`,
} satisfies Record<StoryLanguage, (count: number) => string>
