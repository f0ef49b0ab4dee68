import { expect, test } from 'vitest'
import { z } from 'zod'
import { DEFAULT_V2_SECRET } from './state.ts'
import { openShopV2 } from '../../testing/v2-shop.ts'
import type { TestShopV2 } from '../../testing/v2-shop.ts'

const look = ({ gateway }: TestShopV2, signal: AbortSignal | null = null) =>
  fetch(`${gateway.v2Url}/payments/ord1234`, {
    headers: { authorization: `PortOne ${DEFAULT_V2_SECRET}` },
    signal,
  })

test('error and html: a page instead of JSON', async () => {
  await using shop = await openShopV2()
  await shop.paid('ord1234')
  shop.gateway.misbehave({ rest: 'error', restStatus: 502, restTimes: 1 })
  const broken = await look(shop)
  shop.gateway.misbehave({ rest: 'html', restTimes: 1 })
  const page = await look(shop)
  expect([broken.status, page.status, (await look(shop)).status]).toEqual([502, 200, 200])
  for (const answer of [broken, page]) expect(await answer.text()).toMatch(/^<!doctype html>/)
})

test('the official client throws a SyntaxError at a page', async () => {
  await using shop = await openShopV2()
  shop.gateway.misbehave({ rest: 'error' })
  await expect(shop.client.getPayment({ paymentId: 'ord1234' })).rejects.toThrow(SyntaxError)
})

test('truncated: incomplete JSON; oversize: 16 MB of it', async () => {
  await using shop = await openShopV2()
  await shop.paid('ord1234')
  shop.gateway.misbehave({ rest: 'truncated', restTimes: 1 })
  const half = await (await look(shop)).text()
  shop.gateway.misbehave({ rest: 'oversize', restTimes: 1 })
  const whole = await (await look(shop)).text()
  expect(() => z.json().parse(JSON.parse(half))).toThrow(SyntaxError)
  expect(whole.length).toBeGreaterThan(16_000_000)
  expect(JSON.parse(whole)).toMatchObject({ id: 'ord1234' })
})

test('hang: no answer comes; down: the connection breaks', async () => {
  await using shop = await openShopV2()
  shop.gateway.misbehave({ rest: 'hang' })
  await expect(look(shop, AbortSignal.timeout(200))).rejects.toThrow('aborted due to timeout')
  shop.gateway.misbehave({ rest: 'down' })
  await expect(look(shop)).rejects.toThrow('fetch failed')
})

test('too_many: 429 with Retry-After', async () => {
  await using shop = await openShopV2()
  shop.gateway.misbehave({ rest: 'too_many', restRetryAfterSeconds: 7 })
  const answer = await look(shop)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
})

test('wrong_record: another payment, or invented ids', async () => {
  await using shop = await openShopV2()
  const own = await shop.paid('ord1234')
  shop.gateway.misbehave({ rest: 'wrong_record' })
  const alone = await (await look(shop)).text()
  const other = await shop.paid('ord5678')
  const swapped = await (await look(shop)).text()
  expect([alone.includes(own), swapped.includes(own), swapped.includes(other)]).toEqual([false, false, true])
})

test('token_revoked: access tokens end, the secret stays', async () => {
  await using shop = await openShopV2()
  await shop.paid('ord1234')
  const login = await shop.call('POST', '/login/api-secret', { apiSecret: DEFAULT_V2_SECRET })
  const { accessToken } = z.object({ accessToken: z.string() }).parse(login.body)
  shop.gateway.misbehave({ rest: 'token_revoked' })
  const headers = { authorization: `Bearer ${accessToken}` }
  expect((await shop.call('GET', '/payments/ord1234', undefined, headers)).status).toBe(401)
  expect((await look(shop)).status).toBe(200)
})

const targets: readonly [
  restOn: 'lookup' | 'cancel' | 'prepare' | 'confirm' | 'token',
  path: string,
  method: string,
][] = [
  ['lookup', '/payments/ord1234', 'GET'],
  ['cancel', '/payments/ord1234/cancel', 'POST'],
  ['prepare', '/payments/ord1234/pre-register', 'POST'],
  ['confirm', '/payments/ord1234/confirm', 'POST'],
  ['token', '/login/api-secret', 'POST'],
]
test.each(targets)('on %s alone: %s', async (restOn, path, method) => {
  await using shop = await openShopV2()
  shop.gateway.misbehave({ rest: 'too_many', restOn })
  const statuses: number[] = []
  for (const [, each, by] of targets)
    statuses.push((await shop.call(by, each, by === 'GET' ? undefined : {})).status)
  const limited = targets.filter((_, at) => statuses[at] === 429)
  expect(limited).toEqual([[restOn, path, method]])
})

test('cancel_refused and cancel_answer_lost affect cancels alone', async () => {
  await using shop = await openShopV2()
  await shop.paid('ord1234')
  shop.gateway.misbehave({ rest: 'cancel_refused' })
  const refused = await shop.call('POST', '/payments/ord1234/cancel', { reason: 'x' })
  shop.gateway.misbehave({ rest: 'cancel_answer_lost' })
  await expect(shop.call('POST', '/payments/ord1234/cancel', { reason: 'x' })).rejects.toThrow('fetch failed')
  expect(refused).toMatchObject({ status: 502, body: { type: 'PG_PROVIDER', pgCode: '8178' } })
  expect((await look(shop)).status).toBe(200)
  expect(shop.gateway.cancels()).toMatchObject([{ state: 'booked' }])
})
