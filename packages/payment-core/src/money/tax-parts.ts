import type { Order } from '../order/order.ts'

export type TaxParts = { readonly taxFree: number | null; readonly vat: number | null }

/**
 * The tax-free and VAT parts of a sum, in the order's own proportion, rounded down to whole minor units: a refund on kcp, kicc, nice or payco is
 * refused without them (docs/gateway/portone-v1.md §4.6, M-28). Null where the order did not say.
 */
export function partsOf({ amount: whole, taxFree, vat }: Order, amount: number): TaxParts {
  const part = (share: number | null): number | null =>
    share === null ? null : proportion(share, amount, whole)
  return { taxFree: part(taxFree), vat: part(vat) }
}

/** In integers: products of two amounts leave the safe range. */
const proportion = (share: number, amount: number, whole: number): number =>
  Number((BigInt(share) * BigInt(amount)) / BigInt(whole))
