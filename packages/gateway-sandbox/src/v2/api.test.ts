import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DEFAULT_STORE_ID, DEFAULT_V2_SECRET } from './state.ts'
import { openShopV2 } from '../../testing/v2-shop.ts'

const MINUTE_MS = 60_000
const Problem = z.object({ type: z.string() })
const typeOf = ({ status, body }: { status: number; body: unknown }) => [status, Problem.parse(body).type]
describe('callers', () => {
  test('a login gives a pair of tokens: 30 minutes and one day, and each refresh ends the earlier one', async () => {
    const startMs = Date.now()
    await using shop = await openShopV2({ nowMs: () => startMs })
    await shop.paid('ord1234')
    const Pair = z.strictObject({ accessToken: z.string(), refreshToken: z.string() })
    const login = Pair.parse(
      (await shop.call('POST', '/login/api-secret', { apiSecret: DEFAULT_V2_SECRET })).body,
    )
    const look = async ({ accessToken }: { accessToken: string }) =>
      (await shop.call('GET', '/payments/ord1234', undefined, { authorization: `Bearer ${accessToken}` }))
        .status
    const refresh = ({ refreshToken }: { refreshToken: string }) =>
      shop.call('POST', '/token/refresh', { refreshToken }, { authorization: '' })
    const early = await look(login)
    shop.gateway.advance(30 * MINUTE_MS)
    const late = await look(login)
    const next = Pair.parse((await refresh(login)).body)
    expect([early, late, await look(next), (await refresh(login)).status]).toEqual([200, 401, 200, 401])
  })

  const wrong: readonly [header: string][] = [
    [''],
    ['PortOne'],
    ['PortOne guess'],
    [DEFAULT_V2_SECRET],
    ['Basic x'],
  ]
  test.each(wrong)('«%s» is UNAUTHORIZED', async (authorization) => {
    await using shop = await openShopV2()
    expect(typeOf(await shop.call('GET', '/payments/ord1234', undefined, { authorization }))).toEqual([
      401,
      'UNAUTHORIZED',
    ])
  })

  test('another store is FORBIDDEN in query, body and filter, and the own one is not', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    const filter = encodeURIComponent(JSON.stringify({ filter: { storeId: 'store-other' } }))
    const refused = [
      await shop.call('GET', '/payments/ord1234?storeId=store-other'),
      await shop.call('POST', '/payments/ord1234/cancel', { reason: 'x', storeId: 'store-other' }),
      await shop.call('GET', `/payments?requestBody=${filter}`),
    ]
    expect(refused.map(typeOf)).toEqual(Array.from({ length: 3 }, () => [403, 'FORBIDDEN']))
    expect((await shop.call('GET', `/payments/ord1234?storeId=${DEFAULT_STORE_ID}`)).status).toBe(200)
  })
})

describe('endpoints', () => {
  const unknown: readonly [method: string, path: string, status: number, type: string][] = [
    ['GET', '/payment-events-by-cursor', 404, 'ENDPOINT_NOT_FOUND'],
    ['POST', '/payments/ord1234/instant', 404, 'ENDPOINT_NOT_FOUND'],
    ['GET', '/users/getToken', 404, 'ENDPOINT_NOT_FOUND'],
    ['GET', '/payments/ord1234/cancel', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/payments/ord1234', 405, 'METHOD_NOT_ALLOWED'],
  ]
  test.each(unknown)('%s %s: %i %s', async (method, path, status, type) => {
    await using shop = await openShopV2()
    const answer = await shop.call(method, path)
    expect(typeOf(answer)).toEqual([status, type])
    expect(answer.body).toMatchObject({ message: expect.stringContaining(path) })
  })

  test('a body that does not fit is INVALID_REQUEST and names the field', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    const bodies = [
      {},
      { reason: '' },
      { reason: 'x', amount: 1.5 },
      { reason: 'x', amount: 0 },
      'not an object',
    ]
    for (const body of bodies)
      expect(typeOf(await shop.call('POST', '/payments/ord1234/cancel', body))).toEqual([
        400,
        'INVALID_REQUEST',
      ])
    expect(shop.gateway.cancels()).toEqual([])
  })

  test('JSON is read whatever its type', async () => {
    await using shop = await openShopV2()
    await shop.paid('ord1234')
    for (const type of [
      'text/plain;charset=UTF-8',
      'application/json',
      'application/x-www-form-urlencoded',
    ]) {
      const body = { reason: '변심', amount: 1_000 }
      const answer = await shop.call('POST', '/payments/ord1234/cancel', body, { 'content-type': type })
      expect(answer.status).toBe(200)
    }
  })
})
