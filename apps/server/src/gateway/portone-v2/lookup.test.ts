import { describe, expect, test } from 'vitest'
import { notFound, paymentRecord, tryRecord, TX, V2_STORE_ID } from '../../../testing/v2-records.ts'
import { startV2Stub, type V2Call, type V2Said } from '../../../testing/v2-stub.ts'
import { byOrder, byPayment, problemOf, seenIn } from '../gateway.contract.ts'

/** Answers the three ways of a look-up: the payment, its tries, a search. */
const says =
  ({
    payment = { body: paymentRecord() },
    tries = { body: { items: [tryRecord()] } },
    search = page([]),
  }: {
    payment?: V2Said
    tries?: V2Said
    search?: V2Said
  }) =>
  ({ path }: V2Call): V2Said => {
    if (path === '/payments') return search
    return path.endsWith('/transactions') ? tries : payment
  }
const page = (items: unknown[]): V2Said => ({
  body: { items, page: { number: 0, size: 3, totalCount: items.length } },
})

describe('V2: the wire', () => {
  test('the key, the store and percent-encoded ids go with every call', async () => {
    await using stub = await startV2Stub(() => notFound)
    const orderId = 'p/1 한?a=%2F#b'
    await stub.gateway.lookup(byOrder(orderId))
    expect(stub.calls.map(({ path }) => path).toSorted()).toEqual([
      `/payments/${encodeURIComponent(orderId)}`,
      `/payments/${encodeURIComponent(orderId)}/transactions`,
    ])
    for (const { headers, query } of stub.calls)
      expect([headers['authorization'], query.get('storeId')]).toEqual(['PortOne v2-secret', V2_STORE_ID])
  })
})

