import { minorDigits } from '../money/minor-digits.ts'
import { storyEn } from './story-en.ts'
import { storyKo } from './story-ko.ts'
import type { StoryLineOf, StorySay, StoryWords } from './story-sentence.ts'
import type { StoryKind } from './story.ts'

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
export function storySentence<K extends StoryKind>(line: StoryLineOf<K>, language: StoryLanguage): string {
  const told: StoryWords[K] = words[language][line.kind]
  return told(line, storySay[language])
}
