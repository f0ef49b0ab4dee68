import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyFacts, history } from '../../test/observation.arbitrary.ts'
import {
  fresh,
  look,
  MINUTE_MS,
  NOW_MS,
  order,
  policy,
  reasonsOf,
  record,
  type Held,
} from '../../test/samples.ts'
import {
  balanceOf,
  isDeclared,
  nextLookAt,
  remainderOf,
  Screen,
  screenOf,
  statusOf,
  type CancelIntent,
  type Decision,
  type GatewayName,
  type DecideInput,
  type Notice,
  NoticeType,
  type Observation,
  type OrderStatus,
  type Payment,
  type Return,
  type TimelineEntry,
} from '../index.ts'

const isAnnounced = (event: TimelineEntry['event']): event is NoticeType =>
  NoticeType.safeParse(event).success

type Step = { readonly sight: readonly Observation[]; readonly changed?: Partial<DecideInput> }

/** Plays looks one after the other and holds every decision to the invariants that have no exception. */
function play(start: Held, steps: readonly Step[]) {
  let now = start
  const notices: Notice[] = []
  const intents: CancelIntent[] = []
  for (const step of steps) {
    const before = now
    const decision = look(before, step.sight, step.changed)
    now = record(before, decision)
    notices.push(...decision.notices)
    intents.push(...decision.intents)
    checkStep(before, decision, now)
    checkIdempotent(now, step)
  }
  const ids = notices.map((notice) => notice.id)
  expect(new Set(ids).size, ids.join()).toBe(ids.length)
  expect(notices.map((notice) => notice.sequence)).toEqual(notices.map((_, index) => index + 1))
  expect(notices.filter((notice) => notice.type === 'payment.paid').length).toBeLessThanOrEqual(1)
  expect(new Set(intents.map((intent) => intent.intentId)).size).toBe(intents.length)
  return { held: now, notices, intents }
}

function checkStep(before: Held, decision: Decision, after: Held): void {
  if (before.order === null || after.order === null) return
  // S-06: from where it was to where it is along declared edges, one after the other.
  let status = before.order.status
  for (const { event, from, to } of decision.timeline) {
    if (from === null || to === null || !isAnnounced(event)) continue
    expect(from).toBe(status)
    if (from !== to) expect(isDeclared({ from, to, event }), `${from} → ${to} by ${event}`).toBe(true)
    status = to
  }
  expect(after.order.status).toBe(status)
  expect(after.order.status).toBe(statusOf(after.order, after.payments, NOW_MS))
  // S-01, S-02, S-04: kept with proof, once, and for ever.
  const kept = after.payments.filter((payment) => payment.standing === 'kept')
  expect(kept.map((payment) => payment.paymentId)).toEqual(
    after.order.keptPaymentId === null ? [] : [after.order.keptPaymentId],
  )
  if (before.order.keptPaymentId !== null) expect(after.order.keptPaymentId).toBe(before.order.keptPaymentId)
  expect(decision.proof?.paymentId ?? null).toBe(
    before.order.keptPaymentId === null ? after.order.keptPaymentId : null,
  )
  checkMoney(after, decision)
  checkScreen(after)
}

function checkMoney(after: Held, decision: Decision): void {
  for (const payment of after.payments) expect(remainderOf(payment)).toBeGreaterThanOrEqual(0)
  for (const intent of decision.intents) {
    const payment = after.payments.find((each) => each.paymentId === intent.paymentId)
    if (intent.cause === 'account') {
      // V-05: only an order that has its payment closes accounts, never the one that was paid into.
      expect(after.order?.keptPaymentId).not.toBeNull()
      expect(intent.paymentId).not.toBe(after.order?.keptPaymentId)
      expect(intent.amount).toBe(0)
      continue
    }
    expect(payment?.contradiction).toBeNull()
    expect(payment?.standing).toBe(intent.cause)
    expect(intent.amount).toBeGreaterThan(0)
    expect(intent.amount).toBe(payment === undefined ? null : remainderOf(payment))
  }
}

/** S-22, on whatever was recorded. */
function checkScreen({ order: held, payments }: Held): void {
  if (held === null) return
  for (const nowMs of [NOW_MS, NOW_MS + 5 * MINUTE_MS])
    for (const scope of ['full', 'outcome'] as const) {
      const screen = Screen.parse(screenOf(held, payments, scope, nowMs))
      if (screen.kind === 'paid') expect(held.keptPaymentId).not.toBeNull()
      if (screen.kind !== 'failed' && screen.kind !== 'cancelled') continue
      if (!screen.tryAgain) continue
      expect(held.status).toBe('open')
      expect(
        payments.filter((payment) => remainderOf(payment) > 0 || payment.contradiction !== null),
      ).toEqual([])
    }
  const next = nextLookAt(held, payments, NOW_MS)
  const waits = held.status === 'open' || held.status === 'awaiting_deposit'
  expect(next === null ? !waits : next > NOW_MS).toBe(true)
}

