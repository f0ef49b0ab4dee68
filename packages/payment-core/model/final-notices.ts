import { noticeId, remainderOf } from '../src/index.ts'
import type { Stored } from './stored-order.ts'

/**
 * The ids of the notices that depend on the gateway's truth alone (S-12). Money that was paid and returned before any look-up is announced by its
 * end alone (M-26), so notices about its earlier states do not count.
 */
export function finalNotices({ order, payments, told }: Stored): string[] {
  if (order === null) return []
  const passing = new Set(
    payments
      .filter((payment) => remainderOf(payment) === 0)
      .flatMap(({ paymentId }) =>
        (['payment.rejected', 'payment.surplus'] as const).map((type) =>
          noticeId(type, order.orderId, paymentId, 0),
        ),
      ),
  )
  const isOver = order.status === 'cancelled'
  const isFinal = (id: string): boolean =>
    finalTypes.some((type) => id.startsWith(type)) ||
    (!isOver && keptTypes.some((type) => id.startsWith(type))) ||
    (placedTypes.some((type) => id.startsWith(type)) && !passing.has(id))
  return told.filter(isFinal)
}

const startsOf = (...types: string[]): string[] => types.map((type) => `payment%2E${type}:`)
const finalTypes = startsOf('cancelled', 'returned')
const keptTypes = startsOf('paid', 'partially_cancelled')
const placedTypes = startsOf('rejected', 'surplus')
