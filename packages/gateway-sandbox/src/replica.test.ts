import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openShop } from '../testing/test-shop.ts'

const Listed = z.object({ total: z.number(), list: z.array(z.object({ status: z.string() })) })

describe('lagging: look-ups return the rows of a lagging replica', () => {
  test('by id, by order number and in lists', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1')
    shop.gateway.advance(60_000)
    shop.gateway.misbehave({ lookups: 'lagging', lookupsLagMs: 32_000 })
    await shop.gateway.approve(impUid)
    const statuses = async () => {
      const all = Listed.parse((await shop.call('GET', '/payments/findAll/ord-1')).response)
      const byStatus = Listed.parse((await shop.call('GET', '/payments/status/paid')).response)
      const listed = await shop.call('GET', `/payments?imp_uid[]=${impUid}`)
      return [
        (await shop.row(impUid)).status,
        z.object({ status: z.string() }).parse((await shop.call('GET', '/payments/find/ord-1')).response)
          .status,
        all.list[0]?.status,
        z.array(z.object({ status: z.string() })).parse(listed.response)[0]?.status,
        byStatus.total,
      ]
    }
    shop.gateway.advance(31_999)
    expect(await statuses()).toEqual(['ready', 'ready', 'ready', 'ready', 0])
    expect((await shop.call('GET', '/payments/find/ord-1/paid')).status).toBe(404)
    shop.gateway.advance(1)
    expect(await statuses()).toEqual(['paid', 'paid', 'paid', 'paid', 1])
  })

  test('a payment that the replica does not have yet is not found', async () => {
    await using shop = await openShop()
    shop.gateway.misbehave({ lookups: 'lagging', lookupsLagMs: 5_000 })
    const impUid = await shop.paid('ord-1')
    const statuses = async () => [
      (await shop.call('GET', `/payments/${impUid}`)).status,
      (await shop.call('GET', '/payments/findAll/ord-1')).status,
      (await shop.call('GET', `/payments?imp_uid[]=${impUid}`)).status,
    ]
    expect(await statuses()).toEqual([404, 404, 404])
    shop.gateway.advance(5_000)
    expect(await statuses()).toEqual([200, 200, 200])
  })

  test('the answer to a cancel has the new row, and a look-up returns the old one', async () => {
    await using shop = await openShop()
    const [stale, fresh] = [await shop.paid('ord-1'), await shop.paid('ord-2')]
    shop.gateway.advance(60_000)
    shop.gateway.misbehave({ lookups: 'lagging', lookupsLagMs: 32_000 }, stale)
    const answers = [await shop.cancel(stale), await shop.cancel(fresh)]
    expect(answers).toMatchObject([
      { response: { status: 'cancelled' } },
      { response: { status: 'cancelled' } },
    ])
    expect([(await shop.row(stale)).status, (await shop.row(fresh)).status]).toEqual(['paid', 'cancelled'])
  })
})

test('flickering: after each change, one old answer between two new ones', async () => {
  await using shop = await openShop()
  const impUid = shop.opened('ord-1')
  shop.gateway.misbehave({ lookups: 'flickering' }, impUid)
  const seen = async (times: number) => {
    const statuses: string[] = []
    for (let look = 0; look < times; look += 1) statuses.push((await shop.row(impUid)).status)
    return statuses
  }
  expect(await seen(3)).toEqual(['ready', 'ready', 'ready'])
  await shop.gateway.approve(impUid)
  expect(await seen(4)).toEqual(['paid', 'ready', 'paid', 'paid'])
  await shop.gateway.cancelInConsole(impUid)
  expect(await seen(3)).toEqual(['cancelled', 'paid', 'cancelled'])
})
