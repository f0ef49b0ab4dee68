import { OrderId, PaymentId } from '../order/ids.ts'
import { returnQueryReader } from '../return-query.ts'
import { ReturnFieldsV2 } from './wire.ts'

const reader = returnQueryReader({
  fields: ReturnFieldsV2,
  ids: { paymentId: OrderId, payment_id: OrderId, txId: PaymentId },
  flags: ['code', 'transactionType', 'paymentToken'],
  // Values are decoded as URI components, and a token in base64 may hold a raw plus (docs/gateway/portone-v2.md §3.1).
  keepsPlus: true,
})

/** Reads the redirect's raw query (without `?`). Fails when a known name has two values or is a list. */
export const returnFieldsFromQueryV2 = reader.fromQuery

/** Reads a query that came through an order's own link, whatever else the address holds. */
export const returnFieldsFromLinkV2 = reader.fromLink
