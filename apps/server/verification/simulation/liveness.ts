import { disagreement, overdue, unplaced, unrest } from './truth.ts'
import { act } from './acts.ts'
import { RETRY_AFTER_MAX_S } from './faults.ts'
import { isEnded } from './books.ts'
import { must } from './safety.ts'
import type { World } from './world.ts'

/** L-02: after any outage every order reaches the truth within a minute, and whoever sleeps then wakes once more. */
const TRUTH_MS = 60_000
/** A dead server's lease has to run out first (L-07). */
const LEASE_MS = 25_000
/** L-03, L-04: what is tried for days ends within them. */
const REST_MS = 12 * 86_400_000
/** L-03: a day, and the slow loop's turns around it. */
const PERSON_MS = 28 * 3_600_000
/** Further than any clock was ahead: what it has dated comes so much later. */
const LEAPS_MS = 4 * 86_400_000
const STUBBORN_MS = 10_000
const STRIDE_MS = 2_500
const SLOW_MS = 3_600_000

/** Phase two: everything heals, and what must come about comes about within its bounds. */
export async function healAndWait(world: World): Promise<void> {
  const { servers, agenda, weather } = world
  // Whoever stands still goes on before anything is expected of him.
  await world.until(Math.max(agenda.nowMs, servers.A.stalledUntilMs, servers.B.stalledUntilMs))
  world.heal()
  const healedAtMs = agenda.nowMs
  const oneStaysDead = world.dice.chance(0.2) && !servers.B.isUp
  servers.A.start()
  if (oneStaysDead) servers.B.retire()
  else servers.B.start()
  // What the shop still asks for again and again is through by then.
  await world.until(healedAtMs + STUBBORN_MS)
  const boundMs = TRUTH_MS + LEASE_MS + 2 * weather.intervalMs + world.aheadMs
  await world.untilHolds('L-02', healedAtMs + boundMs, STRIDE_MS, () => disagreement(world))
  world.reachedTruthMs = agenda.nowMs - healedAtMs
  await canary(world)
  await rest(world)
  checkDelivered(world)
  must(unplaced(world) === null, 'L-11', () => unplaced(world) ?? '')
}

/** One more order, in a world where nothing goes wrong any more: paid within five seconds of the first claim, or two minutes without any. */
async function canary(world: World): Promise<void> {
  const { agenda, dice } = world
  if (!dice.chance(0.3) || world.leapt) return
  // A call that was lost before everything healed holds others up until its own deadline: the token's, for one. And for as long as the gateway
  // asked for silence nobody calls it (G-13).
  await world.until(agenda.nowMs + Math.max(2 * world.weather.lookupTimeoutMs, RETRY_AFTER_MAX_S * 1_000))
  const orderId = 'canary'
  const impUid = 'imp_000000999999'
  const at = world.servers.B.isUp ? 'B' : 'A'
  act(world, { atMs: 0, do: 'register', at, orderId, amount: 7_000 })
  await world.untilHolds('L-02', agenda.nowMs + 3_000, 250, () =>
    world.books.orders.has(orderId) ? null : 'it is not registered',
  )
  const wish = {
    impUid,
    orderId,
    amount: 7_000,
    currency: 'KRW',
    sandbox: false,
    fixedAccount: false,
    knownLaterMs: 0,
  }
  act(world, { atMs: 0, do: 'open', wish })
  act(world, { atMs: 0, do: 'approve', impUid })
  const claimed = dice.chance(0.8)
  const claimedAtMs = agenda.nowMs
  if (claimed) act(world, { atMs: 0, do: 'hook', at, impUid, orderId, status: 'paid', form: false })
  const receipts = () => [...world.books.receipts.values()].filter((receipt) => receipt.order_id === orderId)
  // A claim whose look found no room in the second's budget waits for the loop's next turn, as does who has none: a deployment may set that to minutes.
  const mayWait = (): boolean =>
    !claimed || receipts().some(({ state, attempts }) => state === 'waiting' && attempts > 0)
  const dueByMs = (): number =>
    claimedAtMs + (claimed ? 5_000 : 120_000) + (mayWait() ? world.weather.intervalMs : 0)
  world.marks.hit(claimed ? 'a canary with a claim' : 'a canary nobody speaks of')
  const isPaid = (): boolean => world.books.orders.get(orderId)?.status === 'paid'
  while (!isPaid()) {
    must(agenda.nowMs < dueByMs(), 'L-01', () => 'the canary is not paid')
    await world.until(agenda.nowMs + (claimed ? 250 : STRIDE_MS))
  }
}

/** Runs on until nothing waits. What waits for hours is waited for with a slower loop: it is another deployment's setting, not another code. */
export async function rest(world: World): Promise<void> {
  const { agenda, servers } = world
  const quickUntilMs = agenda.nowMs + 4 * Math.max(10_000, world.intervalMs)
  // Some wait as quickly for a cancel without an answer to settle, the others in a slow loop.
  const settledMs = world.dice.chance(0.3) ? world.weather.settleMs * 1.3 + 60_000 : 0
  const isCancel = (): boolean => [...world.books.cancels.values()].some((each) => !isEnded(each))
  const isQuick = (): boolean =>
    agenda.nowMs < quickUntilMs || (isCancel() && agenda.nowMs < quickUntilMs + settledMs)
  while (unrest(world) !== null && isQuick()) await world.until(agenda.nowMs + STRIDE_MS)
  const isDoubt = [...world.books.payments.values()].some(({ contradiction }) => contradiction !== null)
  if (unrest(world) === null && !isDoubt) return
  world.marks.hit('something waits for hours')
  servers.B.crash(false)
  servers.A.crash(false)
  world.intervalMs = SLOW_MS
  servers.A.start(SLOW_MS)
  // What contradicts itself for good is looked at once an hour, and a replica that was behind is found out by then.
  await world.until(agenda.nowMs + 2 * SLOW_MS)
  const personMs = PERSON_MS + (world.leapt ? LEAPS_MS : 0)
  await world.untilHolds('L-04', agenda.nowMs + REST_MS, SLOW_MS, () => {
    const late = overdue(world, personMs)
    must(late === null, 'L-03', () => late ?? '')
    return unrest(world)
  })
  // Whatever ended last may have kept an order from its own end until now.
  await world.until(agenda.nowMs + 2 * SLOW_MS)
  must(disagreement(world) === null, 'S-12', () => disagreement(world) ?? '')
}

/** What is marked as delivered was taken by the shop, under that id. */
function checkDelivered({ books, shop }: World): void {
  const accepted = new Set(shop.heard.filter((each) => each.accepted).map((each) => each.id))
  for (const notice of books.notices.values())
    if (notice.state === 'delivered')
      must(accepted.has(notice.notice_id), 'L-04', () => `${notice.notice_id} was never taken`)
}
