import type { ShopFace } from '@landfall/payment-core'
import type { ReactElement } from 'preact/compat'

/**
 * The shop's name, with its logo before it. Without a name, nothing. The logo's alternative text is empty because the name stands beside it: a
 * screen reader reads the name once, and a picture that does not load leaves no mark.
 */
export function ShopName({ shop }: { shop: ShopFace | null }): ReactElement | null {
  if (shop === null || shop.name === null) return null
  return (
    <p className="shop-face">
      {shop.logoUrl === null ? null : (
        <span className="logo">
          <img src={shop.logoUrl} alt="" />
        </span>
      )}
      <bdi>{shop.name}</bdi>
    </p>
  )
}