/** The same look again finds nothing new. */
function checkIdempotent(held: Held, step: Step): void {
  const again = look(held, step.sight, { ...step.changed, returned: null })
  expect([again.notices, again.intents, again.payments, again.proof]).toEqual([[], [], [], null])
}

describe('at an honest gateway', () => {
  const endsAtMs = NOW_MS + 24 * 60 * MINUTE_MS
  const world = fc.record({
    lives: fc.tuple(
      history('imp_1', ['none']),
      history('imp_2', ['amount', 'currency', 'channel']),
      history('imp_3', ['amount', 'currency', 'channel']),
    ),
    moves: fc.array(
      fc.record({ who: fc.nat({ max: 2 }), look: fc.constantFrom('order', 'payment', 'none') }),
      {
        maxLength: 24,
      },
    ),
    expiresAtMs: fc.constantFrom(NOW_MS - MINUTE_MS, endsAtMs - MINUTE_MS),
    registeredAfter: fc.nat({ max: 6 }),
  })
  /** What came and went before anybody looked is told as its end alone (M-26): then what was told on the way is no end. */
  const finalTypes = (status: OrderStatus | undefined): Set<NoticeType> =>
    new Set(
      status === 'cancelled'
        ? ['payment.cancelled', 'payment.returned']
        : ['payment.paid', 'payment.partially_cancelled', 'payment.returned'],
    )

  /** At rest: one look at all of it long after the last deadline, and one when the refused money has gone back (M-01). */
  const ending = (lives: readonly (readonly Observation[])[]): Step[] => {
    const last = lives.flatMap((life) => life.at(-1) ?? [])
    const changed = { nowMs: endsAtMs }
    return [
      { sight: last, changed },
      { sight: last.map((seen, index) => (index === 0 ? seen : givenBack(seen))), changed },
    ]
  }

  const givenBack = (seen: Observation): Observation => {
    const amount = remainderOf(seen)
    if (amount === 0) return seen
    const back = { id: `${seen.paymentId}-C0`, amount, atMs: endsAtMs, reason: 'refused' }
    return {
      ...seen,
      status: 'cancelled',
      cancelledAmount: seen.cancelledAmount + amount,
      cancels: [...seen.cancels, back],
    }
  }

  /** The looks somebody happened to make on the way, each at one payment or at all that exist. */
  function looksOf(
    lives: readonly (readonly Observation[])[],
    moves: readonly { who: number; look: string }[],
  ): Step[] {
    const at = lives.map(() => -1)
    const now = (who: number): Observation[] => lives[who]?.slice(at[who], (at[who] ?? 0) + 1) ?? []
    const steps: Step[] = []
    for (const { who, look: by } of moves) {
      at[who] = Math.min((at[who] ?? -1) + 1, (lives[who]?.length ?? 1) - 1)
      const all = lives.flatMap((_, index) => ((at[index] ?? -1) < 0 ? [] : now(index)))
      if (by === 'order') steps.push({ sight: all })
      if (by === 'payment')
        steps.push({ sight: now(who), changed: { look: { by: 'payment', beganAtMs: NOW_MS } } })
    }
    return steps
  }

  const outcome = ({ held, notices }: { held: Held; notices: readonly Notice[] }) => ({
    status: held.order?.status,
    balance: held.order === null ? null : balanceOf(held.order, held.payments),
    reviews: reasonsOf(held.order),
    standings: held.payments
      .map(({ paymentId, standing, rejectReason }) => `${paymentId} ${standing} ${rejectReason}`)
      .toSorted(),
    final: notices
      .filter((notice) => finalTypes(held.order?.status).has(notice.type))
      .map((notice) => notice.id)
      .toSorted(),
  })

  test('S-12: the end is the same whichever looks were made on the way, and W-05 whatever was missed', () => {
    fc.assert(
      fc.property(world, ({ lives, moves, expiresAtMs }) => {
        const start: Held = { order: order({ expiresAtMs }), payments: [] }
        const told = play(start, [...looksOf(lives, moves), ...ending(lives)])
        expect(outcome(told)).toEqual(outcome(play(start, ending(lives))))
        expect(reasonsOf(told.held.order)).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  test('S-12, W-06: nor does it matter how much was seen before the order was registered', () => {
    fc.assert(
      fc.property(world, ({ lives, moves, expiresAtMs, registeredAfter }) => {
        const looks = looksOf(lives, moves)
        const early = looks.slice(0, registeredAfter)
        let before: Held = { order: null, payments: [] }
        for (const step of early) before = record(before, look(before, step.sight, step.changed))
        const registered: Held = { order: order({ expiresAtMs }), payments: before.payments }
        const told = play(registered, [...looks.slice(registeredAfter), ...ending(lives)])
        expect(outcome(told)).toEqual(outcome(play({ order: registered.order, payments: [] }, ending(lives))))
      }),
      { numRuns: 1_000 },
    )
  })

  test('S-04: of two good payments one is kept and the other goes back, in whatever order they are seen', () => {
    const good = fc.tuple(history('imp_1', ['none']), history('imp_2', ['none']), fc.boolean())
    fc.assert(
      fc.property(good, ({ 0: one, 1: two, 2: swapped }) => {
        const looks = [one, two].map((life) => ({ sight: life.slice(-1) }))
        const { held, intents } = play(fresh, swapped ? looks.toReversed() : looks)
        const paid = held.payments.filter(
          (payment) => payment.status === 'paid' || payment.status === 'cancelled',
        )
        expect(paid.filter((payment) => payment.standing === 'kept')).toHaveLength(Math.min(1, paid.length))
        const surplus = paid.filter((payment) => payment.standing === 'surplus' && remainderOf(payment) > 0)
        const goBack = intents.filter((intent) => intent.cause !== 'account')
        expect(goBack.map((intent) => intent.paymentId)).toEqual(surplus.map((payment) => payment.paymentId))
      }),
      { numRuns: 500 },
    )
  })
})

describe('at a gateway that may say anything', () => {
  const policies = fc.record({
    onRejected: fc.constantFrom('cancel', 'review'),
    onSurplus: fc.constantFrom('cancel', 'review'),
    onLate: fc.constantFrom('accept', 'cancel', 'review'),
    allowTestChannel: fc.boolean(),
    acceptLateMs: fc.constantFrom(1, policy.acceptLateMs),
  })
  const aReturn: fc.Arbitrary<Return | null> = fc.option(
    fc.record({
      says: fc.constantFrom('success', 'failure', 'nothing'),
      paymentId: fc.option(fc.constantFrom('imp_1', 'imp_2', 'imp_9')),
      atMs: fc.integer({ min: NOW_MS - MINUTE_MS, max: NOW_MS }),
      failReason: fc.constant(null),
      message: fc.constant(null),
      looks: fc.constant(0),
    }),
  )
  const aLook = fc.record({
    sight: fc.array(anyFacts(['ord-1001', 'ord-1001', 'ord-1001', 'ord-2002']), { maxLength: 4 }),
    by: fc.constantFrom<'order' | 'payment'>('order', 'payment'),
    beganAtMs: fc.constantFrom(NOW_MS - 2 * MINUTE_MS, NOW_MS, NOW_MS + 1),
    returned: aReturn,
  })

  /** As the corridor promises: what is decided with an order names it, or is held under it. */
  const ours = (sight: readonly Observation[], payments: readonly Payment[]): Observation[] =>
    sight.filter(
      (seen) => seen.orderId === 'ord-1001' || payments.some((held) => held.paymentId === seen.paymentId),
    )

  test('decide never throws, and S-01, S-02, S-04, S-06, S-13 and S-22 hold', () => {
    fc.assert(
      fc.property(
        fc.array(aLook, { maxLength: 8 }),
        fc.nat({ max: 3 }),
        policies,
        fc.constantFrom(NOW_MS - MINUTE_MS, NOW_MS, NOW_MS + MINUTE_MS),
        (looks, registeredAfter, chosen, expiresAtMs) => {
          let before: Held = { order: null, payments: [] }
          for (const { sight } of looks.slice(0, registeredAfter))
            before = record(before, look(before, ours(sight, before.payments)))
          const known = new Set(before.payments.map((payment) => payment.paymentId))
          const steps = looks.slice(registeredAfter).map(({ sight, by, beganAtMs, returned }): Step => {
            const mine = sight.filter((seen) => seen.orderId === 'ord-1001' || known.has(seen.paymentId))
            for (const seen of mine) known.add(seen.paymentId)
            return {
              sight: mine,
              changed: { look: { by, beganAtMs }, returned, policy: { ...policy, ...chosen } },
            }
          })
          play({ order: order({ expiresAtMs }), payments: before.payments }, steps)
        },
      ),
      { numRuns: 3_500 },
    )
  })
})

test('G-16: the protocol of an order and of its payments decides nothing', () => {
  const name = fc.constantFrom<GatewayName>('portone-v1', 'portone-v2')
  const sights = fc.array(fc.array(anyFacts(), { maxLength: 3 }), { maxLength: 5 })
  const asV1 = (decision: Decision): unknown =>
    JSON.parse(JSON.stringify(decision).replaceAll('portone-v2', 'portone-v1'))
  fc.assert(
    // Three payments are seen at most. Each keeps its protocol, which need not be its order's.
    fc.property(name, fc.array(name, { minLength: 3, maxLength: 3 }), sights, (gateway, names, steps) => {
      let one = fresh
      let other: Held = { ...fresh, order: order({ gateway }) }
      for (const sight of steps) {
        const drawn = sight.map((seen) => ({
          ...seen,
          gateway: names[Number(seen.paymentId.slice(-1)) - 1] ?? 'portone-v1',
        }))
        const [byV1, byEither] = [look(one, sight), look(other, drawn)]
        expect(asV1(byEither)).toEqual(asV1(byV1))
        ;[one, other] = [record(one, byV1), record(other, byEither)]
      }
    }),
    { numRuns: 500 },
  )
})
