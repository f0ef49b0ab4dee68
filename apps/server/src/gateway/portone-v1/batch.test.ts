import { ok, type Observation } from '@landfall/payment-core'
import { describe, expect, test } from 'vitest'
import { byPayment, openWorld, problemOf, seenIn, type Protocol } from '../gateway.contract.ts'
import { openV1Window } from '../../../testing/windows.ts'
import { openHttp, type HttpAnswer } from '../http.ts'
import { portoneV1 } from './client.ts'
import type { GatewayCall } from '../call.ts'
import { batchedLookups } from './batch.ts'

const connect = ({ url, lookupTimeoutMs }: { url: string; lookupTimeoutMs: number }) => {
  const { http, close } = openHttp()
  return {
    gateway: portoneV1(
      { url, key: 'sandbox', secret: 'sandbox-secret', lookupTimeoutMs, cancelTimeoutMs: 5_000 },
      http,
      Date.now,
    ),
    close,
  }
}

const v1: Protocol = { connect, urlOf: ({ url }) => url, open: openV1Window }

const row = (paymentId: string, more: object = {}) => ({
  imp_uid: paymentId,
  merchant_uid: `ord-of-${paymentId}`,
  status: 'paid',
  amount: 14_000,
  cancel_amount: 0,
  currency: 'KRW',
  sandbox: false,
  pay_method: 'card',
  started_at: 1_793_500_000,
  ...more,
})
const envelope = (response: unknown, status = 200): HttpAnswer => ({
  status,
  headers: {},
  text: JSON.stringify({ code: status < 300 ? 0 : -1, message: null, response }),
})
const idsOf = ({ path }: GatewayCall): string[] =>
  new URL(path, 'http://gateway').searchParams.getAll('imp_uid[]')

/** Look-ups whose calls wait until they are let go; `answer` makes the gateway's answer to a list. */
function held(answer: (ids: readonly string[]) => HttpAnswer) {
  const calls: GatewayCall[] = []
  const gates: Array<() => void> = []
  let nowMs = 0
  const lookup = batchedLookups({
    nowMs: () => nowMs,
    timeoutMs: 10_000,
    callerUntil: () => async (call) => {
      calls.push(call)
      await new Promise<void>((resolve) => gates.push(resolve))
      return ok(answer(idsOf(call)))
    },
    lookupOne: async (call, paymentId) => {
      await call({ method: 'GET', path: `/payments/${paymentId}` })
      return ok<Observation[]>([])
    },
  })
  return {
    lookup,
    calls,
    advance: (ms: number) => void (nowMs += ms),
    /** Lets every call go, also those that only begin then. */
    finish: async (looks: ReadonlyArray<Promise<unknown>>) => {
      let ended = false
      const all = Promise.all(looks).then(() => (ended = true))
      for (let turn = 0; !ended && turn < 100_000; turn += 1) await Promise.resolve(gates.shift()?.())
      expect(await all).toBe(true)
    },
  }
}
const ids = Array.from({ length: 40 }, (_, index) => `imp_${index}`)

