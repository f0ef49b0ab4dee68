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
  .meta({
    description: 'The shop’s id of the order: 1 to 40 letters, digits or `-` `_` `.` `:`.',
    examples: ['ord-1001'],
  })
export type OrderId = z.infer<typeof OrderId>

/** An order id as the gateway names it, for payments of orders that are not registered. */
export const AnyOrderId = z
  .string()
  .min(1)
  .max(100)
  .meta({
    description:
      'The shop’s id of the order. For a payment of an unregistered order: the order id that the gateway names.',
    examples: ['ord-1001'],
  })

/** An order id as the gateway names it. It can be a stranger's, but both databases must be able to store it (M-17). */
export const GatewayOrderId = z
  .string()
  .max(200)
  .refine((id) => id.isWellFormed() && !id.includes('\0'))

/** The gateway's name for one try to pay an order. */
export const PaymentId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a payment id is 1 to 64 letters, digits or - _')
  .meta({
    description: 'The gateway’s id of one try to pay an order (`imp_uid`).',
    examples: ['imp_448280090638'],
  })
export type PaymentId = z.infer<typeof PaymentId>
