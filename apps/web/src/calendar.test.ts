import { expect, test } from 'vitest'
import type { ShownScreen } from '@landfall/payment-core'
import { calendarOf } from './calendar.ts'
import { shownSample } from '../testing/gallery.ts'

const deposit = shownSample('awaiting_deposit')
if (deposit?.kind !== 'awaiting_deposit' || deposit.account === null || deposit.order === null)
  throw new Error('the sample has an account')
const { account, order } = deposit
/** Parses the file as a calendar does: unfolds the lines, then splits names from values. */
const read = (text: string): Array<readonly [string, string]> =>
  text
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])
const valueOf = (text: string, name: string): string =>
  read(text).find(([each]) => each === name)?.[1] ?? 'none'

test('V-01: the calendar event ends at the deposit deadline in UTC and states the amount and the account', () => {
  const text = calendarOf(deposit, 'ko') ?? ''
  expect(valueOf(text, 'DTEND')).toBe('20261124T145900Z')
  expect(valueOf(text, 'DTSTART')).toBe('20261124T135900Z')
  expect(valueOf(text, 'SUMMARY')).toBe('입금 마감 · 카카오뱅크 14\\,000원')
  for (const words of ['79790123456789', '뭍 상점', '등대 머그컵', 'shop-20261122-0007'])
    expect(valueOf(text, 'DESCRIPTION')).toContain(words)
  expect(text.match(/BEGIN:VALARM/g)).toHaveLength(2)
  expect(text.startsWith('BEGIN:VCALENDAR\r\n')).toBe(true)
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
})

test('no line is longer than 75 octets, and no fold splits a character', () => {
  const name = '아주 긴 이름 '.repeat(30)
  const text = calendarOf({ ...deposit, order: { ...order, name } }, 'ko') ?? ''
  const octets = (line: string): number => new TextEncoder().encode(line).length
  for (const line of text.split('\r\n')) expect(octets(line)).toBeLessThanOrEqual(75)
  expect(valueOf(text, 'DESCRIPTION')).toContain(name)
  expect(text).not.toContain('\uFFFD')
})

test('R-14: a name cannot end a line, start a property or insert a control character', () => {
  const evil = 'a;b,c\\d\r\nEND:VEVENT\nATTACH:https://evil.test\u0000'
  const shown: ShownScreen = {
    ...deposit,
    account: { ...account, holder: evil, bankName: evil },
    order: { ...order, name: evil, orderId: evil },
  }
  const text = calendarOf(shown, 'en') ?? ''
  const plain = calendarOf(deposit, 'en') ?? ''
  expect(read(text).map(([name]) => name)).toEqual(read(plain).map(([name]) => name))
  expect(valueOf(text, 'SUMMARY')).toContain('a\\;b\\,c\\\\d\\nEND:VEVENT')
  expect(text.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u)
})

test('G-21: the file of an account without a number has the deadline and no number', () => {
  const text = calendarOf({ ...deposit, account: { ...account, number: null } }, 'ko') ?? ''
  expect(valueOf(text, 'DTEND')).toBe('20261124T145900Z')
  expect(valueOf(text, 'DESCRIPTION')).not.toMatch(/계좌번호|null/)
})

test('a screen without a deadline has no calendar file', () => {
  expect(calendarOf({ ...deposit, account: { ...account, dueAtMs: null } }, 'ko')).toBeNull()
  expect(calendarOf({ ...deposit, account: null }, 'ko')).toBeNull()
  for (const name of ['paid', 'checking', 'outcome_awaiting_deposit', 'not_found']) {
    const shown = shownSample(name)
    if (shown === null) throw new Error(name)
    expect(calendarOf(shown, 'ko')).toBeNull()
  }
})
