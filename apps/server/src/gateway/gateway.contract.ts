import type { GatewayProblem, Observation, Result } from '@landfall/payment-core'
import { startSandbox, type Misbehaviour, type Sandbox } from '@landfall/gateway-sandbox'
import { describe, expect, test } from 'vitest'
import type { WindowRequest } from '../../testing/windows.ts'
import type { Gateway } from './gateway.ts'

/** A client of one gateway's API, pointed at `url`. */
export type Connect = (at: { readonly url: string; readonly lookupTimeoutMs: number }) => {
  readonly gateway: Gateway
  readonly close: () => Promise<void>
}

/** One gateway's API, as the suite needs it. */
export type Protocol = {
  readonly connect: Connect
  readonly urlOf: (sandbox: Sandbox) => string
  /** Opens a window and returns the id of its payment; null when the gateway refuses. */
  readonly open: (sandbox: Sandbox, asked: WindowRequest) => string | null
}

/** Long enough for a busy machine; tests that want a deadline to pass ask for a short one. */
const PATIENT_MS = 5_000

export async function openWorld({ connect, urlOf, open }: Protocol, lookupTimeoutMs = PATIENT_MS) {
  const sandbox = await startSandbox({ port: 0 })
  const client = connect({ url: urlOf(sandbox), lookupTimeoutMs })
  const opened = (orderId: string, amount = 14_000, more: Omit<WindowRequest, 'orderId' | 'amount'> = {}) => {
    const paymentId = open(sandbox, { orderId, amount, ...more })
    if (paymentId === null) throw new Error(`no window for ${orderId}`)
    return paymentId
  }
  return {
    sandbox,
    /** Whether a window opens. */
    opens: (asked: WindowRequest): boolean => open(sandbox, asked) !== null,
    opened,
    paid: async (orderId: string, amount?: number): Promise<string> => {
      const paymentId = opened(orderId, amount)
      await sandbox.approve(paymentId)
      return paymentId
    },
    gateway: client.gateway,
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]()
      await client.close()
    },
  }
}

export type Looked = Result<readonly Observation[], GatewayProblem>
export const seenIn = (looked: Looked): readonly Observation[] => {
  if (!looked.ok) throw new Error(`the look-up failed: ${JSON.stringify(looked.problem)}`)
  return looked.value
}
export const problemOf = (looked: Result<unknown, GatewayProblem>): GatewayProblem => {
  if (looked.ok) throw new Error('the call should have failed')
  return looked.problem
}
export const byPayment = (paymentId: string, orderId: string | null = null) =>
  ({ by: 'payment', paymentId, orderId }) as const
export const byOrder = (orderId: string) => ({ by: 'order', orderId }) as const

