import type { HttpRequest } from '../../src/gateway/http.ts'
import { Prepare, said, yes, type Said } from './gateway-words.ts'

/** The amounts that the simulated gateway holds fixed, by order number (docs/gateway/portone-v1.md §4.3). */
export class PreparedAmounts {
  readonly #held = new Map<string, Prepare>()
  readonly #fixesNothing: boolean

  constructor(fixesNothing: boolean) {
    this.#fixesNothing = fixesNothing
  }

  /** Another shop, or another deployment of this one, fixes an amount for a number (M-22). False when it has one. */
  fixFor(orderId: string, amount: number): boolean {
    if (this.#held.has(orderId)) return false
    this.#held.set(orderId, { merchant_uid: orderId, amount, currency: 'KRW' })
    return true
  }

  /** The amount fixed for a number; null when none is. */
  of(orderId: string): { readonly amount: number; readonly currency: string } | null {
    return this.#held.get(orderId) ?? null
  }

  prepare(request: HttpRequest): Said {
    if (this.#fixesNothing) return said(403, -1, '지원하지 않는 기능입니다.')
    const asked = Prepare.parse(JSON.parse(request.body ?? ''))
    const held = this.#held.get(asked.merchant_uid)
    if (held !== undefined && held.amount !== asked.amount)
      return said(200, 1, '이미 등록된 merchant_uid입니다.')
    this.#held.set(asked.merchant_uid, asked)
    return yes(asked)
  }

  /** Another amount for a number that has one. */
  replace(request: HttpRequest): Said {
    const asked = Prepare.parse(JSON.parse(request.body ?? ''))
    if (!this.#held.has(asked.merchant_uid)) return said(200, 1, '사전등록된 결제정보가 없습니다.')
    this.#held.set(asked.merchant_uid, asked)
    return yes(asked)
  }

  read(orderId: string): Said {
    const held = this.#held.get(orderId)
    return held === undefined ? said(200, 1, '사전등록된 결제정보가 없습니다.') : yes(held)
  }
}
