import { z } from 'zod'

/** Amounts are integers in minor units (won for KRW, cents for USD), from 0 to 2^53 − 1. */
export const MinorUnits = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is an ISO 4217 code such as KRW')
export type Currency = z.infer<typeof Currency>

/**
 * Integer minor units with their ISO 4217 currency. The won has no minor unit: ₩14,000 is `{ amount: 14000,
 * currency: 'KRW' }`.
 */
export const Money = z.object({ amount: MinorUnits, currency: Currency })
export type Money = z.infer<typeof Money>

export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

const digitsOf = new Map<string, number>()

/**
 * How many decimal digits a currency has: 0 for KRW and JPY, 2 for USD. Unknown codes count 2, as ISO 4217's
 * own default.
 */
export function minorDigits(currency: Currency): number {
  const known = digitsOf.get(currency)
  if (known !== undefined) return known
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  digitsOf.set(currency, digits)
  return digits
}

/**
 * A V1 amount (in currency units, fractional for USD: portone.md §4.1) in minor units. `null` when it is no
 * whole number of minor units, negative, or beyond 2^53 (G-08): never rounded into an answer.
 */
export function toMinor(units: number, currency: Currency): number | null {
  const minor = Math.round(units * 10 ** minorDigits(currency)) + 0 // `+ 0` turns −0 into 0
  // The way back gives the very number that was sent, or it was no whole number of minor units.
  return toUnits(minor, currency) === units && minor >= 0 && Number.isSafeInteger(minor) ? minor : null
}

/** The inverse of `toMinor`, for calls to the V1 API. */
export const toUnits = (minor: number, currency: Currency): number => minor / 10 ** minorDigits(currency)
