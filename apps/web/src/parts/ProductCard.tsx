import type { Product } from '@landfall/payment-core'
import type { ReactElement } from 'preact/compat'
import type { Language } from '../language.ts'
import { moneyText } from '../money-text.ts'
import { shop } from '../shop-copy.ts'
import { ProductArt } from './ProductArt.tsx'

type ProductCardProps = {
  product: Product
  index: number
  language: Language
  /** The payment window of this product is opening. */
  busy: boolean
  /** The payment window of any product is opening. */
  blocked: boolean
  onBuy: () => void
}

export function ProductCard(props: ProductCardProps): ReactElement {
  const { product, index, language, busy, blocked, onBuy } = props
  const titleId = `product-${product.productId}`
  return (
    <article className="product" aria-labelledby={titleId}>
      <ProductArt words={`${product.productId} ${product.name}`} index={index} />
      <div className="product-words">
        <h2 id={titleId} lang="ko">
          {product.name}
        </h2>
        <p lang="ko">{product.description}</p>
        <div className="product-buy">
          <strong>{moneyText(product.amount, product.currency, language)}</strong>
          <button type="button" className="buy" aria-disabled={blocked} aria-busy={busy} onClick={onBuy}>
            {shop.buy[language]}
          </button>
        </div>
      </div>
    </article>
  )
}
