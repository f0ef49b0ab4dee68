import { expect, test } from 'vitest'
import { z } from 'zod'
import { readResponse } from './v1-answer.ts'

const waitFor = (headers: Record<string, string>) =>
  readResponse({ status: 429, headers, text: '' }, z.unknown())
const busy = (retryAfterMs: number) => ({ ok: false, problem: { kind: 'gateway_busy', retryAfterMs } })
const date = 'Mon, 02 Nov 2026 03:00:00 GMT'

test('G-13: a date in Retry-After counts from the answer’s own date, for whatever our clock says, up to ten minutes', () => {
  expect(waitFor({ date, 'retry-after': 'Mon, 02 Nov 2026 03:00:42 GMT' })).toEqual(busy(42_000))
  expect(waitFor({ date, 'retry-after': 'Mon, 02 Nov 2026 04:00:00 GMT' })).toEqual(busy(600_000))
  expect(waitFor({ date, 'retry-after': '7' })).toEqual(busy(7_000))
})

test('G-13: a date that has passed, one without the answer’s own, and nonsense count as five seconds', () => {
  for (const headers of [
    { date, 'retry-after': date },
    { date, 'retry-after': 'Mon, 02 Nov 2026 02:00:00 GMT' },
    { 'retry-after': 'Mon, 02 Nov 2026 03:00:42 GMT' },
    { date, 'retry-after': 'soon' },
    { date, 'retry-after': '-3' },
    { date },
  ])
    expect(waitFor(headers)).toEqual(busy(5_000))
})
