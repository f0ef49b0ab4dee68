import type { Claim } from './claim.ts'
import { claimFromReturn, returnFieldsFromLink, returnFieldsFromQuery } from './portone-v1/claims.ts'
import { ReturnFields } from './portone-v1/wire.ts'
import { claimFromReturnV2, paymentTokenOf } from './portone-v2/claims.ts'
import { returnFieldsFromLinkV2, returnFieldsFromQueryV2 } from './portone-v2/return-query.ts'
import { ReturnFieldsV2 } from './portone-v2/wire.ts'
import type { Problem } from './problem.ts'
import { ok, type Result } from './result.ts'
import { textOf } from './return-query.ts'

/** The fields of a return of either protocol. The names differ, so each tells its own. */
export const AnyReturnFields = ReturnFields.extend(ReturnFieldsV2.shape)
export type AnyReturnFields = ReturnType<typeof AnyReturnFields.parse>

/** What a return says. */
export type ReadReturn = {
  readonly claim: Claim
  /** No field of either protocol has a value: a scanner or a preview, or the query was lost. */
  readonly isEmpty: boolean
  /** The token of a payment that waits for its confirmation; null without one. V1 has none. */
  readonly paymentToken: string | null
}

/** Reads the callback object of either protocol, as received. */
export function readReturnObject(input: AnyReturnFields): ReadReturn {
  const [v1, v2] = [ReturnFields.parse(input), ReturnFieldsV2.parse(input)]
  return isV2(v1, v2) ? readV2(v2) : readV1(v1)
}

/** Reads a redirect's raw query (without `?`). Fails when a known name has two values or is a list. */
export function readReturnQuery(query: string): Result<ReadReturn, Extract<Problem, { kind: 'bad_input' }>> {
  if (isQueryV2(query)) {
    const read = returnFieldsFromQueryV2(query)
    return read.ok ? ok(readV2(read.value)) : read
  }
  const read = returnFieldsFromQuery(query)
  return read.ok ? ok(readV1(read.value)) : read
}

/** Reads a query that came through an order's own link, whatever else the address holds. `odd` describes the oddities. */
export function readReturnLink(query: string): ReadReturn & { readonly odd: readonly string[] } {
  if (isQueryV2(query)) {
    const { fields, odd } = returnFieldsFromLinkV2(query)
    return { ...readV2(fields), odd }
  }
  const { fields, odd } = returnFieldsFromLink(query)
  return { ...readV1(fields), odd }
}

const readV1 = (fields: ReturnFields): ReadReturn => ({
  claim: claimFromReturn(fields),
  isEmpty: isEmpty(fields),
  paymentToken: null,
})
const readV2 = (fields: ReturnFieldsV2): ReadReturn => ({
  claim: claimFromReturnV2(fields),
  isEmpty: isEmpty(fields),
  paymentToken: paymentTokenOf(fields),
})

/** Scripts write `null` and `undefined` for a missing value. */
const isEmpty = (fields: ReturnFields | ReturnFieldsV2): boolean =>
  Object.values(fields).every((value) => textOf(value) === null)

/**
 * Whether a query is V2's: it has one of V2's own names, and no id of V1's. `code` and `message` are anybody's (docs/gateway/portone-v2.md §3.1).
 */
function isQueryV2(query: string): boolean {
  if (!OWN_NAMES.test(query)) return false
  const v2 = returnFieldsFromQueryV2(query)
  return isV2(returnFieldsFromLink(query).fields, v2.ok ? v2.value : oddV2)
}

/** A query without them is V1's, as most are. */
const OWN_NAMES = /paymentId|payment_id|txId|transactionType|paymentToken/
/** Stands for a query that holds one of V2's names twice. */
const oddV2: ReturnFieldsV2 = { paymentId: 'odd' }

const hasAny = (...values: ReadonlyArray<ReturnFieldsV2['txId']>): boolean =>
  values.some((value) => textOf(value) !== null)

const isV2 = (v1: ReturnFields, v2: ReturnFieldsV2): boolean =>
  hasAny(v2.paymentId, v2.payment_id, v2.txId, v2.transactionType, v2.paymentToken) &&
  !hasAny(v1.imp_uid, v1.merchant_uid)
