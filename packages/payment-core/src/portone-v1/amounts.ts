import { minorDigits } from '../money/minor-digits.ts'
import type { Currency } from '../money/money.ts'

/**
 * A V1 amount (in currency units, fractional for USD: docs/gateway/portone-v1.md §4.1) in minor units, read from the number's decimal text, as it
 * was written. `null` when it is no whole number of minor units, negative, or beyond what a number holds exactly (G-08): never
 * rounded into an answer. A gateway that adds up floats writes 0.30000000000000004 for 0.10 and 0.20: that is 30 (M-33).
 */
export function toMinor(units: number, currency: Currency): number | null {
  const digits = minorDigits(currency)
  const [, whole = 'NaN', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(units)) ?? []
  const minor =
    fraction.length <= digits
      ? Number(whole + fraction.padEnd(digits, '0'))
      : withoutFloatError(units * 10 ** digits)
  if (!Number.isSafeInteger(minor)) return null
  // Where two sums would be written as one number it is not known which of them was meant.
  return toUnits(minor - 1, currency) === units || toUnits(minor + 1, currency) === units ? null : minor
}

/** What adding up floats may have made of a whole number: a share of it, and never so much that a half is near. */
const FLOAT_ERROR_SHARE = 1e-9
const FLOAT_ERROR_MAX = 1e-4

function withoutFloatError(minor: number): number {
  const nearest = Math.round(minor)
  const isError = Math.abs(minor - nearest) < Math.min(nearest * FLOAT_ERROR_SHARE, FLOAT_ERROR_MAX)
  return isError ? nearest : Number.NaN
}

/** The inverse of `toMinor`, for calls to the V1 API: a quotient is the number whose decimal text is the sum. */
export const toUnits = (minor: number, currency: Currency): number => minor / 10 ** minorDigits(currency)
