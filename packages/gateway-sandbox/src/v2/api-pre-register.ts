import type { Hono } from 'hono'
import { z } from 'zod'
import type { SandboxEnv, State } from '../state.ts'
import { fromMinor } from './amounts.ts'
import { inputAs, problem } from './problems.ts'

const Minor = z.number().int().nonnegative()
const PreRegister = z.object({
  storeId: z.string().optional(),
  totalAmount: Minor.optional(),
  taxFreeAmount: Minor.optional(),
  currency: z.string().optional(),
})

/**
 * Fixes amount, tax-free part and currency before the window opens (docs/gateway/portone-v2.md §11). Our readings (§17): a second call
 * replaces the first, and without an amount it fixes nothing new.
 */
export function preRegisterRoute(api: Hono<SandboxEnv>, state: State): void {
  const { prepared, everPaid } = state.ledger
  api.post('/payments/:paymentId/pre-register', async (c) => {
    const asked = await inputAs(c, state, PreRegister)
    if (asked instanceof Response) return asked
    const orderId = c.req.param('paymentId')
    if (everPaid(orderId)) return problem(c, 'ALREADY_PAID')
    const held = prepared.get(orderId)
    const currency = asked.currency ?? held?.currency ?? 'KRW'
    const units = (minor: number | undefined) =>
      minor === undefined ? undefined : fromMinor(minor, currency)
    const amount = units(asked.totalAmount) ?? held?.amount
    const taxFree = units(asked.taxFreeAmount) ?? held?.taxFree
    if (amount !== undefined) prepared.set(orderId, { amount, currency, taxFree })
    return c.json({})
  })
}
