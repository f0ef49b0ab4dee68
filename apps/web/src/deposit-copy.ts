import type { Language, Line } from './language.ts'

/** The sentences about a deposit: the exact amount, the time left, and the calendar event. */

export const depositAdvice: Line = {
  ko: '금액이 다르면 입금되지 않을 수 있어요. 입금이 확인되면 이 화면이 저절로 바뀌어요.',
  en: 'Please send exactly this amount. This page changes by itself when your deposit arrives.',
}

type Left = { readonly days: number; readonly hours: number; readonly minutes: number }
/** The time left before a deadline, in at most two units. */
export const timeLeft: Record<Language, (left: Left) => string> = {
  ko: ({ days, hours, minutes }) => {
    if (days > 0) return `${days}일 ${hours}시간 남았어요`
    if (hours > 0) return `${hours}시간 ${minutes}분 남았어요`
    return minutes > 0 ? `${minutes}분 남았어요` : '1분도 남지 않았어요'
  },
  en: ({ days, hours, minutes }) => {
    const of = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
    if (days > 0) return `${of(days, 'day')} ${of(hours, 'hour')} left`
    if (hours > 0) return `${of(hours, 'hour')} ${of(minutes, 'minute')} left`
    return minutes > 0 ? `${of(minutes, 'minute')} left` : 'Less than a minute left'
  },
}
export const deadlinePassed: Line = {
  ko: '기한이 지났어요. 이미 보내셨다면 곧 확인돼요',
  en: 'The deadline has passed. If you have already sent it, we will see it shortly',
}
/** The label before the same time in the reader's time zone. */
export const yourTime: Line = { ko: '계신 곳 시간', en: 'Your time' }

/** The texts of the deposit's calendar event. */
export const calendarTitle: Record<Language, (sum: string, bank: string) => string> = {
  ko: (sum, bank) => `입금 마감 · ${bank} ${sum}`,
  en: (sum, bank) => `Deposit due · ${sum} to ${bank}`,
}
export const calendarAlarm: Line = { ko: '입금 마감이 다가와요', en: 'Your deposit is due soon' }
