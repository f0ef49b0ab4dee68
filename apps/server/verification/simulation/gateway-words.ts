import { z } from 'zod'
import type { Row } from './ledger.ts'

/** What the gateway says about one payment although it is not so, for as many look-ups of it as are left. */
export type Lie = {
  readonly kind: 'other_amount' | 'other_record' | 'no_amount' | 'older' | 'cancels_gone'
  left: number
}

/** One call as the gateway saw it, for the checks and the marks. */
export type Call = {
  readonly atMs: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly code: number
}

export const Cancel = z.object({
  imp_uid: z.string(),
  amount: z.number(),
  checksum: z.number(),
  reason: z.string(),
  refund_account: z.string().optional(),
})
export type CancelCall = z.infer<typeof Cancel>

/** What becomes of a cancel to which the gateway has no objection (docs/gateway/portone-v1.md §4.6). */
export type Fate =
  | { readonly kind: 'at_once' | 'denied' | 'twice' | 'more' }
  /** `pending` is answered at once and booked after so long, `slow` is answered when it is booked. */
  | { readonly kind: 'pending' | 'slow'; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly text: string; readonly forMs: number }

/** What one cancel came to: `arrived` first, and then one of the others, at once or later. */
export type CancelEvent = 'arrived' | 'refused' | 'executed' | 'denied'

/** A payment's records come from a replica that is behind, now and then. */
export type Lag = { readonly untilMs: number; readonly backMs: number }

export type GatewayWorld = {
  readonly nowMs: () => number
  readonly after: (delayMs: number, run: () => void) => void
  /** Whether this answer comes from the replica. */
  readonly isBehind: () => boolean
  readonly fateOf: (call: CancelCall) => Fate
  readonly onCancel: (call: CancelCall, event: CancelEvent, returned: number) => void
  readonly onLag: () => void
  readonly fixesNothing: boolean
}
export const Prepare = z.object({ merchant_uid: z.string(), amount: z.number(), currency: z.string() })
export type Prepare = z.infer<typeof Prepare>

export type Said = { readonly status: number; readonly code: number; readonly body: unknown }

export const said = (status: number, code: number, message: string): Said => ({
  status,
  code,
  body: { code, message, response: null },
})
export const yes = (response: unknown): Said => ({
  status: 200,
  code: 0,
  body: { code: 0, message: null, response },
})
export const unauthorized = said(401, -1, 'Unauthorized')
export const unknownPayment = said(404, 1, '존재하지 않는 결제정보입니다.')

/** What the gateway has against a cancel from the beginning: what it compares when one comes in (docs/gateway/portone-v1.md §4.6). */
export function objectionTo(asked: CancelCall, row: Row | null): string | null {
  if (row === null || row.paid_at === 0) return '취소할 결제건이 존재하지 않습니다.'
  const left = row.amount - row.cancel_amount
  if (left <= 0) return '이미 전액취소된 주문입니다.'
  if (asked.amount > left) return '결제취소에 실패하였습니다.'
  if (asked.checksum !== left) return '취소 가능 잔액이 일치하지 않습니다. (checksum)'
  if (row.pay_method === 'vbank' && asked.refund_account === undefined)
    return '환불계좌 정보가 누락되었습니다.'
  return null
}

/** A record as it is not. */
export function lied(row: Row, kind: Lie['kind'], older: Row | undefined): unknown {
  switch (kind) {
    case 'other_amount':
      return { ...row, amount: row.amount + 1_000 }
    case 'other_record':
      return { ...row, imp_uid: 'imp_000000000000', merchant_uid: 'another-shop' }
    case 'no_amount':
      return { ...row, amount: null }
    case 'older':
      return older ?? row
    case 'cancels_gone':
      return { ...row, cancel_history: row.cancel_history.slice(1) }
  }
}
