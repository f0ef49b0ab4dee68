import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Claim,
  claimFromReturnV2,
  Facts,
  paymentTokenOf,
  readPaymentV2,
  readTransactionV2,
  readWebhookV2,
  ReturnFieldsV2,
  returnFieldsFromLinkV2,
  returnFieldsFromQueryV2,
} from '../index.ts'
import { amount, cancellation, channel, payment, STORE_ID, transaction } from '../../test/portone-v2.ts'

const anything = fc.oneof(
  fc.anything({ withNullPrototype: true }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, undefined, '', 'null', 0, -1, 0.5, 2 ** 53, Number.NaN, [], {}),
)

/** A record of which some fields hold anything, and the rest what the gateway sends. */
const damaged = (whole: Record<string, unknown>) =>
  fc
    .dictionary(fc.constantFrom(...Object.keys(whole)), anything, { maxKeys: 4 })
    .map((changed) => ({ ...whole, ...changed }))

const statuses = [
  'READY',
  'PAY_PENDING',
  'VIRTUAL_ACCOUNT_ISSUED',
  'PAID',
  'FAILED',
  'PARTIAL_CANCELLED',
  'CANCELLED',
]
const cancellations = fc.array(
  fc
    .tuple(fc.constantFrom('SUCCEEDED', 'FAILED', 'REQUESTED', 'NEW'), fc.nat(20_000), fc.uuid())
    .map(([status, sum, id]) => cancellation(sum, { status, id })),
  { maxLength: 4 },
)
const sound = fc.record({
  status: fc.constantFrom(...statuses),
  amount: fc.tuple(fc.nat(20_000), fc.nat(20_000)).map(([total, cancelled]) => amount(total, { cancelled })),
  cancellations: fc.option(cancellations),
  channel: fc.option(fc.constantFrom(channel('LIVE'), channel('TEST'), channel('NEW'))),
})
const records = fc.oneof(
  anything,
  fc
    .tuple(sound, fc.boolean())
    .chain(([changed, isTransaction]) => damaged(isTransaction ? transaction(changed) : payment(changed))),
  sound.map((changed) => payment(changed)),
)

describe('no input throws', () => {
  test('G-06, G-08, G-20: what is read of any record is well-formed, and never live without a live channel', () => {
    let seen = 0
    fc.assert(
      fc.property(records, (record) => {
        for (const read of [readPaymentV2(record, STORE_ID), readTransactionV2(record, STORE_ID)]) {
          if (!read.ok) {
            expect(read.problem.kind).toMatch(/^gateway_(?:unreadable|bad_money|wrong_record)$/)
            continue
          }
          seen += 1
          expect(Facts.parse(read.value)).toEqual(read.value)
          const told: Record<string, unknown> = Object.assign({}, record)
          const type = Object.assign({ type: null }, told['channel']).type
          const { status, testChannel, cancels } = read.value
          if (status === 'paid' || status === 'awaiting_deposit')
            expect(type).toBe(testChannel ? 'TEST' : 'LIVE')
          const entries = Array.isArray(told['cancellations']) ? told['cancellations'] : []
          expect(cancels).toHaveLength(entries.filter((each) => each.status === 'SUCCEEDED').length)
        }
      }),
      { numRuns: 3_000 },
    )
    expect(seen).toBeGreaterThan(200)
  })

  test('R-17, R-24: any query, through a link or without one', () => {
    const names = fc.constantFrom(
      'paymentId',
      'payment_id',
      'txId',
      'code',
      'pgMessage',
      'paymentToken',
      'transactionType',
      'x',
      '__proto__',
    )
    const part = fc
      .tuple(
        names,
        fc.constantFrom('=', '%3D', '[]=', ''),
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('ord-1001', '%', '%E0%A4', '+')),
      )
      .map((pieces) => pieces.join(''))
    const query = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.array(part, { maxLength: 80 }), fc.constantFrom('&', '?', ';', '%26'))
        .map(([parts, by]) => parts.join(by)),
    )
    fc.assert(
      fc.property(query, (text) => {
        const strict = returnFieldsFromQueryV2(text)
        for (const fields of [returnFieldsFromLinkV2(text).fields, ...(strict.ok ? [strict.value] : [])]) {
          expect(Claim.safeParse(claimFromReturnV2(fields)).success).toBe(true)
          expect(paymentTokenOf(fields) ?? 't').toMatch(/^[!-~]{1,2000}$/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('W-12, W-21: any body of a webhook, and any object of the browser script', () => {
    const types = fc.constantFrom('Transaction.Paid', 'Transaction.DisputeCreated', 'BillingKey.Issued', 'x')
    const event = {
      type: types,
      timestamp: anything,
      data: fc.oneof(
        anything,
        fc.record(
          { paymentId: anything, transactionId: anything, storeId: anything, cancellationId: anything },
          { requiredKeys: [] },
        ),
      ),
    }
    const old = { payment_id: anything, tx_id: anything, status: anything }
    fc.assert(
      fc.property(fc.oneof(anything, fc.record(event), fc.record(old)), (body) => {
        const read = readWebhookV2(body, STORE_ID)
        if (read.ok && read.value.kind !== 'nothing')
          expect(Claim.safeParse(read.value.claim).success).toBe(true)
        const fields = ReturnFieldsV2.safeParse(body)
        if (fields.success) expect(Claim.safeParse(claimFromReturnV2(fields.data)).success).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
