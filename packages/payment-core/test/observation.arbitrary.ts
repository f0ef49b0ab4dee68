import fc from 'fast-check'
import type { Cancel, Observation, PaymentStatus } from '../src/index.ts'
import { NOW_MS, seen } from './samples.ts'

/** What a gateway can tell: honest histories, which only grow, and facts out of nowhere, which anything may follow. */

/** How a payment of a history differs from what the order asks. `none`: not at all. */
export type Flaw = 'none' | 'amount' | 'currency' | 'channel'

const pathOf: ReadonlyArray<readonly PaymentStatus[]> = [
  ['ready'],
  ['ready', 'failed'],
  ['ready', 'paid'],
  ['ready', 'failed', 'paid'],
  ['ready', 'awaiting_deposit'],
  ['ready', 'awaiting_deposit', 'failed'],
  ['ready', 'awaiting_deposit', 'paid'],
]

/** One payment's life at an honest gateway, oldest snapshot first. Cancels come one by one, each later than the one before. */
export const history = (paymentId: string, flaws: readonly Flaw[]): fc.Arbitrary<readonly Observation[]> =>
  fc
    .record({
      path: fc.constantFrom(...pathOf),
      flaw: fc.constantFrom(...flaws),
      cancels: fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 4 }),
      whole: fc.boolean(),
      newestFirst: fc.boolean(),
    })
    .map(({ path, flaw, cancels, whole, newestFirst }) => {
      const amount = flaw === 'amount' ? 13_999 : 14_000
      const base = {
        paymentId,
        amounts: [amount],
        currencies: [flaw === 'currency' ? 'USD' : 'KRW'],
        testChannel: flaw === 'channel',
      }
      const paidAtMs = NOW_MS
      const life = path.map((status) =>
        seen(
          { ...base, status },
          {
            paidAtMs: status === 'paid' ? paidAtMs : null,
            accountDueAtMs: path.includes('awaiting_deposit') && status !== 'ready' ? NOW_MS + 60_000 : null,
          },
        ),
      )
      if (path.at(-1) !== 'paid') return life
      const booked: Cancel[] = []
      let total = 0
      const sums = whole ? [...cancels, Number.POSITIVE_INFINITY] : cancels
      for (const [index, sum] of sums.entries()) {
        const next = Math.min(sum, amount - total)
        if (next === 0) break
        total += next
        // Identifiers fall while time rises: nothing may hang on their order.
        booked.push({ id: `${paymentId}-C${9 - index}`, amount: next, atMs: NOW_MS + index, reason: null })
        const told = newestFirst ? booked.toReversed() : [...booked]
        life.push(seen({ ...base, status: 'cancelled', cancelledAmount: total, cancels: told }, { paidAtMs }))
      }
      return life
    })

const paymentIds = ['imp_1', 'imp_2', 'imp_3'] as const

/** Facts out of nowhere, few enough values that they often meet and contradict each other. */
export const anyFacts = (orderIds: readonly string[] = ['ord-1001']): fc.Arbitrary<Observation> =>
  fc
    .record({
      paymentId: fc.constantFrom(...paymentIds),
      orderId: fc.constantFrom(...orderIds),
      status: fc.constantFrom<PaymentStatus>('ready', 'awaiting_deposit', 'failed', 'paid', 'cancelled'),
      amount: fc.constantFrom(14_000, 14_000, 14_000, 28_000, 500, 0),
      currency: fc.constantFrom('KRW', 'KRW', 'KRW', 'USD'),
      testChannel: fc.constantFrom(false, false, false, true),
      cancelledAmount: fc.constantFrom(0, 0, 0, 400, 14_000, 28_000),
      deposited: fc.constantFrom(0, 0, 0, 14_000, 28_000),
      cancels: fc.array(cancel, { maxLength: 3 }),
      consistent: fc.boolean(),
      atMs: fc.option(fc.constantFrom(NOW_MS, NOW_MS + 1)),
      dueAtMs: fc.option(fc.constantFrom(NOW_MS - 1, NOW_MS + 90_000)),
    })
    .map(({ amount, currency, atMs, dueAtMs, consistent, ...facts }) => {
      const cancels = uniqueById(facts.cancels)
      const sum = cancels.reduce((total, each) => total + each.amount, 0)
      return seen(
        {
          ...facts,
          amounts: [amount],
          currencies: [currency],
          cancels,
          cancelledAmount: consistent ? sum : facts.cancelledAmount,
        },
        { paidAtMs: atMs, startedAtMs: atMs, accountDueAtMs: dueAtMs },
      )
    })

const cancel: fc.Arbitrary<Cancel> = fc.record({
  id: fc.constantFrom('A', 'B', 'C'),
  amount: fc.constantFrom(0, 100, 400, 14_000),
  atMs: fc.constantFrom(NOW_MS, NOW_MS + 1),
  reason: fc.option(fc.constantFrom('changed my mind', 'sold out')),
})

const uniqueById = (cancels: readonly Cancel[]): Cancel[] => [
  ...new Map(cancels.map((each) => [each.id, each])).values(),
]

/** Facts of one payment in the form `join` keeps: lists without repetition, in order. */
export const joinable: fc.Arbitrary<Observation> = anyFacts().map((facts) => ({
  ...facts,
  paymentId: 'imp_1',
  cancels: facts.cancels.toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
}))
