import { expiryFault, partsFault, type RegisterInput } from '../api/register.ts'
import type { Order } from './order.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'

/** The fields that follow a second registration, as the shop calls them. */
export type ChangedField = 'name' | 'expiresAt' | 'taxFree' | 'vat' | 'reference' | 'returnTo'
export type ChangedTerms = { readonly order: Order; readonly fields: readonly ChangedField[] }

/**
 * What a second registration makes of an order that is held. Amount and currency are what a customer may be paying right now: others are a
 * conflict. Everything else follows while the order is open. Once it is not, the same answer is given and nothing changes: a shop whose page
 * registers again with each visit must learn there that the order is paid, not that its new deadline is refused.
 */
export function changedTerms(
  order: Order,
  input: RegisterInput,
  at: { readonly nowMs: number; readonly accountLifeMaxMs: number },
): Result<ChangedTerms, Problem> {
  const { orderId } = order
  if (order.amount !== input.amount) return fail({ kind: 'order_conflict', orderId, field: 'amount' })
  if (order.currency !== input.currency) return fail({ kind: 'order_conflict', orderId, field: 'currency' })
  if (order.status !== 'open' || order.closedAtMs !== null) return ok({ order, fields: [] })
  const changed = { ...order, ...givenIn(input), ...deadlineIn(order, input, at.accountLifeMaxMs) }
  const fault = changed.expiresAtMs === order.expiresAtMs ? null : expiryFault(changed.expiresAtMs, at.nowMs)
  if (fault !== null) return fail({ kind: 'bad_input', where: fault })
  if ((changed.taxFree ?? 0) + (changed.vat ?? 0) > order.amount)
    return fail({ kind: 'bad_input', where: `taxFree: ${partsFault}` })
  return ok({ order: changed, fields: fieldsIn(order, changed) })
}

const givenIn = ({ name, taxFree, vat, reference, returnTo }: RegisterInput): Partial<Order> => ({
  name,
  ...(taxFree === undefined ? {} : { taxFree }),
  ...(vat === undefined ? {} : { vat }),
  ...(reference === undefined ? {} : { reference }),
  ...(returnTo === undefined ? {} : { returnTo }),
})

function deadlineIn(
  order: Order,
  { expiresAt: expiresAtMs }: RegisterInput,
  accountLifeMaxMs: number,
): Pick<Order, 'expiresAtMs' | 'accountsUntilMs' | 'emptyAfterDeadline'> {
  const { accountsUntilMs, emptyAfterDeadline } = order
  if (expiresAtMs === undefined || expiresAtMs === order.expiresAtMs)
    return { expiresAtMs: order.expiresAtMs, accountsUntilMs, emptyAfterDeadline }
  // A look after the old deadline is none after the new one.
  const isLooked = emptyAfterDeadline && expiresAtMs < order.expiresAtMs
  return { expiresAtMs, accountsUntilMs: expiresAtMs + accountLifeMaxMs, emptyAfterDeadline: isLooked }
}

const comparedFields: ReadonlyArray<readonly [ChangedField, keyof Order]> = [
  ['name', 'name'],
  ['expiresAt', 'expiresAtMs'],
  ['taxFree', 'taxFree'],
  ['vat', 'vat'],
  ['reference', 'reference'],
  ['returnTo', 'returnTo'],
]
const fieldsIn = (before: Order, after: Order): ChangedField[] =>
  comparedFields.flatMap(([field, key]) =>
    JSON.stringify(before[key]) === JSON.stringify(after[key]) ? [] : [field],
  )
