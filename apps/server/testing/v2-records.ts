export const V2_STORE_ID = 'store-ae356798-3d20-4969-b739-14c6b0e1a667'

export const TX = '0193c5a1-7e2f-5b1d-3c4a-9d0e1f2a3b4c'

type Changed = Readonly<Record<string, unknown>>

/** The fields that a payment and a try share. */
const shared = (changed: Changed) => ({
  status: 'PAID',
  storeId: V2_STORE_ID,
  version: 'V2',
  requestedAt: '2026-11-02T03:00:00Z',
  paidAt: '2026-11-02T03:00:09Z',
  amount: { total: 14_000, taxFree: 0, discount: 0, paid: 14_000, cancelled: 0, cancelledTaxFree: 0 },
  currency: 'KRW',
  channel: { type: 'LIVE', pgProvider: 'TOSSPAYMENTS', pgMerchantId: 'x' },
  ...changed,
})
export const paymentRecord = (changed: Changed = {}) => shared({ id: 'ord-1', transactionId: TX, ...changed })
export const tryRecord = (changed: Changed = {}) => shared({ id: TX, paymentId: 'ord-1', ...changed })
export const notFound = { status: 404, body: { type: 'PAYMENT_NOT_FOUND', message: 'x' } }
