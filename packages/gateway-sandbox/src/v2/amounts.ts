import { minorDigits } from '@landfall/payment-core'

/** V2 writes money as an integer in minor units, the ledger in currency units (docs/gateway/portone-v2.md §1). */
export const toMinor = (units: number, currency: string): number =>
  Math.round(units * 10 ** minorDigits(currency))

export const fromMinor = (minor: number, currency: string): number => minor / 10 ** minorDigits(currency)

const VAT_SHARE = 11

/** Returns the tax in `taxable`: 1000 → 91 (docs/gateway/portone-v2.md §6). */
export const vatOf = (taxable: number): number => Math.round(taxable / VAT_SHARE)