/** What every gateway's client promises, over real HTTP against the sandbox. */
export function gatewayContract(name: string, protocol: Protocol): void {
  describe(`${name}: looking up`, () => {
    test('a payment is told as the gateway has it', async () => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      const [seen, ...more] = seenIn(await world.gateway.lookup(byPayment(paymentId)))
      expect(more).toEqual([])
      expect(seen).toMatchObject({
        paymentId,
        orderId: 'ord-1',
        status: 'paid',
        amounts: [14_000],
        currencies: ['KRW'],
        testChannel: false,
        cancelledAmount: 0,
      })
    })

    test('a payment nobody knows is unknown; an order nobody knows has no tries (G-10)', async () => {
      await using world = await openWorld(protocol)
      expect(problemOf(await world.gateway.lookup(byPayment('imp_000000000000')))).toEqual({
        kind: 'unknown_payment',
        asked: 'imp_000000000000',
      })
      expect(seenIn(await world.gateway.lookup(byOrder('ord-1')))).toEqual([])
    })

    test('all tries of an order are told: a later abandoned one hides no earlier paid one (G-17)', async () => {
      await using world = await openWorld(protocol)
      const [first, second, third] = [1, 2, 3].map(() => world.opened('ord-1'))
      await world.sandbox.refuse(first ?? '', 'limit')
      await world.sandbox.approve(second ?? '')
      await world.paid('ord-2')
      const seen = seenIn(await world.gateway.lookup(byOrder('ord-1')))
      const statuses = new Map(seen.map((each) => [each.paymentId, each.status]))
      expect(statuses).toEqual(
        new Map([
          [first, 'failed'],
          [second, 'paid'],
          [third, 'ready'],
        ]),
      )
    })

    test('more tries than one page holds are all told', async () => {
      await using world = await openWorld(protocol)
      const ids = Array.from({ length: 250 }, () => world.opened('ord-1'))
      await world.sandbox.approve(ids[0] ?? '')
      const seen = seenIn(await world.gateway.lookup(byOrder('ord-1')))
      expect(seen.map(({ paymentId }) => paymentId).toSorted()).toEqual(ids.toSorted())
      expect(seen.filter(({ status }) => status === 'paid')).toHaveLength(1)
    })

    test('more tries than anybody makes conclude nothing: the paid one might be the one not seen (S-20)', async () => {
      await using world = await openWorld(protocol)
      for (let index = 0; index < 1_001; index += 1) world.opened('ord-1')
      expect(problemOf(await world.gateway.lookup(byOrder('ord-1')))).toMatchObject({
        kind: 'gateway_unreadable',
      })
    })

    test('a payment made in a test channel is seen, and seen to be one (G-12)', async () => {
      await using world = await openWorld(protocol)
      const paymentId = world.opened('ord-1', 14_000, { channel: 'test' })
      await world.sandbox.approve(paymentId)
      expect(seenIn(await world.gateway.lookup(byPayment(paymentId)))).toMatchObject([
        { paymentId, status: 'paid', testChannel: true },
      ])
      expect(seenIn(await world.gateway.lookup(byOrder('ord-1')))).toMatchObject([
        { paymentId, testChannel: true },
      ])
    })

    test('money is told in minor units, cents included (G-08)', async () => {
      await using world = await openWorld(protocol)
      const paymentId = world.opened('ord-1', 1_099, { currency: 'USD' })
      expect(seenIn(await world.gateway.lookup(byPayment(paymentId)))).toMatchObject([
        { amounts: [1_099], currencies: ['USD'] },
      ])
    })
  })

  describe(`${name}: a gateway that misbehaves concludes nothing (S-20)`, () => {
    const faults: ReadonlyArray<[what: string, how: Partial<Misbehaviour>, problem: object]> = [
      [
        '503 (G-03)',
        { rest: 'error', restStatus: 503 },
        { kind: 'gateway_refused', status: 503, code: null },
      ],
      [
        '500 (G-03)',
        { rest: 'error', restStatus: 500 },
        { kind: 'gateway_refused', status: 500, code: null },
      ],
      ['half an answer (G-06)', { rest: 'truncated' }, { kind: 'gateway_unreadable' }],
      ['a page of HTML with 200 (G-06)', { rest: 'html' }, { kind: 'gateway_unreadable' }],
      ['a connection cut off (G-03)', { rest: 'down' }, { kind: 'gateway_unreachable' }],
      [
        '429 (G-13)',
        { rest: 'too_many', restRetryAfterSeconds: 7 },
        { kind: 'gateway_busy', retryAfterMs: 7_000 },
      ],
      [
        '429 for an hour is believed for ten minutes',
        { rest: 'too_many', restRetryAfterSeconds: 3_600 },
        { kind: 'gateway_busy', retryAfterMs: 600_000 },
      ],
      [
        '429 that says «at once» is not',
        { rest: 'too_many', restRetryAfterSeconds: 0 },
        { kind: 'gateway_busy', retryAfterMs: 5_000 },
      ],
    ]

    test.each(faults)('%s', async (_, how, problem) => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      for (const restOn of ['lookup', 'all'] as const) {
        world.sandbox.misbehave({ ...how, restOn })
        expect(problemOf(await world.gateway.lookup(byPayment(paymentId)))).toMatchObject(problem)
        expect(problemOf(await world.gateway.lookup(byOrder('ord-1')))).toMatchObject(problem)
      }
      world.sandbox.behave()
      expect(seenIn(await world.gateway.lookup(byPayment(paymentId)))).toHaveLength(1)
    })

    test.each([0, 1])(
      'the record of another payment is never applied (G-07), with %s others to choose from',
      async (others) => {
        await using world = await openWorld(protocol)
        const paymentId = await world.paid('ord-1')
        if (others > 0) await world.paid('ord-2')
        world.sandbox.misbehave({ rest: 'wrong_record' })
        for (const ref of [byPayment(paymentId, 'ord-1'), byOrder('ord-1')])
          expect(['gateway_wrong_record', 'gateway_unreadable']).toContain(
            problemOf(await world.gateway.lookup(ref)).kind,
          )
      },
    )

    test('a gateway that is slow is left at the deadline, and no socket stays behind (G-04)', async () => {
      await using world = await openWorld(protocol, 1_500)
      const paymentId = await world.paid('ord-1')
      seenIn(await world.gateway.lookup(byPayment(paymentId)))
      world.sandbox.misbehave({ rest: 'slow', restMs: 60_000 })
      const hanging = await Promise.all(
        Array.from({ length: 200 }, () => world.gateway.lookup(byPayment(paymentId))),
      )
      expect(new Set(hanging.map((looked) => problemOf(looked).kind))).toEqual(
        new Set(['gateway_unreachable']),
      )
      // Were their sockets still taken, this one would wait for one of them until its own deadline.
      world.sandbox.behave()
      expect(seenIn(await world.gateway.lookup(byPayment(paymentId)))).toHaveLength(1)
    })

    test('a gateway that is not there is unreachable', async () => {
      const client = protocol.connect({ url: 'http://127.0.0.1:9', lookupTimeoutMs: PATIENT_MS })
      expect(problemOf(await client.gateway.lookup(byOrder('ord-1')))).toEqual({
        kind: 'gateway_unreachable',
        cause: 'ECONNREFUSED',
      })
      await client.close()
    })
  })

  describe(`${name}: fixing an amount`, () => {
    test('after it the gateway takes no other amount for the order', async () => {
      await using world = await openWorld(protocol)
      expect(await world.gateway.fixAmount('ord-1', { amount: 14_000, currency: 'KRW' })).toMatchObject({
        ok: true,
        value: { kind: 'fixed' },
      })
      expect(world.opens({ orderId: 'ord-1', amount: 1_000 })).toBe(false)
      expect(world.opens({ orderId: 'ord-1', amount: 14_000 })).toBe(true)
    })

    test('cents are fixed as cents', async () => {
      await using world = await openWorld(protocol)
      expect((await world.gateway.fixAmount('ord-1', { amount: 1_099, currency: 'USD' })).ok).toBe(true)
      expect(world.opens({ orderId: 'ord-1', amount: 1_100, currency: 'USD' })).toBe(false)
      expect(world.opens({ orderId: 'ord-1', amount: 1_099, currency: 'USD' })).toBe(true)
    })
  })

  describe(`${name}: giving money back`, () => {
    const ask = (paymentId: string, amount: number, expectedBalance: number) => ({
      intentId: `intent-${amount}`,
      refusals: 0,
      paymentId,
      orderId: 'ord-1',
      money: { amount, currency: 'KRW' },
      expectedBalance,
      reason: 'a second payment',
      refundAccount: null,
      taxFree: null,
      vat: null,
    })

    test('money goes back, in part and then the rest', async () => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      expect(await world.gateway.cancel(ask(paymentId, 4_000, 14_000))).toEqual({ kind: 'accepted' })
      expect(await world.gateway.cancel(ask(paymentId, 10_000, 10_000))).toEqual({ kind: 'accepted' })
      const [seen] = seenIn(await world.gateway.lookup(byPayment(paymentId)))
      expect(seen).toMatchObject({ status: 'cancelled', cancelledAmount: 14_000 })
      // Both in one second: their order is told by their ids alone.
      expect(seen?.cancels.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([4_000, 10_000])
      expect(seen?.cancels.map(({ reason }) => reason)).toEqual(['a second payment', 'a second payment'])
    })

    test('a repeat whose first answer was lost returns nothing twice (M-06, S-08)', async () => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      world.sandbox.misbehave({ rest: 'cancel_answer_lost' })
      expect(await world.gateway.cancel(ask(paymentId, 4_000, 14_000))).toMatchObject({
        kind: 'unknown',
        problem: { kind: 'gateway_unreachable' },
      })
      world.sandbox.behave()
      // A repeat of one intent may be answered as the first call was; another intent has a balance that is wrong by now.
      const repeat = await world.gateway.cancel(ask(paymentId, 4_000, 14_000))
      expect(['accepted', 'refused']).toContain(repeat.kind)
      const other = { ...ask(paymentId, 4_000, 14_000), intentId: 'intent-other' }
      expect(await world.gateway.cancel(other)).toMatchObject({ kind: 'refused' })
      expect(seenIn(await world.gateway.lookup(byPayment(paymentId)))).toMatchObject([
        { cancelledAmount: 4_000 },
      ])
    })

    test('a refusal comes with the gateway’s reason (G-05, M-14)', async () => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      world.sandbox.misbehave({ rest: 'cancel_refused' })
      expect(await world.gateway.cancel(ask(paymentId, 14_000, 14_000))).toEqual({
        kind: 'refused',
        text: expect.stringContaining('정산 잔액'),
      })
    })

    test('more than is left is refused, and money of nobody is refused or not asked for', async () => {
      await using world = await openWorld(protocol)
      const paymentId = await world.paid('ord-1')
      expect((await world.gateway.cancel(ask(paymentId, 20_000, 14_000))).kind).toBe('refused')
      const nobodys = { ...ask('imp_000000000000', 1, 1), orderId: 'ord-9' }
      expect(['refused', 'not_sent']).toContain((await world.gateway.cancel(nobodys)).kind)
    })
  })
}