describe('V2: looking an order up', () => {
  test('G-17: the payment and all its tries are one answer, each try once', async () => {
    const first = { id: 'tx-1', status: 'FAILED', channel: undefined, failedAt: '2026-11-02T03:00:01Z' }
    const tries = { body: { items: [tryRecord({ status: 'READY' }), tryRecord(first)] } }
    await using stub = await startV2Stub(says({ tries }))
    const seen = seenIn(await stub.gateway.lookup(byOrder('ord-1')))
    expect(seen.map(({ paymentId, status }) => [paymentId, status])).toEqual([
      [TX, 'paid'],
      ['tx-1', 'failed'],
    ])
    expect(stub.warned).toEqual([])
  })

  test('G-17: a paid try that the payment does not show is found', async () => {
    const payment = { body: paymentRecord({ transactionId: 'tx-2', status: 'READY', paidAt: undefined }) }
    await using stub = await startV2Stub(says({ payment }))
    const seen = seenIn(await stub.gateway.lookup(byOrder('ord-1')))
    expect(seen.map(({ paymentId, status }) => [paymentId, status])).toEqual([
      ['tx-2', 'ready'],
      [TX, 'paid'],
    ])
  })

  test('G-10: an order that no window was opened for has no tries', async () => {
    await using stub = await startV2Stub(() => notFound)
    expect(seenIn(await stub.gateway.lookup(byOrder('ord-1')))).toEqual([])
    expect(stub.warned).toEqual([])
  })

  test.each<[string, V2Said, string]>([
    ['is off', { status: 404, body: { type: 'NOT_FOUND' } }, 'gateway_refused'],
    ['is not there', { status: 404, body: '<html>' }, 'gateway_unreadable'],
    ['is not implemented', { status: 501, body: '' }, 'gateway_refused'],
    ['is forbidden', { status: 403, body: { type: 'FORBIDDEN' } }, 'gateway_refused'],
    ['fails', { status: 500, body: '<html>' }, 'gateway_refused'],
    ['is cut off', { fate: 'cut' }, 'gateway_unreachable'],
    ['hangs', { fate: 'hang' }, 'gateway_unreachable'],
    ['has another shape', { body: [tryRecord()] }, 'gateway_unreadable'],
    [
      'has a try of a new status',
      { body: { items: [tryRecord({ status: 'REBOOKED' })] } },
      'gateway_unreadable',
    ],
    [
      'has a try of another order',
      { body: { items: [tryRecord({ paymentId: 'ord-2' })] } },
      'gateway_wrong_record',
    ],
    [
      'has a try of another store',
      { body: { items: [tryRecord({ storeId: 'store-x' })] } },
      'gateway_wrong_record',
    ],
  ])(
    'S-20: when the list of tries %s, the payment alone is the answer, and the log says so',
    async (_, tries, problem) => {
      await using stub = await startV2Stub(says({ tries }), { lookupTimeoutMs: 3_000 })
      expect(seenIn(await stub.gateway.lookup(byOrder('ord-1')))).toMatchObject([
        { paymentId: TX, status: 'paid' },
      ])
      expect(stub.warned).toEqual([{ orderId: 'ord-1', problem }])
    },
  )

  test.each<[string, V2Said, object]>([
    [
      'unreadable money',
      { body: { items: [tryRecord({ id: 'tx-9', amount: null })] } },
      { kind: 'gateway_bad_money', paymentId: 'tx-9' },
    ],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'gateway_busy', retryAfterMs: 7_000 }],
    [
      'more tries than anybody makes',
      { body: { items: Array.from({ length: 1_001 }, (_, at) => tryRecord({ id: `tx-${at}` })) } },
      { kind: 'gateway_unreadable' },
    ],
  ])('G-08, G-13, S-20: %s among the tries is a problem of the look-up', async (_, tries, problem) => {
    await using stub = await startV2Stub(says({ tries }))
    expect(problemOf(await stub.gateway.lookup(byOrder('ord-1')))).toMatchObject(problem)
  })

  test.each<[string, V2Said, object]>([
    ['503 (G-03)', { status: 503, body: '' }, { kind: 'gateway_refused', status: 503, code: null }],
    [
      '401',
      { status: 401, body: { type: 'UNAUTHORIZED' } },
      { kind: 'gateway_refused', status: 401, message: 'UNAUTHORIZED' },
    ],
    ['a proxy’s 404', { status: 404, body: '<html>' }, { kind: 'gateway_unreadable', where: 'answer' }],
    [
      'a 404 of another kind',
      { status: 404, body: { type: 'STORE_NOT_FOUND' } },
      { kind: 'gateway_refused', status: 404 },
    ],
    ['HTML with 200 (G-06)', { body: '<html>' }, { kind: 'gateway_unreadable', where: 'record' }],
    ['a redirect (G-04)', { status: 302, headers: { location: '/x' } }, { kind: 'gateway_unreadable' }],
    ['an error body with 200', { body: { type: 'INTERNAL' } }, { kind: 'gateway_unreadable' }],
    [
      'a new status',
      { body: paymentRecord({ status: 'REBOOKED' }) },
      { kind: 'gateway_unreadable', where: 'status' },
    ],
    [
      'no channel (G-20)',
      { body: paymentRecord({ channel: undefined }) },
      { kind: 'gateway_unreadable', where: 'channel' },
    ],
    [
      'bad money (G-08)',
      { body: paymentRecord({ currency: null }) },
      { kind: 'gateway_bad_money', where: 'currency' },
    ],
    [
      'another order (G-07)',
      { body: paymentRecord({ id: 'ord-2' }) },
      { kind: 'gateway_wrong_record', asked: 'ord-1', got: 'ord-2' },
    ],
    [
      'another store (G-07)',
      { body: paymentRecord({ storeId: 'store-x' }) },
      { kind: 'gateway_wrong_record', got: 'store-x' },
    ],
    ['nothing', { fate: 'cut' }, { kind: 'gateway_unreachable' }],
  ])(
    'S-20: a payment that answers %s concludes nothing, whatever its tries say',
    async (_, payment, problem) => {
      await using stub = await startV2Stub(says({ payment }))
      expect(problemOf(await stub.gateway.lookup(byOrder('ord-1')))).toMatchObject(problem)
    },
  )
})

