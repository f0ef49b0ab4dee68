import { expect, test } from 'vitest'
import { NOW_SECONDS, openShop } from '../testing/test-shop.ts'

const YEAR_SECONDS = 365 * 86_400

test('a row of last year exists without a window, and its order number opens no window', async () => {
  await using shop = await openShop()
  const startedAt = NOW_SECONDS - YEAR_SECONDS
  const row = shop.gateway.addRow({ merchantUid: 'ord-1', amount: 50_000, startedAt })
  expect(await shop.row(row.imp_uid)).toMatchObject({
    merchant_uid: 'ord-1',
    status: 'paid',
    amount: 50_000,
    started_at: startedAt,
    paid_at: startedAt,
  })
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 })).toMatchObject({ errorCode: 'F1002' })
})

test('a row paid and cancelled elsewhere has the chosen amounts and times', async () => {
  await using shop = await openShop()
  const added = await shop.control('POST', '/rows', {
    merchantUid: 'ord-1',
    amount: 14_000,
    status: 'cancelled',
    cancelAmount: 4_000,
    startedAt: NOW_SECONDS - 100,
    paidAt: NOW_SECONDS - 50,
    cancelledAt: NOW_SECONDS - 10,
    pg: 'kcp',
  })
  expect(added).toMatchObject({
    status: 200,
    told: {
      status: 'cancelled',
      cancel_amount: 4_000,
      started_at: NOW_SECONDS - 100,
      paid_at: NOW_SECONDS - 50,
      cancelled_at: NOW_SECONDS - 10,
      pg_provider: 'kcp',
    },
  })
  expect((await shop.call('GET', '/payments/find/ord-1/cancelled')).status).toBe(200)
})

test('an account cancelled before any deposit has status cancelled and paid_at 0', async () => {
  await using shop = await openShop()
  const row = shop.gateway.addRow({
    merchantUid: 'ord-1',
    amount: 14_000,
    payMethod: 'vbank',
    status: 'cancelled',
    paidAt: 0,
  })
  expect(row).toMatchObject({ status: 'cancelled', paid_at: 0, vbank_name: '신한은행' })
})

test('ready and failed rows are added, and an impossible row is refused', async () => {
  await using shop = await openShop()
  shop.gateway.addRow({ merchantUid: 'ord-1', amount: 1, status: 'ready' })
  shop.gateway.addRow({ merchantUid: 'ord-1', amount: 1, status: 'failed', reason: '한도초과' })
  expect(shop.gateway.payments()).toMatchObject([
    { status: 'failed', fail_reason: '한도초과', paid_at: 0 },
    { status: 'ready', paid_at: 0 },
  ])
  expect((await shop.control('POST', '/rows', { merchantUid: 'ord-1' })).status).toBe(400)
})

test('a window can be older than its order', async () => {
  await using shop = await openShop()
  const impUid = await shop.paid('ord-1', { startedAt: NOW_SECONDS - 3_600 })
  expect(await shop.row(impUid)).toMatchObject({ started_at: NOW_SECONDS - 3_600, paid_at: NOW_SECONDS })
})

test('another shop’s prepared amount refuses a different amount, and the error names it', async () => {
  await using shop = await openShop()
  const unknown = await shop.call('GET', '/payments/prepare/ord-1')
  expect(unknown).toMatchObject({ status: 404, code: 1, response: null })
  shop.gateway.prepare({ merchantUid: 'ord-1', amount: 50_000 })
  const ours = { merchant_uid: 'ord-1', amount: 14_000 }
  expect(await shop.call('POST', '/payments/prepare', ours)).toMatchObject({ status: 200, code: 1 })
  expect((await shop.call('GET', '/payments/prepare/ord-1')).response).toMatchObject({ amount: 50_000 })
  expect(shop.gateway.open({ merchantUid: 'ord-1', amount: 14_000 }).ok).toBe(false)
  expect((await shop.control('GET', '/prepared')).told).toHaveLength(1)
  await shop.control('PUT', '/prepared', { merchantUid: 'ord-1' })
  expect((await shop.call('POST', '/payments/prepare', ours)).code).toBe(0)
})
