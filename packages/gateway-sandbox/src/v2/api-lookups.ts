import type { Hono } from 'hono'
import { z } from 'zod'
import type { SandboxPayment } from '../ledger.ts'
import { seenOf } from '../v1/visible-rows.ts'
import type { SandboxEnv, State } from '../state.ts'
import { filtered, ListInput, ROWS_MAX } from './list-filter.ts'
import { paymentObject, transactionObject } from './payment-object.ts'
import { inputAs, problem } from './problems.ts'
import { shownTry } from './tries.ts'
import { endpointMissing } from './unknown-endpoints.ts'

const Lookup = z.object({ storeId: z.string().optional() })

/** The look-ups (docs/gateway/portone-v2.md §5). None takes a transaction's id. */
export function lookupRoutesV2(api: Hono<SandboxEnv>, state: State): void {
  api.get('/payments', async (c) => {
    const asked = await inputAs(c, state, ListInput)
    if (asked instanceof Response) return asked
    const { number, size } = asked.page
    if ((number + 1) * size > ROWS_MAX) return problem(c, 'INVALID_REQUEST', 'page')
    if (![undefined, state.v2.storeId].includes(asked.filter.storeId)) return problem(c, 'FORBIDDEN')
    const found = filtered(latestOf(state), asked.filter, state.clock.nowSeconds())
    const items = found.slice(number * size, (number + 1) * size).map((seen) => paymentObject(state, seen))
    return c.json({ items, page: { number, size, totalCount: found.length } })
  })
  api.get('/payments/:paymentId', async (c) => {
    const asked = await inputAs(c, state, Lookup)
    if (asked instanceof Response) return asked
    const seen = shownTry(state, state.ledger.byOrder(c.req.param('paymentId')))
    return seen === undefined ? problem(c, 'PAYMENT_NOT_FOUND') : c.json(paymentObject(state, seen))
  })
  api.get('/payments/:paymentId/transactions', async (c) => {
    const asked = await inputAs(c, state, Lookup)
    if (asked instanceof Response) return asked
    const tries = state.ledger.byOrder(c.req.param('paymentId'))
    const own = tries[0]?.misbehaviour ?? {}
    if (state.misbehaviour.of(own).transactions === 'off') return endpointMissing(c)
    const seen = seenOf(state, tries)
    if (seen.length === 0) return problem(c, 'PAYMENT_NOT_FOUND')
    return c.json({ items: seen.map((one) => transactionObject(state, one)) })
  })
}

/** One try for each payment id, newest first. */
function latestOf(state: State) {
  const tries = new Map<string, SandboxPayment[]>()
  for (const payment of state.ledger.all()) {
    const known = tries.get(payment.orderId)
    if (known === undefined) tries.set(payment.orderId, [payment])
    else known.push(payment)
  }
  return [...tries.values()].flatMap((newestFirst) => shownTry(state, newestFirst) ?? [])
}
