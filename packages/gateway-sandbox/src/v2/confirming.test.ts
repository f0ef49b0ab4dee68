import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Ending } from '../start.ts'
import { startMerchant } from '../../testing/test-merchant.ts'
import { officiallyVerified, openShopV2 } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

const MANUAL = { channelKey: 'channel-key-manual-confirm' }
const CARD = { cardNumber: '4242424242424242' }
const queryOf = ({ redirectUrl }: Ending) => new URL(redirectUrl ?? '').searchParams

/** A payment of a manual channel whose window has ended. */
async function held(shop: TestShopV2, means = {}) {
  const txId = shop.opened('ord1234', MANUAL)
  const query = queryOf(await shop.gateway.pay(txId, { ...CARD, ...means }))
  const paymentToken = query.get('paymentToken') ?? ''
  const confirm = (body = {}) => shop.call('POST', '/payments/ord1234/confirm', { paymentToken, ...body })
  return { txId, query, paymentToken, confirm }
}

test('a manual channel approves nothing before the shop confirms, and the return has a token and no code', async () => {
  await using shop = await openShopV2()
  const { query, txId, confirm } = await held(shop)
  expect([query.has('paymentToken'), query.has('code')]).toEqual([true, false])
  expect(await shop.client.getPayment({ paymentId: 'ord1234' })).toMatchObject({ status: 'READY' })
  expect(await confirm({ txId, currency: 'KRW', totalAmount: 14_000, isTest: false })).toMatchObject({
    status: 200,
  })
  expect(shop.gateway.payments()).toMatchObject([{ status: 'paid', amount: 14_000 }])
})

test('a manual channel issues its account when the shop confirms', async () => {
  await using shop = await openShopV2()
  const { confirm } = await held(shop, { method: 'vbank', bankCode: '088' })
  expect(shop.gateway.payments()).toMatchObject([{ status: 'ready', vbank_num: null }])
  expect((await confirm()).status).toBe(200)
  expect(await shop.client.getPayment({ paymentId: 'ord1234' })).toMatchObject({
    status: 'VIRTUAL_ACCOUNT_ISSUED',
    method: { type: 'PaymentMethodVirtualAccount', bank: 'SHINHAN' },
  })
  expect(await confirm()).toMatchObject({ status: 400, body: { type: 'INVALID_PAYMENT_TOKEN' } })
})

const mismatches: readonly [field: string, body: object][] = [
  ['txId', { txId: 'another' }],
  ['currency', { currency: 'USD' }],
  ['totalAmount', { totalAmount: 13_999 }],
  ['taxFreeAmount', { taxFreeAmount: 1 }],
  ['isTest', { isTest: true }],
]
test.each(mismatches)(
  'a differing %s is INFORMATION_MISMATCH, and nothing is approved',
  async (_field, body) => {
    await using shop = await openShopV2()
    const { confirm } = await held(shop)
    expect(await confirm(body)).toMatchObject({ status: 409, body: { type: 'INFORMATION_MISMATCH' } })
    expect(shop.gateway.payments()).toMatchObject([{ status: 'ready' }])
  },
)

test('another token is INVALID_PAYMENT_TOKEN, another payment PAYMENT_NOT_FOUND, a second confirm ALREADY_PAID', async () => {
  await using shop = await openShopV2()
  const { confirm } = await held(shop)
  const other = await confirm({ paymentToken: 'guess' })
  const unknown = await shop.call('POST', '/payments/ord5678/confirm', { paymentToken: 'guess' })
  await confirm()
  const again = await confirm()
  expect(
    [other, unknown, again].map(({ status, body }) => [
      status,
      z.object({ type: z.string() }).parse(body).type,
    ]),
  ).toEqual([
    [400, 'INVALID_PAYMENT_TOKEN'],
    [404, 'PAYMENT_NOT_FOUND'],
    [409, 'ALREADY_PAID'],
  ])
})

test('the PG refuses a confirm, or one that comes too late: 502, and the payment is FAILED', async () => {
  await using refusing = await openShopV2()
  const first = await held(refusing)
  refusing.gateway.misbehave({ confirm: 'refused' })
  const refused = await first.confirm()
  await using late = await openShopV2()
  const second = await held(late)
  late.gateway.advance(600_001)
  const tooLate = await second.confirm()
  expect([refused, tooLate]).toMatchObject([
    { status: 502, body: { type: 'PG_PROVIDER', pgCode: '500644' } },
    { status: 502, body: { type: 'PG_PROVIDER', pgCode: 'EXPIRED' } },
  ])
  expect([refusing, late].map(({ gateway }) => gateway.payments()[0]?.status)).toEqual(['failed', 'failed'])
})

test('a lost answer to a confirm: the payment is approved all the same', async () => {
  await using shop = await openShopV2()
  const { confirm } = await held(shop)
  shop.gateway.misbehave({ rest: 'answer_lost', restOn: 'confirm', restTimes: 1 })
  await expect(confirm()).rejects.toThrow('fetch failed')
  expect(shop.gateway.payments()).toMatchObject([{ status: 'paid' }])
})

test('the confirm process asks the shop before the approval, signed', async () => {
  await using shop = await openShopV2()
  await using asked = await startMerchant()
  const txId = shop.opened('ord1234', { confirmUrl: asked.webhookUrl })
  await shop.gateway.pay(txId, CARD)
  const [question] = asked.received()
  expect(question === undefined ? null : await officiallyVerified(question)).toMatchObject({
    type: 'Transaction.Confirm',
    data: { paymentId: 'ord1234', transactionId: txId, totalAmount: 14_000 },
  })
  expect(shop.gateway.payments()).toMatchObject([{ status: 'paid' }])
})

const objections: readonly [what: string, answer: [status: number, body?: string] | null, message: RegExp][] =
  [
    ['with a message', [409, '{"errorMessage":"재고 없음 & 품절"}'], /^재고 없음 & 품절$/],
    ['without one', [500, 'oops'], /응답을 받지 못했습니다/],
    ['by not answering', null, /응답을 받지 못했습니다/],
  ]
test.each(objections)(
  'an objection of the shop %s stops the payment and stands in the result',
  async (_what, answer, message) => {
    await using shop = await openShopV2()
    await using asked = await startMerchant()
    if (answer !== null) asked.answerWith(...answer)
    const confirmUrl = answer === null ? 'http://127.0.0.1:9/' : asked.webhookUrl
    const query = queryOf(await shop.gateway.pay(shop.opened('ord1234', { confirmUrl }), CARD))
    expect(query.get('code')).toBe('ConfirmProcessFailed')
    expect(query.get('message')).toMatch(message)
    expect(shop.gateway.payments()).toMatchObject([{ status: 'failed', paid_at: 0 }])
  },
)
