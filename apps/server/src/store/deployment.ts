import type { GatewayName } from '@landfall/payment-core'
import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { Database } from './engines/open.ts'
import { isOfGateways } from './gateway-scope.ts'

/**
 * `gateway_account` and `gateway_account_v2`: the fingerprint of the account that this database's orders were made with, by V1 and by V2. `clock_went_back`: the
 * last correction of a server's clock, whose due times have been moved.
 */
export type DeploymentFact = 'gateway_account' | 'gateway_account_v2' | 'clock_went_back'

/** The noted value; null when none is. */
export async function readDeployment(db: Database, name: DeploymentFact): Promise<string | null> {
  const { deployment } = db.tables
  const [row] = await db.query
    .select({ value: deployment.value })
    .from(deployment)
    .where(eq(deployment.name, name))
  return row?.value ?? null
}

/**
 * Notes a value, in place of an earlier one. With `onceInMs` it answers `stale` when some server has noted one within that
 * time: of several servers, one acts.
 */
export async function noteDeployment(
  db: Database,
  name: DeploymentFact,
  value: string,
  { nowMs, onceInMs = 0 }: { readonly nowMs: number; readonly onceInMs?: number },
): Promise<'done' | 'stale'> {
  const { deployment } = db.tables
  // A later time than now comes from before the clock was corrected.
  const isOther = sql`${lt(deployment.atMs, nowMs - onceInMs + 1)} or ${gt(deployment.atMs, nowMs + onceInMs)}`
  return db.atomically([
    (query) =>
      query
        .insert(deployment)
        .values({ name, value, atMs: nowMs })
        .onConflictDoUpdate({
          target: deployment.name,
          set: { value, atMs: nowMs },
          setWhere: isOther,
        }),
  ])
}

/**
 * What the gateway should know of these protocols, if it is the one that this database has asked before: the newest kept
 * payment, and the newest open order, one whose amount it has fixed if there is one. Another account knows neither.
 */
export async function readEvidence(
  db: Database,
  gateways: readonly GatewayName[],
): Promise<{
  readonly payment: { readonly paymentId: string; readonly orderId: string } | null
  readonly orderId: string | null
}> {
  const { orders, payments } = db.tables
  const isTheirs = isOfGateways(orders, gateways)
  const [payment] = await db.query
    .select({ paymentId: payments.paymentId, orderId: payments.orderId })
    .from(payments)
    .innerJoin(orders, eq(orders.orderId, payments.orderId))
    .where(and(eq(payments.standing, 'kept'), isTheirs))
    .orderBy(desc(payments.recordedAtMs))
    .limit(1)
  const [order] = await db.query
    .select({ id: orders.orderId })
    .from(orders)
    .where(and(eq(orders.status, 'open'), isTheirs))
    .orderBy(desc(orders.amountFixed), desc(orders.registeredAtMs))
    .limit(1)
  return { payment: payment ?? null, orderId: order?.id ?? null }
}
