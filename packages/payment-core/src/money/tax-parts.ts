import type { Order } from '../order/order.ts'

export type TaxParts = { readonly taxFree: number | null; readonly vat: number | null }

/**
 * The tax-free and VAT parts of an amount, in the proportion of an order or of a larger refund, rounded down to minor units. kcp, kicc, nice and payco refuse refunds without
 * them (docs/gateway/portone-v1.md §4.6, M-28). Null if the order has none.
 */
export function partsOf(
  { amount: whole, taxFree, vat }: Pick<Order, 'amount' | 'taxFree' | 'vat'>,
  amount: number,
): TaxParts {
  const part = (share: number | null): number | null =>
    share === null ? null : proportion(share, amount, whole)
  return { taxFree: part(taxFree), vat: part(vat) }
}

/** In integers, because the product of two amounts leaves the safe range. */
const proportion = (share: number, amount: number, whole: number): number =>
  Number((BigInt(share) * BigInt(amount)) / BigInt(whole))
