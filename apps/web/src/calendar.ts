import type { ShownScreen } from '@landfall/payment-core'
import * as copy from './deposit-copy.ts'
import { rows } from './labels.ts'
import type { Language } from './language.ts'
import { moneyText } from './money-text.ts'

const HOUR_MS = 3_600_000

/** Writes one event (RFC 5545) that ends at the deposit deadline in UTC, with reminders three hours and one hour before. Null: no deadline. */
export function calendarOf(shown: ShownScreen, language: Language): string | null {
  if (shown.kind !== 'awaiting_deposit' || shown.account === null || shown.account.dueAtMs === null)
    return null
  const { bankName, number, holder, amount, currency, dueAtMs } = shown.account
  const sum = moneyText(amount, currency, language)
  const fact = (label: keyof typeof rows, value: string | null | undefined): string[] =>
    value == null ? [] : [`${rows[label][language]}: ${value}`]
  const facts = [
    ...fact('depositAmount', sum),
    ...fact('bank', bankName),
    ...fact('account', number),
    ...fact('holder', holder),
    ...fact('order', shown.order?.name),
    ...fact('orderId', shown.order?.orderId),
  ]
  const alarms = [3, 1].flatMap((hours) => [
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `TRIGGER;RELATED=END:-PT${hours}H`,
    `DESCRIPTION:${escaped(copy.calendarAlarm[language])}`,
    'END:VALARM',
  ])
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Landfall//Deposit deadline//EN',
    'BEGIN:VEVENT',
    `UID:${escaped(`deposit-${shown.order?.orderId ?? number ?? dueAtMs}`)}@landfall`,
    `DTSTAMP:${utc(shown.atMs)}`,
    `DTSTART:${utc(dueAtMs - HOUR_MS)}`,
    `DTEND:${utc(dueAtMs)}`,
    `SUMMARY:${escaped(copy.calendarTitle[language](sum, bankName ?? rows.account[language]))}`,
    `DESCRIPTION:${escaped(facts.join('\n'))}`,
    ...alarms,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

/** 20261124T145900Z */
const utc = (atMs: number): string => new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** Writes TEXT (RFC 5545 §3.3.11): escapes its four special characters and removes control characters. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, ' ')

const encoder = new TextEncoder()

/** Folds lines at 75 octets, never inside a character (RFC 5545 §3.1). */
function folded(line: string): string {
  const pieces: string[] = []
  let piece = ''
  let octets = 0
  for (const sign of line) {
    const size = encoder.encode(sign).length
    if (octets + size > 74) {
      pieces.push(piece)
      piece = ''
      octets = 0
    }
    piece += sign
    octets += size
  }
  return [...pieces, piece].join('\r\n ')
}
