import { z } from 'zod'

/**
 * The shop's id for what it expects to be paid. All PGs take these characters. The first letter or digit keeps an id from changing the path of a
 * gateway call, however it is encoded.
 */
export const OrderId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}$/,
    'an order id is 1 to 40 letters, digits or - _ . : and starts with a letter or digit',
  )
export type OrderId = z.infer<typeof OrderId>

/** The gateway's name for one try to pay an order. */
export const PaymentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a payment id is 1 to 64 letters, digits or - _')
export type PaymentId = z.infer<typeof PaymentId>