describe('V2: looking a payment up', () => {
  test('G-07: it is found through its order, and is the only one told', async () => {
    const tries = { body: { items: [tryRecord(), tryRecord({ id: 'tx-1', status: 'FAILED' })] } }
    await using stub = await startV2Stub(says({ tries }))
    for (const [paymentId, status] of [
      [TX, 'paid'],
      ['tx-1', 'failed'],
    ] as const)
      expect(seenIn(await stub.gateway.lookup(byPayment(paymentId, 'ord-1')))).toMatchObject([
        { paymentId, status },
      ])
    expect(stub.calls.filter(({ path }) => path === '/payments')).toEqual([])
  })

  test('the one that the gateway shows costs one call, and only another one the list of tries', async () => {
    await using stub = await startV2Stub(says({}))
    await stub.gateway.lookup(byPayment(TX, 'ord-1'))
    expect(stub.calls.map(({ path }) => path)).toEqual(['/payments/ord-1'])
    await stub.gateway.lookup(byPayment('tx-1', 'ord-1'))
    expect(stub.calls[2]?.path).toBe('/payments/ord-1/transactions')
  })

  test('without an order it is searched for', async () => {
    await using stub = await startV2Stub(says({ search: page([paymentRecord()]) }))
    expect(seenIn(await stub.gateway.lookup(byPayment(TX)))).toMatchObject([
      { paymentId: TX, orderId: 'ord-1' },
    ])
    const asked: unknown = JSON.parse(stub.calls[0]?.query.get('requestBody') ?? '')
    expect(asked).toEqual({
      page: { number: 0, size: 3 },
      filter: { storeId: V2_STORE_ID, textSearch: [{ field: 'TX_ID', value: TX }] },
    })
  })

  test('R-12, W-16: a claim that names a wrong order is looked up all the same; the gateway names the order', async () => {
    const orders = new Map([
      ['ord-2', paymentRecord({ id: 'ord-2', transactionId: 'tx-2' })],
      ['ord-1', paymentRecord()],
    ])
    await using stub = await startV2Stub(({ path }) => {
      if (path === '/payments') return page([paymentRecord()])
      const [, , orderId = '', what] = path.split('/')
      return what === undefined ? { body: orders.get(orderId) } : { body: { items: [] } }
    })
    expect(seenIn(await stub.gateway.lookup(byPayment(TX, 'ord-2')))).toMatchObject([{ orderId: 'ord-1' }])
  })

  test('G-17: an older try is found although the search shows its order by a newer one', async () => {
    const newer = paymentRecord({ transactionId: 'tx-2', status: 'READY', paidAt: undefined })
    await using stub = await startV2Stub(says({ payment: { body: newer }, search: page([newer]) }))
    expect(seenIn(await stub.gateway.lookup(byPayment(TX)))).toMatchObject([
      { paymentId: TX, status: 'paid' },
    ])
  })

  test('G-07: what the search finds beside it is never it', async () => {
    const other = paymentRecord({ id: 'ord-2', transactionId: 'tx-2' })
    const payment = { body: other }
    await using stub = await startV2Stub(
      says({ payment, tries: { body: { items: [] } }, search: page([other, 'x', null]) }),
    )
    expect(problemOf(await stub.gateway.lookup(byPayment(TX)))).toEqual({
      kind: 'unknown_payment',
      asked: TX,
    })
  })

  test('G-10: one that nobody knows is unknown, after one search', async () => {
    await using stub = await startV2Stub(({ path }) => (path === '/payments' ? page([]) : notFound))
    expect(problemOf(await stub.gateway.lookup(byPayment(TX, 'ord-1')))).toEqual({
      kind: 'unknown_payment',
      asked: TX,
    })
    expect(stub.calls).toHaveLength(3)
  })

  test('S-20: a search that fails concludes nothing', async () => {
    await using stub = await startV2Stub(says({ search: { status: 500 } }))
    expect(problemOf(await stub.gateway.lookup(byPayment(TX)))).toMatchObject({
      kind: 'gateway_refused',
      status: 500,
    })
  })
})
