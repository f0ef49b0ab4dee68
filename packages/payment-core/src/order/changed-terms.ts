import { expiryFault, partsFault, type RegisterInput } from '../api/register.ts'
import type { Order } from './order.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'

/** The fields that a second registration can change, by the shop's names. */
type ChangedField = 'name' | 'expiresAt' | 'taxFree' | 'vat' | 'reference' | 'returnTo'
type ChangedTerms = { readonly order: Order; readonly fields: readonly ChangedField[] }

/**
 * Applies a second registration to a held order. Another amount or currency is a conflict, because a customer may be paying right now. The other
 * fields change while the order is open. Afterwards nothing changes and the answer stays the same: a shop whose page registers at each visit must
 * learn that the order is paid, not that its new deadline is refused.
 */
export function changedTerms(
  order: Order,
  input: RegisterInput,
  at: { readonly nowMs: number; readonly accountLifeMaxMs: number },
): Result<ChangedTerms, Problem> {
  const { orderId } = order
  if (order.amount !== input.amount) return fail({ kind: 'order_conflict', orderId, field: 'amount' })
  if (order.currency !== input.currency) return fail({ kind: 'order_conflict', orderId, field: 'currency' })
  if (order.gateway !== (input.gateway ?? order.gateway))
    return fail({ kind: 'order_conflict', orderId, field: 'gateway' })
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
  // A look-up after the old deadline proves nothing about the new one.
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
