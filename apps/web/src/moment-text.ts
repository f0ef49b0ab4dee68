import type { Language } from './language.ts'

export const seoul = 'Asia/Seoul'

const options = {
  ko: {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
  en: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
    hourCycle: 'h12',
  },
} satisfies Record<Language, Intl.DateTimeFormatOptions>
const locales = { ko: 'ko-KR', en: 'en-US' } satisfies Record<Language, string>
const seoulNames = { ko: '(한국 시간)', en: 'KST' } satisfies Record<Language, string>

/** Formats a time with its zone, Seoul by default: 2026년 11월 24일(화) 23:59 (한국 시간). Hour and zone stay on one line. */
export function momentText(atMs: number, language: Language, zone: string = seoul): string {
  // Engines write different spaces, so replace them all.
  const text = new Intl.DateTimeFormat(locales[language], { ...options[language], timeZone: zone })
    .format(atMs)
    .replaceAll(/\s/g, ' ')
    .replace(/ ([일월화수목금토])(?= )/, '($1)')
  const hourAt = text.search(/\d{1,2}:\d{2}/)
  const hour = `${text.slice(hourAt)} ${zone === seoul ? seoulNames[language] : zoneName(atMs, language, zone)}`
  return `${text.slice(0, hourAt)}${hour.replaceAll(' ', '\u00A0')}`
}

function zoneName(atMs: number, language: Language, zone: string): string {
  const format = new Intl.DateTimeFormat(locales[language], { timeZone: zone, timeZoneName: 'short' })
  const name = format.formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? zone
  return language === 'ko' ? `(${name})` : name
}

/** Returns the reader's time zone if its clock differs from Seoul's at that time, else null. */
export function zoneApart(atMs: number): string | null {
  const clock = (zone?: string): string =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone: zone }).format(atMs)
  return clock() === clock(seoul) ? null : Intl.DateTimeFormat().resolvedOptions().timeZone
}
