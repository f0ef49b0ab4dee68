import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buy, expectPaidOnce, go, orderId, orderOf, screenOf, tell } from '../../testing/shopper.ts'
import { startWorld } from '../../testing/world.ts'

/** The events of a payment and the faults around it, in any order and number. */
const Happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('return' as const),
      flag: fc.constantFrom('imp_success=true', 'success=false', '', 'error_msg=x'),
      post: fc.boolean(),
      ids: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('webhook' as const),
      status: fc.constantFrom('paid', 'ready', 'failed', 'cancelled'),
      copies: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(500, 3_000, 25_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('trouble' as const),
      rest: fc.constantFrom('down', 'html', 'truncated', 'wrong_record', 'normal'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  // Advances the payment's own history by one step.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('gateway' as const) }) },
)

/** Each history ends with the money kept, or refunded by the shop. */
const histories = {
  card: ['approve'],
  reviewed: ['refuse', 'approve'],
  account: ['issue', 'deposit'],
  cancelled: ['approve', 'cancel part', 'cancel'],
} as const

test('S-02, S-12: any order and number of returns, webhooks, sweeps, outages, restarts and crashes: one outcome, one payment.paid', async () => {
  const world = (
    history: keyof typeof histories,
    happenings: ReadonlyArray<typeof Happening extends fc.Arbitrary<infer T> ? T : never>,
  ) => run(history, happenings)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('card', 'reviewed', 'account', 'cancelled'),
      fc.array(Happening, { minLength: 3, maxLength: 14 }),
      world,
    ),
    { numRuns: 25, endOnFailure: true },
  )
})

async function run(
  history: keyof typeof histories,
  happenings: ReadonlyArray<typeof Happening extends fc.Arbitrary<infer T> ? T : never>,
) {
  await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '100' } })
  world.gateway.misbehave({ webhook: 'never' })
  const { impUid, returnUrl, token } = await buy(world, {
    payMethod: history === 'account' ? 'vbank' : 'card',
  })
  const steps: string[] = [...histories[history]]
  const goOn = async (): Promise<void> => {
    const step = steps.shift()
    if (step === 'approve') await world.gateway.approve(impUid)
    if (step === 'refuse') await world.gateway.refuse(impUid, 'review')
    if (step === 'issue') await world.gateway.issueAccount(impUid)
    if (step === 'deposit') await world.gateway.deposit(impUid)
    if (step === 'cancel part') await world.gateway.cancelInConsole(impUid, 4_000)
    if (step === 'cancel') await world.gateway.cancelInConsole(impUid)
  }
  const webhook = (status: string) => {
    const cancels = world.gateway.payments()[0]?.cancel_history ?? []
    const cancellation =
      status === 'cancelled' && cancels.length > 0 ? { cancellation_id: cancels.at(-1)?.cancellation_id } : {}
    return tell(world, JSON.stringify({ imp_uid: impUid, merchant_uid: orderId, status, ...cancellation }))
  }
  let wasPaid = false
  for (const happening of happenings) {
    if (happening.kind === 'gateway') await goOn()
    if (happening.kind === 'time') await world.pass(happening.ms)
    if (happening.kind === 'trouble') world.gateway.misbehave({ rest: happening.rest })
    if (happening.kind === 'restart') await world.restart()
    if (happening.kind === 'crash') await world.crash()
    if (happening.kind === 'webhook') {
      const answers = await Promise.all(
        Array.from({ length: happening.copies }, () => webhook(happening.status)),
      )
      expect(answers.every(({ status }) => status === 200)).toBe(true)
    }
    if (happening.kind === 'return') {
      const query = `${happening.ids ? `imp_uid=${impUid}&merchant_uid=${orderId}&` : ''}${happening.flag}`
      const answer = happening.post
        ? await go(returnUrl, { method: 'POST', body: new URLSearchParams(query) })
        : await go(`${returnUrl}?${query}`)
      expect(answer.status).toBe(303)
    }
    const { status } = await orderOf(world)
    const isThere = world.gateway.payments()[0]?.paid_at !== 0
    if (status !== 'open' && status !== 'awaiting_deposit') expect(isThere).toBe(true) // S-01
    if (wasPaid) expect(['paid', 'partially_cancelled', 'cancelled']).toContain(status) // S-06
    wasPaid ||= status === 'paid'
  }
  while (steps.length > 0) await goOn()
  world.gateway.misbehave({ rest: 'normal' })
  await webhook(history === 'cancelled' ? 'cancelled' : 'paid') // the one that at last arrives, or comes again
  const end = history === 'cancelled' ? 'cancelled' : 'paid'
  await world.until(`the order is ${end}`, async () => (await orderOf(world)).status === end, 180_000, 1_000)
  const order = await orderOf(world)
  await world.until(
    'all delivered',
    async () => (await orderOf(world)).notices.every(({ state }) => state === 'delivered'),
    60_000,
    500,
  )
  expect((await screenOf(world, token)).kind).toBe(end)
  const told = world.receiver.received
  // A payment that was paid and refunded before the first lookup is notified by its end state alone (M-26).
  const paidIds = new Set(told.filter(({ body }) => body.type === 'payment.paid').map(({ id }) => id))
  if (end === 'paid' || paidIds.size > 0)
    expect([...paidIds]).toEqual([`payment%2Epaid:${orderId}:${impUid}:0`])
  expect(order.notices.map(({ sequence }) => sequence)).toEqual(order.notices.map((_, index) => index + 1)) // S-13
  const firsts = [...new Map(told.map(({ id, body }) => [id, body.sequence])).values()]
  expect(firsts).toEqual(firsts.toSorted((a, b) => a - b)) // N-04
  if (end === 'paid') await expectPaidOnce(world, impUid)
  else expect(order).toMatchObject({ balance: 0, review: null })
}
