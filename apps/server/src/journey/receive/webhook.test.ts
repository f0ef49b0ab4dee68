import { describe, expect, test } from 'vitest'
import {
  buy,
  expectPaidOnce,
  go,
  isPaid,
  looks,
  name,
  orderId,
  orderOf,
  register,
  screenOf,
  tell,
  tellOf,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

const form = 'application/x-www-form-urlencoded'
const answered = async (answer: Response): Promise<[number, unknown]> => [answer.status, await answer.json()]
const receipts = (world: World) => world.deps().store.query.select().from(world.deps().store.tables.receipts)

/** A payment made at the gateway, of which it tells nobody. */
async function paidInSilence(world: World) {
  world.gateway.misbehave({ webhook: 'never' })
  const bought = await buy(world)
  await world.gateway.approve(bought.impUid)
  return bought
}

describe('200 when stored', () => {
  test.for([
    ['JSON', 'application/json', false],
    ['JSON with a charset', 'application/json; charset=UTF-8', false],
    ['JSON in capitals', 'Application/JSON', false],
    ['a form', form, true],
    ['a form with a charset', `${form}; charset=utf-8`, true],
  ] as const)('W-03: %s is read, and the payment it names is looked up', async ([, contentType, isForm]) => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    const fields = { imp_uid: impUid, merchant_uid: orderId, status: 'paid' }
    const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields)
    expect(await answered(await tell(world, body, contentType))).toEqual([200, { status: 'stored' }])
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
  })

  test('W-01: a forged «paid» for an unpaid order is a claim and no more', async () => {
    await using world = await startWorld()
    const bought = await buy(world)
    expect((await tellOf(world, bought, 'paid')).status).toBe(200)
    expect(
      (
        await tell(
          world,
          JSON.stringify({ imp_uid: 'imp_000000000001', merchant_uid: orderId, status: 'paid' }),
        )
      ).status,
    ).toBe(200)
    await world.pass(30_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', balance: 0, notices: [] })
    expect(world.receiver.attempts).toEqual([])
  })

  test.for(['cancelled', 'failed', 'ready', 'refunded'])(
    'W-02: a forged «%s» for a paid order changes nothing',
    async (status) => {
      await using world = await startWorld()
      const bought = await paidInSilence(world)
      await tellOf(world, bought)
      await world.until('paid', () => isPaid(world))
      const before = await orderOf(world)
      expect((await tellOf(world, bought, status)).status).toBe(200)
      expect(
        (await tell(world, JSON.stringify({ imp_uid: bought.impUid, status, cancellation_id: 'FORGED' })))
          .status,
      ).toBe(200)
      await world.pass(30_000)
      expect({ ...(await orderOf(world)), notices: [] }).toEqual({ ...before, notices: [] })
      await expectPaidOnce(world, bought.impUid)
    },
  )

  test.each(['failed', 'cancelled', 'ready'])(
    'W-02: a forged «%s» for an order nobody has paid yet changes nothing',
    async (status) => {
      await using world = await startWorld()
      world.gateway.misbehave({ webhook: 'never' })
      const bought = await buy(world)
      const before = await orderOf(world)
      await tellOf(world, bought, status)
      await world.pass(30_000)
      const after = await orderOf(world)
      expect({ ...after, payments: [] }).toEqual({ ...before, payments: [] })
      expect(after.payments.map((payment) => payment.status)).toEqual(['ready'])
      await world.gateway.approve(bought.impUid)
      await world.until('paid', () => isPaid(world), 120_000)
      await expectPaidOnce(world, bought.impUid)
    },
  )

  test('W-04: a hundred at once have one effect, each is answered, and never two look-ups are under way', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    const answers = await Promise.all(Array.from({ length: 100 }, () => tellOf(world, bought)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    await world.until('paid', () => isPaid(world))
    await world.pass(5_000)
    expect(world.atOnce(`/payments/${bought.impUid}`)).toBe(1)
    expect(looks(world).length).toBeLessThanOrEqual(3)
    expect(await receipts(world)).toHaveLength(1) // D-04: claims that claim the same are one row
    await expectPaidOnce(world, bought.impUid)
  })

  test('W-05: whatever comes first, the end is the gateway’s: «cancelled» before «paid», the second partial cancel before the first', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    await world.gateway.cancelInConsole(bought.impUid, 4_000)
    await world.gateway.cancelInConsole(bought.impUid, 1_000)
    const [row] = world.gateway.payments()
    const [first, second] = (row?.cancel_history ?? []).map((cancel) => cancel.cancellation_id)
    const told = { imp_uid: bought.impUid, merchant_uid: orderId }
    for (const body of [
      { ...told, status: 'cancelled', cancellation_id: second },
      { ...told, status: 'cancelled', cancellation_id: first },
      { ...told, status: 'paid' },
      { ...told, status: 'ready' },
    ])
      expect((await tell(world, JSON.stringify(body))).status).toBe(200)
    await world.until('all told', () => world.receiver.types().length >= 3)
    await world.pass(5_000)
    expect(await orderOf(world)).toMatchObject({
      status: 'partially_cancelled',
      balance: 9_000,
      review: null,
    })
    expect(world.receiver.types()).toEqual([
      'payment.paid',
      'payment.partially_cancelled',
      'payment.partially_cancelled',
    ])
  })

  test('W-06: a webhook that comes before its order is registered is kept, and finishes the order once it is', async () => {
    // The gateway's list would find the payment too.
    await using world = await startWorld({ env: { SWEEP_LIST_EVERY_MS: '600000' } })
    world.gateway.misbehave({ webhook: 'never' })
    const opened = world.gateway.open({ merchantUid: orderId, amount: 14_000, name })
    if (!opened.ok) throw new Error(opened.errorMsg)
    await world.gateway.approve(opened.impUid)
    expect((await tellOf(world, { impUid: opened.impUid, orderId, returnUrl: '', token: '' })).status).toBe(
      200,
    )
    await world.pass(120_000)
    await register(world)
    await world.until('paid', () => isPaid(world), 2_000)
    await expectPaidOnce(world, opened.impUid)
  })

  test('W-06, M-17: after the limit the payment is an orphan on the operator’s list, is never cancelled, and pays its order if that comes at last', async () => {
    await using world = await startWorld({ env: { ORPHAN_AFTER_MS: '60000', SWEEP_INTERVAL_MS: '2000' } })
    world.gateway.misbehave({ webhook: 'never' })
    const opened = world.gateway.open({ merchantUid: orderId, amount: 14_000, name })
    if (!opened.ok) throw new Error(opened.errorMsg)
    const { impUid } = opened
    await world.gateway.approve(impUid)
    await tellOf(world, { impUid, orderId, returnUrl: '', token: '' })
    const review = () => world.merchant.orders.list.query({ review: true })
    await world.pass(55_000)
    expect((await review()).orphans).toEqual([])
    await world.until('on the list', async () => (await review()).orphans.length === 1, 60_000, 1_000)
    expect(await review()).toMatchObject({
      orders: [],
      orphans: [{ paymentId: impUid, orderId, status: 'paid', standing: 'orphan', amount: 14_000 }],
    })
    await world.pass(600_000)
    expect(world.sent.filter(({ path }) => path === '/payments/cancel')).toEqual([])
    await register(world)
    await world.until('paid', () => isPaid(world), 5_000)
    expect((await review()).orphans).toEqual([])
    await expectPaidOnce(world, impUid)
  })

  test('W-07: webhook lost for good: the timer finishes within two minutes (L-01)', async () => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    await world.until('paid', () => isPaid(world), 120_000, 1_000)
    await expectPaidOnce(world, impUid)
  })

  test('W-08: the sender did not hear our answer and repeats for hours: no second effect, no look-up', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    await tellOf(world, bought)
    await world.until('paid', () => isPaid(world))
    const before = looks(world).length
    for (const minutes of [1, 1, 1, 4, 16, 64]) {
      await world.clock.oversleep(minutes * 60_000)
      expect((await tellOf(world, bought)).status).toBe(200)
    }
    await world.pass(2_000)
    expect(looks(world)).toHaveLength(before)
    await expectPaidOnce(world, bought.impUid)
  })

  test('W-12: fields we do not know are no error', async () => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    expect(
      (
        await tell(
          world,
          JSON.stringify({
            imp_uid: impUid,
            merchant_uid: orderId,
            status: 'paid',
            extra: { deep: [1, 2] },
            custom: null,
          }),
        )
      ).status,
    ).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
  })

  test.for<[what: string, fields: object]>([
    ['a payment’s id that is none of V1', { imp_uid: 'imp1234567890', merchant_uid: orderId }],
    ['a payment’s id that is no text', { imp_uid: { $gt: '' }, merchant_uid: orderId }],
    ['a payment’s id far too long', { imp_uid: 'i'.repeat(500), merchant_uid: orderId }],
    ['a payment’s id that is a number', { imp_uid: 123_456_789_012, merchant_uid: orderId }],
    ['a payment’s id that says none', { imp_uid: 'null', merchant_uid: orderId }],
    ['an order’s id that is none', { imp_uid: 'IMP', merchant_uid: 'x/y' }],
    ['an order’s id that is no text', { imp_uid: 'IMP', merchant_uid: [orderId] }],
  ])('W-20: %s beside a good one is passed over, and the good one looked up', async ([, fields]) => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    const body = JSON.stringify({ ...fields, status: 'paid' }).replace('IMP', impUid)
    expect(await answered(await tell(world, body))).toEqual([200, { status: 'stored' }])
    await world.until('paid', () => isPaid(world), 2_000)
    await expectPaidOnce(world, impUid)
  })

  test('W-20: an order’s id that comes as a JSON number is read as text', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid } = await buy(world, { orderId: '20261130' })
    await world.gateway.approve(impUid)
    expect((await tell(world, '{"merchant_uid":20261130,"status":"paid"}')).status).toBe(200)
    await world.until('paid', () => isPaid(world, '20261130'), 2_000)
    // More digits than a number holds would be another order's.
    expect((await tell(world, '{"merchant_uid":20261130202611302026}')).status).toBe(400)
  })

  test('W-14: the console’s test call with sample ids is taken, raises no alarm, and is forgotten', async () => {
    await using world = await startWorld({ env: { SWEEP_INTERVAL_MS: '60000' } })
    const sample = { imp_uid: 'imp_1234567890', merchant_uid: 'merchant_1234567890', status: 'paid' }
    expect((await tell(world, JSON.stringify(sample))).status).toBe(200)
    await world.until(
      'forgotten',
      async () => (await receipts(world))[0]?.state === 'dropped',
      3 * 3_600_000,
      60_000,
    )
    expect(world.logs.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
    expect(looks(world).length).toBeLessThan(40) // D-01: junk gets rarer with age
  })

  test('W-15: whatever the gateway does, a webhook is answered as soon as it is stored', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '3000' } })
    const bought = await paidInSilence(world)
    world.gateway.misbehave({ rest: 'slow', restMs: 2_000 })
    const startedAtMs = performance.now()
    expect((await tellOf(world, bought)).status).toBe(200)
    expect(performance.now() - startedAtMs).toBeLessThan(1_000)
    expect(await receipts(world)).toMatchObject([{ state: 'waiting', times: 1 }])
    world.gateway.behave()
    await world.crash() // not to wait for the slow one
    await world.until('paid', () => isPaid(world), 40_000)
  })

  test('W-16: a body that names another order than the gateway: the gateway’s is used, the other untouched', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    await register(world, { orderId: 'ord-2002' })
    expect(
      (
        await tell(
          world,
          JSON.stringify({ imp_uid: bought.impUid, merchant_uid: 'ord-2002', status: 'paid' }),
        )
      ).status,
    ).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
    expect(await orderOf(world, 'ord-2002')).toMatchObject({ status: 'open', payments: [] })
    await expectPaidOnce(world, bought.impUid)
  })

  test('W-19: a status nobody knows is a claim like any other', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    expect((await tellOf(world, bought, 'partially_settled')).status).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, bought.impUid)
  })

  test('only an order id, as some PGs send: all its payments are looked up', async () => {
    await using world = await startWorld()
    const { impUid } = await paidInSilence(world)
    expect(
      (await tell(world, JSON.stringify({ imp_uid: '', merchant_uid: orderId, status: 'paid' }))).status,
    ).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
  })

  test('M-10: a cancel made in the gateway’s console is learned, recorded and told once', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl, token } = await buy(world)
    await world.gateway.approve(impUid)
    await go(`${returnUrl}?imp_uid=${impUid}`)
    await world.until('paid', () => isPaid(world))
    world.gateway.misbehave({ webhook: 'times', webhookTimes: 5 })
    await world.gateway.cancelInConsole(impUid)
    await world.until('told', () => world.receiver.types().length === 2, 5_000)
    await world.pass(5_000)
    expect(world.receiver.types()).toEqual(['payment.paid', 'payment.cancelled'])
    expect(await orderOf(world)).toMatchObject({ status: 'cancelled', balance: 0 })
    expect(await screenOf(world, token)).toMatchObject({
      kind: 'cancelled',
      because: 'order',
      tryAgain: false,
    })
  })
})

