import { z } from 'zod'
import type { HttpAnswer } from './http.ts'

/**
 * The wait that an answer asks for, in ms; null without one. `Retry-After` holds seconds or a date; a date counts from the
 * answer's own `Date`, which the same clock wrote. An unreadable value and a past date count as none.
 */
export function retryAfterMs({ headers }: HttpAnswer): number | null {
  const said = headers['retry-after'] ?? ''
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : dateMs(said) - dateMs(headers['date'] ?? '')
  return Number.isFinite(ms) && ms > 0 ? ms : null
}

/** The answer's `Date` by its sender's clock (RFC 9110 §6.6.1), epoch ms; null when it has none. */
export function sentAtMs({ headers }: HttpAnswer): number | null {
  const ms = dateMs(headers['date'] ?? '')
  return Number.isFinite(ms) ? ms : null
}

/** Parses an HTTP date such as `Sun, 06 Nov 1994 08:49:37 GMT` to epoch ms; NaN for anything else. */
function dateMs(text: string): number {
  const date = z.coerce.date().safeParse(text.endsWith(' GMT') ? text : '')
  return date.success ? date.data.getTime() : Number.NaN
}
