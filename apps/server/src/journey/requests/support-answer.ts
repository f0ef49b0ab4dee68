import type { StoryLanguage } from '@landfall/payment-core/story-words'
import type { Database } from '../../store/engines/open.ts'
import { findOrderIds, storyRows } from '../../store/story-rows.ts'
import { storyText } from './story/text.ts'
import { wrapped } from './story/wrapped.ts'
import { boundedLines } from './story/story.ts'
import { storyLines } from './story/lines.ts'

/** Orders that are listed where a reference names more than one. */
const LISTED_MAX = 20

/** What a person in support is told of what they name. */
export async function askedAbout(
  db: Database,
  named: string,
  language: StoryLanguage,
): Promise<{ readonly text: string; readonly isFound: boolean }> {
  const [orderId, ...others] = await findOrderIds(db, named)
  if (orderId === undefined) return { text: lines(nothing[language](named)), isFound: false }
  if (others.length > 0) {
    const ids = [orderId, ...others]
    const text = lines([several[language](ids.length), ...ids.slice(0, LISTED_MAX).map((id) => `  ${id}`)])
    return { text, isFound: false }
  }
  const rows = await storyRows(db, orderId)
  return { text: storyText(rows, boundedLines(storyLines(rows)), language), isFound: true }
}

const lines = (told: readonly string[]): string => `${told.map((line) => wrapped(line, 2)).join('\n')}\n`

const nothing = {
  en: (named: string) => [
    `Nothing is known here of ${named}: it is no order, no payment, and no string of an order's reference.`,
    'Give it whole. A customer who has paid has a payment number, imp_ and twelve digits; the gateway’s console finds it by name or card.',
  ],
  ko: (named: string) => [
    `${named}: 여기에 없습니다. 주문번호도, 결제 번호도, 주문의 참조도 아닙니다.`,
    '번호 전체를 적어 주세요. 결제한 고객에게는 결제 번호(imp_와 숫자 열두 자리)가 있습니다. 결제사 콘솔에서 이름이나 카드로 찾을 수 있습니다.',
  ],
} satisfies Record<StoryLanguage, (named: string) => string[]>

const several = {
  en: (count: number) => `${count} orders bear this in their reference. Ask for one of them:`,
  ko: (count: number) => `이 참조를 가진 주문이 ${count}건 있습니다. 하나를 골라 물어보세요:`,
} satisfies Record<StoryLanguage, (count: number) => string>