describe('look-ups that wait at the same time', () => {
  test('the first ones wait for nobody; what comes while they are under way goes together', async () => {
    const world = held((asked) => envelope(asked.map((id) => row(id))))
    const looks = ids.map((id) => world.lookup(id))
    expect(world.calls.map(({ path }) => path)).toEqual(ids.slice(0, 16).map((id) => `/payments/${id}`))
    await world.finish(looks)
    expect(world.calls.slice(16).map(idsOf)).toEqual([ids.slice(16)])
    const seen = await Promise.all(looks.slice(16))
    expect(seen.map((look) => seenIn(look)[0]?.paymentId)).toEqual(ids.slice(16))
  })

  test('G-07, G-08: a row missing, of another payment, told twice or unreadable is asked for alone, the others are answered', async () => {
    const odd = new Map([
      ['imp_17', []],
      ['imp_18', [row('imp_999')]],
      ['imp_19', [row('imp_19'), row('imp_19', { amount: 1 })]],
      ['imp_20', [row('imp_20', { amount: 'much' })]],
      ['imp_21', [null]],
    ])
    const world = held((asked) =>
      envelope(
        asked.flatMap((id) => odd.get(id) ?? [row(id)]),
        207,
      ),
    )
    const looks = ids.map((id) => world.lookup(id))
    await world.finish(looks)
    expect(world.calls.slice(17).map(({ path }) => path)).toEqual(
      [...odd.keys()].map((id) => `/payments/${id}`),
    )
    expect(seenIn((await looks[22]) ?? ok([]))).toMatchObject([
      { paymentId: 'imp_22', orderId: 'ord-of-imp_22' },
    ])
  })

  test('G-06: a list that is no list, not known or too much costs a look each and concludes nothing', async () => {
    for (const answer of [envelope(null), envelope(null, 404), envelope(null, 400), envelope('<html>')]) {
      const world = held(() => answer)
      const looks = ids.map((id) => world.lookup(id))
      await world.finish(looks)
      expect(world.calls).toHaveLength(16 + 1 + 24)
    }
  })

  test('G-03, G-13: a gateway that is down or asks to wait is not asked once more for each', async () => {
    for (const [status, kind] of [
      [503, 'gateway_refused'],
      [429, 'gateway_busy'],
    ] as const) {
      const world = held(() => envelope(null, status))
      const looks = ids.map((id) => world.lookup(id))
      await world.finish(looks)
      expect(world.calls).toHaveLength(16 + 1)
      expect(problemOf((await looks[30]) ?? ok([])).kind).toBe(kind)
    }
  })

  test('S-14: who has waited out the deadline is told so, and asks nothing any more', async () => {
    const world = held((asked) => envelope(asked.map((id) => row(id))))
    const looks = ids.map((id) => world.lookup(id))
    world.advance(9_600)
    await world.finish(looks)
    expect(world.calls).toHaveLength(16)
    expect(problemOf((await looks[39]) ?? ok([]))).toEqual({ kind: 'gateway_unreachable', cause: 'deadline' })
  })

  test('G-04: calls that have had no answer for a second keep nobody waiting', async () => {
    const world = held((asked) => envelope(asked.map((id) => row(id))))
    const looks = ids.map((id) => world.lookup(id))
    world.advance(1_001)
    looks.push(world.lookup('imp_new'))
    expect(world.calls.slice(16).map(idsOf)).toEqual([[...ids.slice(16), 'imp_new']])
    await world.finish(looks)
  })

  test('D-01, S-14: what nobody knows is asked for alone: one call each and never two', async () => {
    await using world = await openWorld(v1)
    await Promise.all(ids.map((id) => world.gateway.lookup(byPayment(id), 'stranger')))
    const paths = world.sandbox.calls().map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith('/payments')).toSorted()).toEqual(
      ids.map((id) => `/payments/${id}`).toSorted(),
    )
  })

  test('G-12: over real HTTP all is told, test channels and unknown ids too', async () => {
    await using world = await openWorld(v1)
    const known = await Promise.all(ids.map((id) => world.paid(`ord-${id}`)))
    const tested = world.opened('ord-test', 14_000, { channel: 'test' })
    await world.sandbox.approve(tested)
    const wanted = [...known, tested, 'imp_000000000000']
    const looks = await Promise.all(wanted.map((id) => world.gateway.lookup(byPayment(id))))
    expect(looks.slice(0, 41).map((look) => seenIn(look)[0]?.paymentId)).toEqual(wanted.slice(0, 41))
    expect(seenIn(looks[40] ?? ok([]))[0]?.testChannel).toBe(true)
    expect(problemOf(looks[41] ?? ok([])).kind).toBe('unknown_payment')
    expect(world.sandbox.calls().filter(({ path }) => path.startsWith('/payments')).length).toBeLessThan(25)
  })
})
