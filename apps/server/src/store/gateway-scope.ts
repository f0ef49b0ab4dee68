import { firstGateway, type GatewayName } from '@landfall/payment-core'
import { and, eq, exists, inArray, isNull, notExists, or, type Column, type SQL } from 'drizzle-orm'
import type { Query } from './engines/database.ts'
import type { Tables } from './tables.ts'

/** Takes due work of these protocols' orders alone, and of unregistered ones; null: all work. */
export type GatewayScope = readonly GatewayName[] | null

/** The order is of one of these protocols. Earlier versions noted none: they knew V1 alone. */
export const isOfGateways = ({ gateway }: Tables['orders'], names: readonly GatewayName[]): SQL | undefined =>
  names.includes(firstGateway)
    ? or(isNull(gateway), inArray(gateway, [...names]))
    : inArray(gateway, [...names])

/** The row's order is in the scope, or not registered. */
export function isInScope(
  query: Query,
  { orders }: Pick<Tables, 'orders'>,
  orderId: Column,
  scope: GatewayScope,
): SQL | undefined {
  if (scope === null) return undefined
  const ofRow = eq(orders.orderId, orderId)
  const idOf = (where: SQL | undefined) => query.select({ id: orders.orderId }).from(orders).where(where)
  return or(exists(idOf(and(ofRow, isOfGateways(orders, scope)))), notExists(idOf(ofRow)))
}
