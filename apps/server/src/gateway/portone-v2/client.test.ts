import { describe, expect, test } from 'vitest'
import { paymentRecord, TX, V2_STORE_ID } from '../../../testing/v2-records.ts'
import { startV2Stub, type V2Said } from '../../../testing/v2-stub.ts'
import { problemOf } from '../gateway.contract.ts'

describe('V2: the key', () => {
  const empty = { items: [], page: { number: 0, size: 1, totalCount: 0 } }

  test('is tried by the shortest list of the store', async () => {
    await using stub = await startV2Stub(() => ({ body: empty }))
    expect(await stub.gateway.checkKey()).toEqual({ ok: true, value: null })
    const asked: unknown = JSON.parse(stub.calls[0]?.query.get('requestBody') ?? '')
    expect(asked).toEqual({ page: { number: 0, size: 1 }, filter: { storeId: V2_STORE_ID } })
  })

  test.each<[V2Said, object]>([
    [
      { status: 401, body: { type: 'UNAUTHORIZED' } },
      { kind: 'gateway_refused', status: 401 },
    ],
    [
      { status: 403, body: { type: 'FORBIDDEN' } },
      { kind: 'gateway_refused', status: 403 },
    ],
    [{ status: 500 }, { kind: 'gateway_refused', status: 500 }],
    [{ body: '<html>' }, { kind: 'gateway_unreadable' }],
    [{ fate: 'cut' }, { kind: 'gateway_unreachable' }],
  ])('G-22: %j does not accept it', async (said, problem) => {
    await using stub = await startV2Stub(() => said)
    expect(problemOf(await stub.gateway.checkKey())).toMatchObject(problem)
  })
})

describe('V2: fixing an amount', () => {
  const money = { amount: 1_099, currency: 'USD' }

  test('M-22: it is registered in minor units, and the gateway’s clock tells since when', async () => {
    await using stub = await startV2Stub(() => ({ headers: { date: 'Mon, 02 Nov 2026 03:00:00 GMT' } }))
    for (const how of [undefined, 'replace'] as const)
      expect(await stub.gateway.fixAmount('ord/1', money, how)).toEqual({
        ok: true,
        value: { kind: 'fixed', atMs: Date.UTC(2026, 10, 2, 3) },
      })
    for (const { method, path, body } of stub.calls) {
      expect([method, path]).toEqual(['POST', '/payments/ord%2F1/pre-register'])
      expect(JSON.parse(body)).toEqual({ storeId: V2_STORE_ID, totalAmount: 1_099, currency: 'USD' })
    }
  })

  test.each<[V2Said, object]>([
    [
      { status: 409, body: { type: 'ALREADY_PAID' } },
      { kind: 'gateway_refused', status: 409, message: 'ALREADY_PAID' },
    ],
    [{ status: 500 }, { kind: 'gateway_refused', status: 500 }],
    [{ body: '<html>' }, { kind: 'gateway_unreadable' }],
    [{ status: 404, body: '<html>' }, { kind: 'gateway_unreadable' }],
  ])('M-22: %j fixes nothing', async (said, problem) => {
    await using stub = await startV2Stub(() => said)
    expect(problemOf(await stub.gateway.fixAmount('ord-1', money))).toMatchObject(problem)
  })

  test('M-22: what is fixed cannot be asked, and is never said to be nothing', async () => {
    await using stub = await startV2Stub(() => ({}))
    expect(await stub.gateway.fixedAmount('ord-1')).toEqual({ ok: true, value: { kind: 'unknown' } })
    expect(stub.calls).toEqual([])
  })
})

describe('V2: the list of changes', () => {
  const window = {
    status: 'cancelled',
    fromMs: Date.UTC(2026, 10, 2, 3),
    toMs: Date.UTC(2026, 10, 2, 4),
  } as const
  const page = (items: unknown[], totalCount = items.length): V2Said => ({
    body: { items, page: { number: 0, size: 100, totalCount } },
    headers: { date: 'Mon, 02 Nov 2026 04:00:01 GMT' },
  })

  test('V-08, M-10: it asks by the time of the present status, page 1 as V2’s page 0', async () => {
    await using stub = await startV2Stub(() => page([]))
    await stub.gateway.changed(window, 1)
    await stub.gateway.changed({ ...window, status: 'paid' }, 3)
    const asked: unknown[] = stub.calls.map(({ query }) => JSON.parse(query.get('requestBody') ?? ''))
    const filter = {
      storeId: V2_STORE_ID,
      timestampType: 'STATUS_CHANGED_AT',
      from: '2026-11-02T03:00:00.000Z',
      until: '2026-11-02T04:00:00.000Z',
      sortBy: 'STATUS_CHANGED_AT',
      sortOrder: 'ASC',
    }
    expect(asked).toEqual([
      { page: { number: 0, size: 100 }, filter: { ...filter, status: ['PARTIAL_CANCELLED', 'CANCELLED'] } },
      { page: { number: 2, size: 100 }, filter: { ...filter, status: ['PAID'] } },
    ])
  })

  test('G-15: pages go on until the whole list was read', async () => {
    await using stub = await startV2Stub(({ query }) =>
      page(query.get('requestBody')?.includes('"number":3') === true ? [] : [paymentRecord()], 250),
    )
    const next = async (at: number) => {
      const answer = await stub.gateway.changed(window, at)
      return answer.ok ? [answer.value.nextPage, answer.value.total, answer.value.atMs] : answer.problem
    }
    const atMs = Date.UTC(2026, 10, 2, 4, 0, 1)
    const last = [null, 250, atMs]
    // The fourth page: the list has shrunk meanwhile.
    expect([await next(1), await next(2), await next(3), await next(4)]).toEqual([
      [2, 250, atMs],
      [3, 250, atMs],
      last,
      last,
    ])
  })

  test('G-15: rows that cannot be read are still looked up; another store’s are not', async () => {
    const rows = [
      paymentRecord(),
      paymentRecord({ id: 'ord-2', transactionId: 'tx-2', status: 'REBOOKED' }),
      paymentRecord({ id: 'ord-3', transactionId: 'tx-3', storeId: 'store-x' }),
      { transactionId: 'tx-4' },
      null,
    ]
    await using stub = await startV2Stub(() => page(rows))
    const facts = { status: 'paid', cancelledAmount: 0, deposited: 0 }
    expect(await stub.gateway.changed(window, 1)).toMatchObject({
      ok: true,
      value: {
        payments: [
          { paymentId: TX, orderId: 'ord-1', facts },
          { paymentId: 'tx-2', orderId: 'ord-2', facts: null },
        ],
        nextPage: null,
      },
    })
  })

  test.each<[V2Said, object]>([
    [page([], 1), { kind: 'gateway_unreadable', where: 'items' }],
    [
      { status: 400, body: { type: 'INVALID_REQUEST' } },
      { kind: 'gateway_refused', status: 400 },
    ],
    [{ body: '<html>' }, { kind: 'gateway_unreadable' }],
    [{ status: 429 }, { kind: 'gateway_busy' }],
  ])('S-20: %j is no empty list', async (said, problem) => {
    await using stub = await startV2Stub(() => said)
    expect(problemOf(await stub.gateway.changed(window, 1))).toMatchObject(problem)
  })
})
