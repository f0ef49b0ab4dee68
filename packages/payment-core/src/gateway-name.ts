import { z } from 'zod'

/** The protocols of the gateway. An order belongs to one; a payment is of the one whose window opened it. */
export const GatewayName = z.enum(['portone-v1', 'portone-v2'])
export type GatewayName = z.infer<typeof GatewayName>

/** The protocol of everything that earlier versions stored. */
export const firstGateway: GatewayName = 'portone-v1'
