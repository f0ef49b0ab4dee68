import type { Claim } from '../claim.ts'
import { OrderId, PaymentId } from '../order/ids.ts'
import { failReasonOf, shownText, type FailReason } from '../payment/fail-reason.ts'
import { idOf, textOf } from '../return-query.ts'
import type { ReturnFieldsV2 } from './wire.ts'

/**
 * Reads a return as a claim: the redirect's fields, or those of the object that the browser script resolved with or threw. A failure is a
 * present `code`; without one the window's work ended well, which proves no payment (docs/gateway/portone-v2.md §3.1).
 */
export function claimFromReturnV2(fields: ReturnFieldsV2): Claim {
  const says = statementOf(fields)
  const pgMessage = textOf(fields.pgMessage)
  const isFailure = says === 'failure'
  return {
    source: 'return',
    gateway: 'portone-v2',
    paymentId: paymentIdOf(fields),
    orderId: orderIdOf(fields),
    says,
    status: null,
    cancellationId: null,
    // No code means that the customer closed the window: the same code stands for a refusal (§3.3). Only the PG's text tells.
    failReason: isFailure ? failReasonOf(null, pgMessage, ownCodes.get(textOf(fields.code) ?? '')) : null,
    message: isFailure ? shownText(pgMessage ?? textOf(fields.message)) : null,
  }
}

/** The protocol's own codes that have one meaning (§3.3). All others say only that something failed. */
const ownCodes: ReadonlyMap<string, FailReason> = new Map([
  ['PaymentAlreadyPaid', 'already_paid'],
  ['StoreNotFound', 'window_not_opened'],
  ['ChannelNotFound', 'window_not_opened'],
  ['ParseChannelFailed', 'window_not_opened'],
  ['ParsePrepareResponseFailed', 'window_not_opened'],
])

/** What stands for the transaction while a payment waits for its confirmation (§11). */
const PLACEHOLDER = 'NEEDS_CONFIRMATION'

function paymentIdOf(fields: ReturnFieldsV2): string | null {
  const id = idOf(PaymentId, fields.txId)
  return id === PLACEHOLDER ? null : id
}

/** Of two spellings with different values neither is used. */
function orderIdOf(fields: ReturnFieldsV2): string | null {
  const [id, old] = [idOf(OrderId, fields.paymentId), idOf(OrderId, fields.payment_id)]
  return id === null || old === null || id === old ? (id ?? old) : null
}

/** Windows that move no money (§3.1). */
const noPayment = /^(?:ISSUE_BILLING_KEY|IDENTITY_VERIFICATION)$/

/** `code` is also OAuth's parameter, so it counts only beside a field that is PortOne's alone (§3.1). */
function statementOf(fields: ReturnFieldsV2): Claim['says'] {
  const { paymentId, payment_id, txId, transactionType, paymentToken } = fields
  const isPortone = [paymentId, payment_id, txId, transactionType, paymentToken].some(
    (value) => textOf(value) !== null,
  )
  if (!isPortone || noPayment.test(textOf(transactionType) ?? '')) return 'nothing'
  return textOf(fields.code) === null ? 'success' : 'failure'
}

const PAYMENT_TOKEN_MAX = 2_000

/**
 * The token of a payment that nothing is charged for until the server confirms it (§11); null without one, and for a failure. The token comes from
 * a browser: confirm it only for the order whose own link brought it.
 */
export function paymentTokenOf(fields: ReturnFieldsV2): string | null {
  const token = textOf(fields.paymentToken)
  const isSound = token !== null && token.length <= PAYMENT_TOKEN_MAX && /^[!-~]+$/.test(token)
  return isSound && statementOf(fields) === 'success' ? token : null
}
