import type { World } from './world.ts'

/** How an order ended, and the gateway's truth about it, which alone may say so (S-12). */
export type End = { readonly truth: string; readonly end: string }

/** Notices that are told once, however often somebody looked on the way. A part that went back unseen before the next part is told with it. */
const finalTypes = ['payment.cancelled', 'payment.returned']
/** Told only while the money was there (M-26): final of what is there still. */
const ofMoneyThatIsThere = ['payment.paid', 'payment.rejected', 'payment.surplus']

/**
 * Of each order about which the gateway never lied. The truth includes which of two good payments is kept, for that is the course's to
 * say.
 */
export function endsOf({ books, ledger, liedAbout }: World): Map<string, End> {
  const rowsOf = (orderId: string) => ledger.rows().filter((row) => row.merchant_uid === orderId)
  // When the shop calls an order off, and how a person ends a review, is the course's to say.
  const byPersons = new Set(
    [...books.reviews.values()].flatMap((each) =>
      each.ended_as === null || each.ended_as === 'facts' ? [] : [each.order_id],
    ),
  )
  const contradicted = new Set(
    [...books.reviews.values()].flatMap(({ reason, payment_id: of }) =>
      reason === 'contradiction' ? [of] : [],
    ),
  )
  const honest = [...books.orders.values()].filter(
    ({ order_id: orderId, closed_at_ms: closedAtMs }) =>
      closedAtMs === null &&
      !byPersons.has(orderId) &&
      !rowsOf(orderId).some((row) => liedAbout.has(row.imp_uid)),
  )
  return new Map(
    honest.map(({ order_id: orderId, amount, status, kept_payment_id: kept }) => {
      const rows = rowsOf(orderId).map((row) => {
        // Whether another sum came through our window is told by what the gateway held fixed by then. A second deposit makes a record
        // contradict itself for good, and whoever looked before it has classified the payment (G-09).
        const isByCourse = row.amount !== amount || contradicted.has(row.imp_uid)
        const standing = isByCourse ? books.payments.get(row.imp_uid)?.standing : ''
        return [row.imp_uid, row.status, row.amount, row.cancel_amount, row.paid_at > 0, standing].join(' ')
      })
      const isThere = (id: string): boolean =>
        rowsOf(orderId).some((row) => id.includes(row.imp_uid) && row.cancel_amount < row.amount)
      const final = [...books.notices.values()]
        .filter(({ order_id: of, type, notice_id: id }) => {
          if (of !== orderId) return false
          return finalTypes.includes(type) || (ofMoneyThatIsThere.includes(type) && isThere(id))
        })
        .map((notice) => notice.notice_id)
      // An order without money expires with time, and courses differ in how long they take.
      const settled = kept === null ? 'no payment' : status
      return [orderId, { truth: told([kept ?? 'none', ...rows]), end: told([settled, ...final]) }]
    }),
  )
}

const told = (facts: readonly string[]): string => facts.toSorted().join(', ')
