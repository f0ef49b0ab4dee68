import { expect, test } from 'vitest'
import { z } from 'zod'
import { tokenOf } from '../../testing/test-merchant.ts'
import { NOW_SECONDS, openShop, type TestShop } from '../../testing/test-shop.ts'

const Row = z.record(z.string(), z.unknown())
const REQUIRED = ['amount', 'cancel_amount', 'currency', 'imp_uid', 'merchant_uid', 'sandbox', 'status']
/** The raw row, before a schema of ours treats zeros and nulls alike. */
const raw = async (shop: TestShop, impUid: string) =>
  Row.parse((await shop.call('GET', `/payments/${impUid}`)).response)

test('required: only the seven fields, also in lists and in the answer to a cancel', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  shop.gateway.misbehave({ rowShape: 'required' })
  const listed = z
    .object({ list: z.array(Row) })
    .parse((await shop.call('GET', '/payments/findAll/ord-1')).response)
  const cancelled = Row.parse((await shop.cancel(impUid)).response)
  for (const row of [await raw(shop, impUid), listed.list[0] ?? {}, cancelled])
    expect(Object.keys(row).toSorted()).toEqual(REQUIRED)
})

test('nulls: every optional field is null', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  shop.gateway.misbehave({ rowShape: 'nulls' }, impUid)
  const row = await raw(shop, impUid)
  const given = Object.keys(row).filter((field) => row[field] !== null)
  expect(given.toSorted()).toEqual(REQUIRED)
  expect(row).toHaveProperty('paid_at', null)
  expect(row).toHaveProperty('cancel_history', null)
})

test('extra: undocumented fields', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  const before = Object.keys(await raw(shop, impUid))
  shop.gateway.misbehave({ rowShape: 'extra' })
  const extra = Object.keys(await raw(shop, impUid)).filter((field) => !before.includes(field))
  expect(extra).toEqual(['risk_grade', 'settlement', 'is_new'])
})

test('fractional: times other than 0 have a fraction', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  shop.gateway.misbehave({ rowShape: 'fractional' })
  expect(await raw(shop, impUid)).toMatchObject({ paid_at: NOW_SECONDS + 0.25, failed_at: 0 })
})

test.each(['sandbox', 'started_at'] as const)('no_%s: the row lacks the field', async (field) => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  expect(await raw(shop, impUid)).toHaveProperty(field)
  shop.gateway.misbehave({ rowShape: `no_${field}` })
  expect(await raw(shop, impUid)).not.toHaveProperty(field)
})

test('zero_started_at: started_at is 0', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  shop.gateway.misbehave({ rowShape: 'zero_started_at' })
  expect(await raw(shop, impUid)).toHaveProperty('started_at', 0)
})

test('rowFields: answers have the chosen values, and the record stays unchanged', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  const rowFields = { paid_at: 1_648_344_363.25, currency: 'USD', name: null }
  await shop.control('POST', `/payments/${impUid}/misbehaviour`, { rowFields })
  expect(await raw(shop, impUid)).toMatchObject(rowFields)
  expect(shop.gateway.payments()[0]).toMatchObject({ currency: 'KRW', paid_at: NOW_SECONDS })
})

test.each([
  ['envelope', { code: 1, message: '존재하지 않는 결제정보입니다.', response: null }],
  ['no_response', { code: 1, message: '존재하지 않는 결제정보입니다.' }],
  ['with_data', { code: 1, message: '존재하지 않는 결제정보입니다.', data: null }],
  ['code_only', { code: 1 }],
] as const)('errorBody %s: a 404 has this body, and an answer keeps its own', async (errorBody, body) => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  const authorization = await tokenOf(shop.gateway.url)
  shop.gateway.misbehave({ errorBody })
  const missing = await fetch(`${shop.gateway.url}/payments/imp_000000000000`, { headers: { authorization } })
  expect(missing.status).toBe(404)
  expect(await missing.json()).toEqual(body)
  expect((await fetch(`${shop.gateway.url}/payments/${impUid}`)).status).toBe(401)
  expect(await raw(shop, impUid)).toMatchObject({ status: 'paid' })
})

test('a refused cancel has the chosen error body, also when a REST fault refuses it', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1')
  const authorization = await tokenOf(shop.gateway.url)
  const body = async () => {
    const answer = await fetch(`${shop.gateway.url}/payments/cancel`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ imp_uid: impUid }),
    })
    expect(answer.status).toBe(200)
    return Object.keys(Row.parse(await answer.json()))
  }
  shop.gateway.misbehave({ errorBody: 'no_response', cancel: 'refused' })
  expect(await body()).toEqual(['code', 'message'])
  shop.gateway.misbehave({ cancel: 'normal', rest: 'cancel_refused' })
  expect(await body()).toEqual(['code', 'message'])
})
