import { z } from 'zod'

/**
 * The shop's name for what it expects to be paid (V1 `merchant_uid`, V2 `paymentId`).
 *
 * 1–40 characters (docs/gateway/portone-v1.md §1.2, `merchant_uid`). We take only letters, digits and `- _ . :` and want a
 * letter or digit first: such an id cannot change the path of a gateway call, whatever encodes it, and
 * smartro refuses others.
 */
export const OrderId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}$/,
    'an order id is 1 to 40 letters, digits or - _ . : and starts with a letter or digit',
  )
export type OrderId = z.infer<typeof OrderId>

/**
 * One try at the gateway (V1 `imp_uid`, V2 `transactionId`). The wire files say what each API's looks like.
 */
export const PaymentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a payment id is 1 to 64 letters, digits or - _')
export type PaymentId = z.infer<typeof PaymentId>
