import type { Language } from './language.ts'

const formats = {
  ko: new Intl.DateTimeFormat('ko-KR', {
    timeZone: 'Asia/Seoul',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }),
  en: new Intl.DateTimeFormat('en-US', {
    timeZone: 'Asia/Seoul',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h12',
  }),
} satisfies Record<Language, Intl.DateTimeFormat>
const zoneNames = { ko: '(한국 시간)', en: 'KST' } satisfies Record<Language, string>

/** A moment in Seoul, the zone named: 2026년 11월 24일(화) 23:59 (한국 시간). Hour and zone stay on one line. */
export function momentText(atMs: number, language: Language): string {
  // Engines differ in the spaces they write, so none of theirs is kept.
  const text = formats[language]
    .format(atMs)
    .replaceAll(/\s/g, ' ')
    .replace(/ ([일월화수목금토])(?= )/, '($1)')
  const hourAt = text.search(/\d{1,2}:\d{2}/)
  return `${text.slice(0, hourAt)}${`${text.slice(hourAt)} ${zoneNames[language]}`.replaceAll(' ', '\u00A0')}`
}
