import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { paymentRecord, tryRecord, TX, V2_STORE_ID } from '../../../testing/v2-records.ts'
import type { Http, HttpAnswer } from '../http.ts'
import { portoneV2 } from './client.ts'

/** More calls than any operation needs: a client that goes on asking is in a loop. */
const CALLS_MAX = 12

const page = (items: unknown[]) => ({ items, page: { number: 0, size: 3, totalCount: items.length } })
const sound = fc.constantFrom<unknown>(
  paymentRecord(),
  paymentRecord(),
  paymentRecord({ transactionId: 'tx-2', status: 'READY' }),
  paymentRecord({ id: 'ord-2' }),
  paymentRecord({ storeId: 'store-x' }),
  paymentRecord({ amount: null }),
  { items: [tryRecord(), tryRecord({ id: 'tx-1', status: 'FAILED' })] },
  { items: [tryRecord({ paymentId: 'ord-2' })] },
  page([]),
  page([paymentRecord(), paymentRecord({ id: 'ord-2', transactionId: 'tx-2' })]),
  { cancellation: { status: 'SUCCEEDED' } },
  { cancellation: { status: 'NEW' } },
  { pgTxId: 'x', paidAt: 'x' },
  {},
)
const errors = fc.constantFrom<unknown>(
  { type: 'PAYMENT_NOT_FOUND' },
  { type: 'PAYMENT_NOT_PAID', message: 'x' },
  { type: 'IDEMPOTENCY_OUTSTANDING_REQUEST' },
  { type: 'PG_PROVIDER', pgCode: 'x', pgMessage: '취소 불가' },
)
const statuses = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503)
const headers = fc.constantFrom({}, { 'retry-after': '7' }, { date: 'x' })
const textOf = (body: unknown): string =>
  JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? ''
const hostile = fc.oneof(
  fc.oneof(sound, errors, fc.anything()).map(textOf),
  fc.string({ unit: 'binary' }),
  sound.map((body) => textOf(body).slice(0, -3)),
)
/** What is documented, and every mixture of it with anything else; null for no answer. */
const answers: fc.Arbitrary<HttpAnswer | null> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ status: fc.constant(200), headers, text: sound.map(textOf) }) },
  { weight: 3, arbitrary: fc.record({ status: statuses, headers, text: errors.map(textOf) }) },
  { weight: 3, arbitrary: fc.record({ status: statuses, headers, text: hostile }) },
  { weight: 1, arbitrary: fc.constant(null) },
)

describe('V2: whatever the gateway answers', () => {
  test('S-20, M-23: the client throws nothing, ends, tells only what it was asked for, and accepts nothing that was not agreed to', async () => {
    const met = { told: 0, failed: 0, accepted: 0, refused: 0, not_sent: 0, unknown: 0 }
    const asks = fc.constantFrom(
      'order',
      'payment',
      'search',
      'cancel',
      'close',
      'confirm',
      'changed',
      'fix',
      'key',
    )
    const run = fc.asyncProperty(
      asks,
      fc.array(answers, { minLength: 1, maxLength: 6 }),
      async (what, said) => {
        let calls = 0
        const http: Http = async ({ headers }) => {
          new Headers(headers) // throws at what HTTP cannot send
          const answer = said[Math.min(calls, said.length - 1)] ?? null
          calls += 1
          return answer === null
            ? { ok: false, problem: { kind: 'unreachable', cause: 'ECONNRESET' } }
            : { ok: true, value: answer }
        }
        const settings = {
          url: 'https://gateway.example',
          secret: 's',
          storeId: V2_STORE_ID,
          lookupTimeoutMs: 1_000,
          cancelTimeoutMs: 1_000,
        }
        const gateway = portoneV2(settings, http, () => 0, { warn: () => undefined })
        if (what === 'order' || what === 'payment' || what === 'search') {
          const orderId = what === 'search' ? null : 'ord-1'
          const looked = await gateway.lookup(
            what === 'order' ? { by: 'order', orderId: 'ord-1' } : { by: 'payment', paymentId: TX, orderId },
          )
          met[looked.ok ? 'told' : 'failed'] += 1
          for (const seen of looked.ok ? looked.value : []) {
            if (what === 'order') expect(seen.orderId).toBe('ord-1')
            else expect(seen.paymentId).toBe(TX)
          }
        } else if (what === 'cancel' || what === 'close' || what === 'confirm') {
          const cancel = {
            intentId: 'i',
            refusals: 0,
            paymentId: TX,
            orderId: 'ord-1',
            money: { amount: 1, currency: 'KRW' },
            expectedBalance: 1,
            reason: 'x',
            refundAccount: null,
            taxFree: null,
            vat: null,
          }
          const outcome =
            what === 'cancel'
              ? await gateway.cancel(cancel)
              : what === 'close'
                ? await gateway.closeAccount(TX, 'ord-1')
                : await gateway.confirm?.({ ...cancel, paymentToken: 't' })
          if (outcome === undefined) throw new Error('V2 confirms')
          met[outcome.kind] += 1
          const last = said[Math.min(calls, said.length) - 1] ?? null
          if (outcome.kind === 'accepted') expect([200, 201, 204]).toContain(last?.status)
          if (outcome.kind === 'refused' && outcome.text !== 'FAILED') expect(last?.text).toContain('"type"')
        } else {
          const window = { status: 'paid', fromMs: 0, toMs: 1 } as const
          if (what === 'changed') await gateway.changed(window, 1)
          if (what === 'fix') await gateway.fixAmount('ord-1', { amount: 1, currency: 'KRW' })
          if (what === 'key') await gateway.checkKey()
        }
        expect(calls).toBeLessThanOrEqual(CALLS_MAX)
      },
    )
    await fc.assert(run, { numRuns: 6_000 })
    for (const [kind, times] of Object.entries(met)) expect(times, kind).toBeGreaterThan(20)
  })
})
