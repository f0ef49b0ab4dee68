/** Ordinary V2 records with a detail changed. */
export const STORE_ID = 'store-ae356798-3d20-4969-b739-14c6b0e1a667'
export const TRANSACTION_ID = '0193c5a1-7e2f-5b1d-3c4a-9d0e1f2a3b4c'

/** The eight parts of an amount that nothing was cancelled of. */
export const amount = (total: number, changed: Record<string, unknown> = {}) => ({
  total,
  taxFree: 0,
  vat: Math.round(total / 11),
  supply: total - Math.round(total / 11),
  discount: 0,
  paid: total,
  cancelled: 0,
  cancelledTaxFree: 0,
  ...changed,
})

export const channel = (type: string, pgProvider = 'TOSSPAYMENTS') => ({
  type,
  id: 'channel-id-1',
  key: 'channel-key-1',
  name: 'main',
  pgProvider,
  pgMerchantId: 'tosstest',
})

/** A paid payment as the schema describes it. */
export const payment = (changed: Record<string, unknown> = {}): Record<string, unknown> => ({
  status: 'PAID',
  id: 'ord-1001',
  transactionId: TRANSACTION_ID,
  merchantId: 'merchant-1',
  storeId: STORE_ID,
  version: 'V2',
  requestedAt: '2026-11-02T03:00:00Z',
  updatedAt: '2026-11-02T03:00:09.123456789Z',
  statusChangedAt: '2026-11-02T03:00:09Z',
  paidAt: '2026-11-02T12:00:09+09:00',
  orderName: '드립백',
  amount: amount(14_000),
  currency: 'KRW',
  channel: channel('LIVE'),
  customer: {},
  disputes: [],
  ...changed,
})

/** The same payment as the list of its order's transactions holds it. */
export function transaction(changed: Record<string, unknown> = {}): Record<string, unknown> {
  const { id, transactionId, disputes: _, ...rest } = payment()
  return { ...rest, id: transactionId, paymentId: id, ...changed }
}

export const cancellation = (totalAmount: number, changed: Record<string, unknown> = {}) => ({
  status: 'SUCCEEDED',
  id: `cancellation-${totalAmount}`,
  totalAmount,
  taxFreeAmount: 0,
  vatAmount: 0,
  reason: 'intent-1: asked back',
  requestedAt: '2026-11-02T04:00:00Z',
  cancelledAt: '2026-11-02T04:00:01Z',
  trigger: 'API',
  ...changed,
})
