import { z } from 'zod'

export { minorDigits } from './minor-digits.ts'

/** Amounts are integers in minor units (won for KRW, cents for USD), from 0 to 2^53 − 1. */
export const MinorUnits = z
  .number()
  .int()
  .nonnegative()
  .max(Number.MAX_SAFE_INTEGER)
  .meta({
    description: 'A sum in minor units of the currency (won for KRW, cents for USD).',
    examples: [14_000],
  })
/** The form of a code alone: registration also asks `isKnownCurrency`. */
export const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'a currency is an ISO 4217 code such as KRW')
  .meta({ description: 'The ISO 4217 code of the currency.', examples: ['KRW'] })
export type Currency = z.infer<typeof Currency>

/** Integer minor units with their ISO 4217 currency. The won has no minor unit: ₩14,000 is `{ amount: 14000, currency: 'KRW' }`. */
export const Money = z.object({ amount: MinorUnits, currency: Currency })
export type Money = z.infer<typeof Money>

export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency
