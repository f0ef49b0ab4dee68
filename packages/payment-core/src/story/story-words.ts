import { minorDigits } from '../money/minor-digits.ts'
import { storyEn } from './story-en.ts'
import { storyKo } from './story-ko.ts'
import type { StorySay, StoryWords } from './story-sentence.ts'
import type { StoryLine } from './story.ts'

// A separate entry, so that a customer's page does not load them.
export { actionsEn, reasonsEn, statusEn } from './story-tables-en.ts'
export { actionsKo, reasonsKo, statusKo } from './story-tables-ko.ts'

/** The languages of a story. */
export type StoryLanguage = 'ko' | 'en'

const TIME_ZONE = 'Asia/Seoul'
const locales = { ko: 'ko-KR', en: 'en-GB' } as const

function sayIn(language: StoryLanguage): StorySay {
  const locale = locales[language]
  const time = new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, timeStyle: 'medium', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(locale, { timeZone: TIME_ZONE, dateStyle: 'full' })
  const moment = new Intl.DateTimeFormat(locale, {
    timeZone: TIME_ZONE,
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  })
  return {
    money: (amount, currency) => sumIn(locale, amount, currency),
    time: (atMs) => time.format(atMs),
    day: (atMs) => day.format(atMs),
    moment: (atMs) => moment.format(atMs),
  }
}

/** A gateway's currency can be any text; then the amount is shown as stored. */
function sumIn(locale: string, amount: number, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`.trim()
  const digits = minorDigits(currency)
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return new Intl.NumberFormat(locale, { ...style, ...fraction }).format(amount / 10 ** digits)
}

export const storySay: Readonly<Record<StoryLanguage, StorySay>> = { ko: sayIn('ko'), en: sayIn('en') }
const words: Readonly<Record<StoryLanguage, StoryWords>> = { ko: storyKo, en: storyEn }

/** The sentence of a story's line. */
export function storySentence(line: StoryLine, language: StoryLanguage): string {
  const [told, say] = [words[language], storySay[language]]
  switch (line.kind) {
    case 'registered':
      return told.registered(line, say)
    case 'changed':
      return told.changed(line, say)
    case 'closed':
      return told.closed(line, say)
    case 'claim':
      return told.claim(line, say)
    case 'looked':
      return told.looked(line, say)
    case 'contradicted':
      return told.contradicted(line, say)
    case 'agreed':
      return told.agreed(line, say)
    case 'decided':
      return told.decided(line, say)
    case 'refund_decided':
      return told.refund_decided(line, say)
    case 'refund_tried':
      return told.refund_tried(line, say)
    case 'refund_done':
      return told.refund_done(line, say)
    case 'account_not_closed':
      return told.account_not_closed(line, say)
    case 'review_opened':
      return told.review_opened(line, say)
    case 'review_ended':
      return told.review_ended(line, say)
    case 'notice':
      return told.notice(line, say)
    case 'replayed':
      return told.replayed(line, say)
  }
}