describe('4xx, with nothing stored and nobody asked', () => {
  const id = 'imp_123456789012'
  const garbage: ReadonlyArray<readonly [string, string, string | Buffer, number?]> = [
    ['no JSON', 'application/json', 'imp_uid=imp_1'],
    ['half a JSON', 'application/json', `{"imp_uid":"${id}"`],
    ['nothing', 'application/json', ''],
    ['an empty object', 'application/json', '{}'],
    ['null', 'application/json', 'null'],
    ['a number', 'application/json', '1'],
    ['a string', 'application/json', `"${id}"`],
    ['an array', 'application/json', `[{"imp_uid":"${id}"}]`],
    ['an id that is a number', 'application/json', '{"imp_uid":1}'],
    ['an id that is an object', 'application/json', '{"imp_uid":{"$gt":""}}'],
    ['an id with a path in it', 'application/json', '{"imp_uid":"imp_../../users"}'],
    ['an id with a NUL in it', 'application/json', '{"imp_uid":"imp_1\\u0000"}'],
    ['an id of 100 characters', 'application/json', `{"imp_uid":"imp_${'1'.repeat(100)}"}`],
    ['two ids that are none', 'application/json', '{"imp_uid":"imp1234567890","merchant_uid":"a b"}'],
    ['blank ids', 'application/json', '{"imp_uid":" ","merchant_uid":"  "}'],
    ['a hopeless order id alone', 'application/json', '{"merchant_uid":"../../etc"}'],
    [
      'a V2 body (another door’s, unsigned)',
      'application/json',
      '{"type":"Transaction.Paid","data":{"paymentId":"x"}}',
    ],
    ['a key twice', 'application/json', `{"imp_uid":"${id}","imp_uid":"imp_2"}`],
    ['a key twice, once escaped', 'application/json', `{"imp_uid":"${id}","imp\\u005fuid":"imp_2"}`],
    ['a nested key twice', 'application/json', `{"imp_uid":"${id}","x":{"a":1,"a":2}}`],
    [
      '10,000 levels',
      'application/json',
      `{"imp_uid":"${id}","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    ],
    [
      '1,000 keys',
      'application/json',
      JSON.stringify({
        imp_uid: id,
        ...Object.fromEntries(Array.from({ length: 1_000 }, (_, k) => [`k${k}`, 1])),
      }),
    ],
    [
      'broken UTF-8',
      'application/json',
      Buffer.concat([
        Buffer.from(`{"imp_uid":"${id}","x":"`),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from('"}'),
      ]),
    ],
    ['UTF-16', 'application/json', Buffer.from(`{"imp_uid":"${id}"}`, 'utf16le')],
    ['a form with a field twice', form, `imp_uid=${id}&imp_uid=imp_2`],
    ['a form with 1,000 fields', form, Array.from({ length: 1_000 }, (_, k) => `k${k}=1`).join('&')],
    ['an empty form', form, 'x='],
    ['plain text', 'text/plain', `{"imp_uid":"${id}"}`, 415],
    ['multipart', 'multipart/form-data; boundary=x', '--x--', 415],
    ['XML', 'application/xml', '<x/>', 415],
    ['no content type', '', Buffer.from(`{"imp_uid":"${id}"}`), 415],
  ]

  test('W-13: garbage of every sort is refused with `{kind, message}`, at once', async () => {
    await using world = await startWorld()
    const startedAtMs = performance.now()
    for (const [what, contentType, body, status = 400] of garbage) {
      const [code, told] = await answered(await tell(world, body, contentType))
      expect([what, code, told]).toEqual([
        what,
        status,
        { kind: expect.any(String), message: expect.any(String) },
      ])
    }
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    expect(await receipts(world)).toEqual([])
    expect(world.gateway.calls()).toEqual([])
    expect(world.logs.filter((line) => line.includes('"level":50'))).toEqual([])
    const wellFormed = await tell(
      world,
      JSON.stringify({ imp_uid: id, merchant_uid: orderId, status: 'paid' }),
    )
    expect(wellFormed.status).toBe(200)
  })

  test('W-13: a megabyte is 413', async () => {
    await using world = await startWorld()
    const body = JSON.stringify({ imp_uid: id, x: 'x'.repeat(1_048_576) })
    expect((await answered(await tell(world, body)))[0]).toBe(413)
    expect(await receipts(world)).toEqual([])
  })

  test('W-13: a chunked body without a length is cut at the same size', async () => {
    await using world = await startWorld()
    const chunk = new TextEncoder().encode('x'.repeat(16_384))
    let left = 64
    const body = new ReadableStream<Uint8Array>({
      pull: (to) => (left-- > 0 ? to.enqueue(chunk) : to.close()),
    })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half' as const,
    }
    const status = await go(`${world.url}/webhooks/portone`, init).then(
      (answer) => answer.status,
      () => 413,
    )
    expect(status).toBe(413)
    expect(await receipts(world)).toEqual([])
  })

  test('GET and other methods are 405, not 5xx', async () => {
    await using world = await startWorld()
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'])
      expect((await go(`${world.url}/webhooks/portone`, { method })).status).toBe(405)
  })
})

describe('503 when it cannot be stored', () => {
  test('C-06, S-10: no 2xx for a webhook the disk did not take; the same again is taken once the disk does', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    world.failDisk(true)
    const answer = await tellOf(world, bought)
    expect(await answered(answer)).toEqual([
      503,
      { kind: 'storage_unavailable', message: expect.any(String) },
    ])
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(
      (await go(`${bought.returnUrl}?imp_uid=${bought.impUid}`, { headers: { accept: 'text/html' } })).status,
    ).toBe(503)
    await expect(
      world.merchant.orders.register.mutate({ orderId: 'ord-3', name, amount: 1 }),
    ).rejects.toMatchObject({
      data: { kind: 'storage_unavailable', httpStatus: 503 },
    })
    world.failDisk(false)
    expect((await tellOf(world, bought)).status).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, bought.impUid)
  })
})
