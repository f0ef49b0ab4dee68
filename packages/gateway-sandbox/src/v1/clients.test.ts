// Published clients of the gateway call the sandbox over HTTP. The tests compare its answers with the documented fields.
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  DocumentedPage,
  DocumentedPayment,
  DocumentedPrepared,
  DocumentedToken,
} from '../../testing/documented-answers.ts'
import { DEFAULT_KEY, DEFAULT_SECRET, startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'

const require = createRequire(import.meta.url)
/** Both clients are CommonJS. The types of the first require even the optional fields of a request. */
const { Iamport, Request } = require('iamport-rest-client-nodejs')
const { Iamporter } = require('iamporter')

const DUE = Math.floor(Date.now() / 1000) + 86_400
const ACCOUNT = { channel_key: 'k', vbank_code: '088', vbank_due: DUE, vbank_holder: '랜드폴' }
const done = (response: z.ZodType) => z.strictObject({ code: z.literal(0), message: z.null(), response })
const refused = (code: number, message: string | RegExp) => ({
  code,
  message: expect.stringMatching(message),
  response: null,
})

async function paid(gateway: Sandbox, merchantUid: string): Promise<string> {
  const opened = gateway.open({ merchantUid, amount: 14_000, name: '감귤 3kg' })
  if (!opened.ok) throw new Error(opened.errorMsg)
  await gateway.approve(opened.impUid)
  return opened.impUid
}

/** The official client and the raw bodies of its answers. The client converts times to dates and drops unknown fields. */
function official(gateway: Sandbox, apiSecret = DEFAULT_SECRET) {
  const client = new Iamport({ apiKey: DEFAULT_KEY, apiSecret, baseUrl: gateway.url })
  const bodies: unknown[] = []
  client.getApiInstance().interceptors.response.use((response: { data: unknown }) => {
    bodies.push(response.data)
    return response
  })
  return { client, body: () => bodies.at(-1) }
}

describe('iamport-rest-client-nodejs, the official client', () => {
  test('gets a token and uses it, and a wrong key pair gets none', async () => {
    await using gateway = await startSandbox()
    const { client } = official(gateway)
    expect(await client.getHeaders()).toMatchObject({
      Authorization: expect.stringMatching(/^Bearer [0-9a-f]{40}$/),
    })
    await expect(official(gateway, 'guess').client.getHeaders()).rejects.toMatchObject({
      response: { status: 401, data: { code: -1, message: 'Unauthorized', response: null } },
    })
    const token = await client.getToken()
    done(DocumentedToken).parse(token.data)
  })

  test('looks up one payment, several payments, and payments by order number and by status', async () => {
    await using gateway = await startSandbox()
    const { client, body } = official(gateway)
    const impUid = await paid(gateway, 'ord-1')
    const one = await Request.Payments.getByImpUid({ imp_uid: impUid }).request(client)
    expect(one.data.response).toMatchObject({ imp_uid: impUid, merchant_uid: 'ord-1', status: 'paid' })
    done(DocumentedPayment).parse(body())

    const some = await Request.Payments.getByImpUids({ imp_uid: [impUid, 'imp_000000000000'] }).request(
      client,
    )
    expect([some.status, some.data.failed]).toEqual([207, ['imp_000000000000']])
    done(z.array(DocumentedPayment)).parse(body())

    // Without a status the client puts the word `undefined` into the path.
    const byOrder = await Request.Payments.getByMerchantUid({ merchant_uid: 'ord-1' }).request(client)
    expect(byOrder.data.response.imp_uid).toBe(impUid)
    const all = Request.Payments.getByMerchantUids({ merchant_uid: 'ord-1', page: 1 })
    expect((await all.request(client)).data.response.list).toMatchObject([{ imp_uid: impUid }])
    expect(all.isLast).toBe(true)
    done(DocumentedPage).parse(body())

    const byStatus = Request.Payments.getByStatus({ status: 'paid', page: 1, limit: 20, sorting: '-paid' })
    expect((await byStatus.request(client)).data.response.list).toMatchObject([{ imp_uid: impUid }])
    done(DocumentedPage).parse(body())

    await expect(
      Request.Payments.getByImpUid({ imp_uid: 'imp_000000000000' }).request(client),
    ).rejects.toMatchObject({ response: { status: 404, data: refused(1, '존재하지 않는 결제정보입니다.') } })
  })

  test('prepares an amount and reads it back, and another amount is refused', async () => {
    await using gateway = await startSandbox()
    const { client, body } = official(gateway)
    await Request.Prepare.postAmount({ merchant_uid: 'ord-1', amount: 14_000 }).request(client)
    done(DocumentedPrepared).parse(body())
    const held = await Request.Prepare.getAmount({ merchant_uid: 'ord-1' }).request(client)
    expect(held.data.response).toMatchObject({ merchant_uid: 'ord-1', amount: 14_000 })
    done(DocumentedPrepared).parse(body())
    await expect(
      Request.Prepare.postAmount({ merchant_uid: 'ord-1', amount: 100 }).request(client),
    ).rejects.toMatchObject({ response: { data: refused(1, '이미 등록된') } })
    await expect(Request.Prepare.getAmount({ merchant_uid: 'ord-2' }).request(client)).rejects.toMatchObject({
      response: { status: 404, data: refused(1, '사전등록된') },
    })
  })

  test('cancels a part and the rest, and a wrong checksum refunds nothing', async () => {
    await using gateway = await startSandbox()
    const { client, body } = official(gateway)
    const impUid = await paid(gateway, 'ord-1')
    const cancel = (fields: object) =>
      Request.Payments.cancel({ imp_uid: impUid, reason: '변심', ...fields }).request(client)
    const part = await cancel({ amount: 4_000, checksum: 14_000 })
    expect(part.data.response).toMatchObject({ status: 'cancelled', amount: 14_000, cancel_amount: 4_000 })
    done(DocumentedPayment).parse(body())
    await expect(cancel({ amount: 4_000, checksum: 14_000 })).rejects.toMatchObject({
      response: { data: refused(1, 'checksum') },
    })
    expect(gateway.payments()[0]?.cancel_amount).toBe(4_000)
    expect((await cancel({})).data.response).toMatchObject({ cancel_amount: 14_000 })
    done(DocumentedPayment).parse(body())
    await expect(cancel({})).rejects.toMatchObject({
      response: { data: refused(1, '이미 전액취소된 주문입니다.') },
    })
  })

  test('issues, changes and closes an account', async () => {
    await using gateway = await startSandbox()
    const { client, body } = official(gateway)
    const asked = { ...ACCOUNT, merchant_uid: 'ord-1', amount: 14_000 }
    const issued = await Request.Vbanks.post(asked).request(client)
    const { imp_uid } = issued.data.response
    done(DocumentedPayment).parse(body())
    expect(issued.data.response).toMatchObject({ status: 'ready', vbank_code: '088', vbank_holder: '랜드폴' })
    await Request.Vbanks.put({ imp_uid, vbank_due: DUE + 60 }).request(client)
    done(DocumentedPayment).parse(body())
    const closed = await Request.Vbanks.delete({ imp_uid }).request(client)
    expect(closed.data.response).toMatchObject({ status: 'failed', fail_reason: '계좌말소' })
    done(DocumentedPayment).parse(body())
  })

  test('learns from the envelope what the sandbox does not have', async () => {
    await using gateway = await startSandbox()
    const { client } = official(gateway)
    for (const request of [
      Request.Payments.getAmountByImpUid({ imp_uid: 'imp_000000000000' }),
      Request.Vbanks.getHolder({ bank_code: '088', bank_num: '110123456789' }),
      Request.Subscribe.getScheduled({ merchant_uid: 'ord-1' }),
    ])
      await expect(request.request(client)).rejects.toMatchObject({
        response: { status: 404, data: refused(-1, 'The gateway sandbox does not have GET') },
      })
  })
})

describe('iamporter', () => {
  const clientOf = (gateway: Sandbox, secret = DEFAULT_SECRET) =>
    new Iamporter({ apiKey: DEFAULT_KEY, secret, host: gateway.url })

  test('gets a token and sends it raw, and a wrong key pair gets none', async () => {
    await using gateway = await startSandbox()
    done(DocumentedToken).parse((await clientOf(gateway).getToken()).raw)
    await expect(clientOf(gateway, 'guess').getToken()).rejects.toMatchObject({ status: 401 })
  })

  test('looks up payments by id, order number and status', async () => {
    await using gateway = await startSandbox()
    const client = clientOf(gateway)
    const impUid = await paid(gateway, 'ord-1')
    const one = await client.findByImpUid(impUid)
    expect(done(DocumentedPayment).parse(one.raw).response).toMatchObject({ imp_uid: impUid })
    done(DocumentedPayment).parse((await client.findByMerchantUid('ord-1')).raw)
    // Without a status the path ends in a slash.
    done(DocumentedPage).parse((await client.findAllByMerchantUid('ord-1')).raw)
    done(DocumentedPage).parse((await client.findAllByMerchantUid('ord-1', { status: 'paid' })).raw)
    done(DocumentedPage).parse((await client.findAllByStatus('paid', { page: 1 })).raw)
    expect((await client.findByImpUid('imp_000000000000')).raw).toEqual(
      refused(1, '존재하지 않는 결제정보입니다.'),
    )
  })

  test('prepares an amount and reads it back', async () => {
    await using gateway = await startSandbox()
    const client = clientOf(gateway)
    const asked = { merchant_uid: 'ord-1', amount: 14_000 }
    done(DocumentedPrepared).parse((await client.createPreparedPayment(asked)).raw)
    expect((await client.getPreparedPayment('ord-1')).data).toMatchObject(asked)
    await expect(client.createPreparedPayment({ ...asked, amount: 100 })).rejects.toMatchObject({
      raw: refused(1, '이미 등록된'),
    })
    expect((await client.getPreparedPayment('ord-2')).raw).toEqual(refused(1, '사전등록된'))
  })

  test('cancels a part and the rest by either id, and a wrong checksum refunds nothing', async () => {
    await using gateway = await startSandbox()
    const client = clientOf(gateway)
    const impUid = await paid(gateway, 'ord-1')
    const part = await client.cancelByImpUid(impUid, { amount: 4_000, checksum: 14_000 })
    expect(done(DocumentedPayment).parse(part.raw).response).toMatchObject({ cancel_amount: 4_000 })
    await expect(client.cancelByImpUid(impUid, { amount: 1_000, checksum: 14_000 })).rejects.toMatchObject({
      status: 200,
      raw: refused(1, 'checksum'),
    })
    const whole = await client.cancelByMerchantUid('ord-1')
    expect(done(DocumentedPayment).parse(whole.raw).response).toMatchObject({ cancel_amount: 14_000 })
    await expect(client.cancelByImpUid(impUid)).rejects.toThrow('이미 전액취소된 주문입니다.')
  })

  test('issues an account', async () => {
    await using gateway = await startSandbox()
    const client = clientOf(gateway)
    const issued = await client.createVbank({ ...ACCOUNT, merchant_uid: 'ord-1', amount: 14_000 })
    expect(done(DocumentedPayment).parse(issued.raw).response).toMatchObject({ status: 'ready' })
  })

  test('learns from the envelope what the sandbox does not have', async () => {
    await using gateway = await startSandbox()
    const told = await clientOf(gateway).getSubscription('customer-1')
    expect(told.raw).toEqual(refused(-1, 'does not have GET /subscribe/customers/customer-1'))
  })
})

describe('the documented fields', () => {
  test('are correct in every state of a payment', async () => {
    await using gateway = await startSandbox()
    const opened = (merchantUid: string, change: object = {}) =>
      gateway.open({ merchantUid, amount: 14_000, ...change }).impUid ?? ''
    const ready = opened('ord-1', { buyerName: '김단골', customData: { cart: 7 } })
    await gateway.refuse(opened('ord-2'), 'limit')
    const transfer = opened('ord-3')
    await gateway.approve(transfer, { method: 'trans', bankCode: '004' })
    await gateway.cancelInConsole(transfer, 4_000)
    await gateway.approve(opened('ord-4'), { method: 'kakaopay' })
    const account = opened('ord-5', { fixedAccount: true })
    await gateway.issueAccount(account)
    await gateway.deposit(account, 15_000)
    await gateway.issueAccount(opened('ord-6'))
    gateway.misbehave({ promotionDiscount: 1_000 })
    await gateway.approve(opened('ord-7', { channel: 'test' }))
    const client = new Iamporter({ apiKey: DEFAULT_KEY, secret: DEFAULT_SECRET, host: gateway.url })
    const page = done(DocumentedPage).parse((await client.findAllByStatus('all')).raw).response
    expect(page).toMatchObject({ total: 7, previous: 0, next: 0 })
    expect(gateway.payments().at(-1)?.imp_uid).toBe(ready)
  })
})
