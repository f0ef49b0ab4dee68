import { minorDigits } from '../money/minor-digits.ts'
import type { Currency } from '../money/money.ts'

/**
 * Converts a V1 amount, in currency units (docs/gateway/portone-v1.md §4.1), to minor units, from the number's decimal text. Null for a fraction of
 * a minor unit, a negative amount, or more than a number holds exactly: it never rounds (G-08). The error of a gateway that adds floats is undone:
 * 0.30000000000000004 for 0.10 and 0.20 is 30 (M-33).
 */
export function toMinor(units: number, currency: Currency): number | null {
  const digits = minorDigits(currency)
  const [, whole = 'NaN', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(String(units)) ?? []
  const minor =
    fraction.length <= digits
      ? Number(whole + fraction.padEnd(digits, '0'))
      : withoutFloatError(units * 10 ** digits)
  if (!Number.isSafeInteger(minor)) return null
  // Where two amounts are written as one number, the amount is unknown.
  return toUnits(minor - 1, currency) === units || toUnits(minor + 1, currency) === units ? null : minor
}

/** The largest float error of a sum: a share of it, and never near a half. */
const FLOAT_ERROR_SHARE = 1e-9
const FLOAT_ERROR_MAX = 1e-4

function withoutFloatError(minor: number): number {
  const nearest = Math.round(minor)
  const isError = Math.abs(minor - nearest) < Math.min(nearest * FLOAT_ERROR_SHARE, FLOAT_ERROR_MAX)
  return isError ? nearest : Number.NaN
}

/** The inverse of `toMinor`, for calls to the V1 API. */
export const toUnits = (minor: number, currency: Currency): number => minor / 10 ** minorDigits(currency)
