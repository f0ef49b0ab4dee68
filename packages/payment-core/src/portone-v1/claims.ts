import type { Claim } from '../claim.ts'
import { OrderId } from '../order/ids.ts'
import { failReasonOf, shownText, type FailReason } from '../payment/fail-reason.ts'
import type { Problem } from '../problem.ts'
import { fail, ok, type Result } from '../result.ts'
import { idOf, returnQueryReader, textOf } from '../return-query.ts'
import { ImpUid, ReturnFields, type WebhookBody } from './wire.ts'

type BadInput = Extract<Problem, { kind: 'bad_input' }>
const badInput = (where: string): { ok: false; problem: BadInput } => fail({ kind: 'bad_input', where })

/**
 * Reads a return as a claim. Ids with invalid characters or lengths are dropped, so that no call is made of them; `null`, `undefined` and an
 * empty text mean *none*. Without an id, only a view token can help.
 */
export function claimFromReturn(fields: ReturnFields): Claim {
  const message = textOf(fields.error_msg)
  const code = textOf(fields.error_code) ?? textOf(fields.error_coe)
  const says = flagOf(fields, code ?? message)
  return {
    source: 'return',
    gateway: 'portone-v1',
    paymentId: idOf(ImpUid, fields.imp_uid),
    orderId: idOf(OrderId, fields.merchant_uid),
    says,
    status: null,
    cancellationId: null,
    failReason: says === 'failure' ? failReasonOf(code, message, ownCodes.get(code ?? '')) : null,
    message: says === 'failure' ? shownText(message) : null,
  }
}

/** The protocol's own failure codes; all other codes are the PGs' (docs/gateway/portone-v1.md §6.5). */
const ownCodes: ReadonlyMap<string, FailReason> = new Map([
  ['F1002', 'already_paid'],
  ['F1001', 'window_not_opened'],
  ['F500', 'window_not_opened'],
  ['F0005', 'closed_by_customer'],
  ['IAMPORT_CORDOVA', 'closed_by_customer'],
])

/** `imp_status` also comes with the callback's status words (docs/gateway/portone-v1.md §1.3). */
const SUCCESS = /^(?:true|1|success|paid)$/i
const FAILURE = /^(?:false|0|fail|failed)$/i

/**
 * Reads `imp_success`, `success` (some PGs) or `imp_status` (older pages), whichever can be read. An error without a flag claims a failure (docs/gateway/portone-v1.md
 * §2.1, R-28).
 */
function flagOf(fields: ReturnFields, error: string | null): Claim['says'] {
  const flags = [fields.imp_success, fields.success, fields.imp_status].map((flag) => textOf(flag) ?? '')
  const flag = flags.find((each) => SUCCESS.test(each) || FAILURE.test(each))
  if (flag !== undefined) return SUCCESS.test(flag) ? 'success' : 'failure'
  return error === null ? 'nothing' : 'failure'
}

/**
 * Reads a V1 webhook as a claim. One invalid id is ignored if the other can be looked up: a payment id that is none of V1's (W-20), or an order id
 * that we could not have issued, because another shop may share the account (M-17). Without a valid id the body is refused.
 */
export function claimFromWebhook(body: WebhookBody): Result<Claim, BadInput> {
  const paymentId = idOf(ImpUid, body.imp_uid)
  const orderId = idOf(OrderId, body.merchant_uid)
  if (paymentId === null && orderId === null)
    return badInput(textOf(body.merchant_uid) === null ? 'imp_uid' : 'merchant_uid')
  const status = textOf(body.status)
  return ok({
    source: 'webhook',
    gateway: 'portone-v1',
    paymentId,
    orderId,
    says: status === 'paid' || status === 'ready' ? 'success' : status === 'failed' ? 'failure' : 'nothing',
    status: shownText(status),
    cancellationId: shownText(textOf(body.cancellation_id)),
    failReason: null,
    message: null,
  })
}

const reader = returnQueryReader({
  fields: ReturnFields,
  ids: { imp_uid: ImpUid, merchant_uid: OrderId },
  flags: ['imp_success', 'success', 'imp_status'],
  // `?a=1&b=2imp_uid=imp_…`: a legacy script omits the separator when the shop's query already has an ampersand.
  glued: { name: 'imp_uid', pattern: /imp_uid=(imps?_[A-Za-z0-9_-]+)/ },
})

/**
 * Reads the redirect's raw query (without `?`), even when the gateway's script has broken it: unescaped `&` and `+` in `error_msg`, a missing
 * separator before `imp_uid`, invalid percent-encoding (docs/gateway/portone-v1.md §1.4, R-21). Fails when a known name has two values or is a
 * list.
 */
export const returnFieldsFromQuery = reader.fromQuery

/** Reads a query that came through an order's own link, whatever else the address holds. */
export const returnFieldsFromLink = reader.fromLink
