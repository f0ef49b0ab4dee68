import { act } from '../simulation/acts.ts'
import { healAndWait } from '../simulation/liveness.ts'
import { askingBack, registration } from '../simulation/people.ts'
import { closing } from '../simulation/person-acts.ts'
import { Violation } from '../simulation/safety.ts'
import type { Line } from '../simulation/trace.ts'
import type { Item } from '../simulation/story.ts'
import { disagreement, unrest } from '../simulation/truth.ts'
import { World } from '../simulation/world.ts'
import { endOf, isSame, type End } from './end.ts'
import { ord } from './lines.ts'
import { checkSaid, type Unheard } from './unheard-answers.ts'
import { planOf, type Scenario } from './scenario.ts'
import { FailingCalls, type FailingCall } from './failing-call.ts'

/** Any will do: what a seed decides here is how long a message travels. */
const SEED = 7
/** How long a shop waits before it looks again whether its next question can be asked, and how often it looks. */
const SHOP_LOOKS_MS = 1_000
const SHOP_LOOKS_MAX = 600
/** After so many it looks once a minute: in a story of hours notices come late. */
const SHOP_HURRIES = 120
/** What it knows of only later it asks for later. */
const AGAIN = 4
const AGAIN_MS = 20_000
/** After an outage a lease runs out, an order is looked at once a minute, and a notice is tried again after five. */
const SETTLES_MS = 400_000

export type Replay = {
  readonly violation: { readonly id: string; readonly what: string } | null
  /** The kind of each call until everything healed. */
  readonly kinds: readonly string[]
  /** How many calls failed on purpose. */
  readonly struck: number
  readonly end: End
  /** What was still under way when everything healed; null when nothing was. */
  readonly leftOver: string | null
  readonly lines: readonly Line[]
}

/**
 * Plays a scenario once, with one call failing or none. What must hold is looked at after every step; what was said by then, before anything
 * heals; and after that everything must come to its end within its bounds: to the end that is `wanted`, if it is known.
 */
export async function play(
  scenario: Scenario,
  failing: FailingCall | null,
  wanted: End | null,
): Promise<Replay> {
  const unheard: Unheard[] = []
  const failingCalls = new FailingCalls(failing, ({ from, what }, course) => {
    world.trace.say(from, from, `fails on purpose (${course}): ${what}`)
    if (course !== 'before') unheard.push({ atMs: world.agenda.nowMs, what })
  })
  const world: World = new World(planOf(scenario, SEED), failingCalls.course)
  let violation: Replay['violation'] = null
  let leftOver: string | null = null
  try {
    begin(world, scenario)
    await world.until(world.startMs + scenario.lastsMs)
    checkSaid(world, unheard)
    leftOver = disagreement(world) ?? unrest(world)
    failingCalls.end()
    for (let each = 0; each < AGAIN; each += 1)
      world.agenda.after(1 + each * AGAIN_MS, () => askAgain(world, scenario.items))
    await healAndWait(world)
    await world.untilHolds('S-12', world.agenda.nowMs + SETTLES_MS, 10_000, () =>
      wanted === null ? null : isSame(scenario, wanted, endOf(world)),
    )
    checkSaid(world, unheard)
  } catch (error) {
    violation =
      error instanceof Violation
        ? { id: error.id, what: error.message }
        : { id: 'threw', what: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  const end = endOf(world)
  world.close()
  return {
    violation,
    kinds: failingCalls.kinds,
    struck: failingCalls.struck,
    end,
    leftOver,
    lines: world.trace.lines,
  }
}

function begin(world: World, { items, twoServers }: Scenario): void {
  if (twoServers !== true) world.servers.B.retire()
  for (const server of [world.servers.A, world.servers.B]) server.start()
  for (const item of items) {
    let looks = 0
    const go = (): void => {
      looks += 1
      if (mayAsk(world, items, item) || looks > SHOP_LOOKS_MAX) act(world, item)
      else world.agenda.after(looks > SHOP_HURRIES ? 60 * SHOP_LOOKS_MS : SHOP_LOOKS_MS, go)
    }
    world.agenda.after(item.atMs, go)
  }
}

/** What the shop asks it asks in its order, each after the one before was answered; and it gives back only what it was told of as paid. */
function mayAsk(world: World, items: readonly Item[], item: Item): boolean {
  if (wordsOf(item) === null) return true
  const isOver = (earlier: Item): boolean => isAnswered(world, earlier) || earlier.atMs === item.atMs
  return items.slice(0, items.indexOf(item)).every(isOver) && isTold(world, item)
}

/** The shop refunds or resolves only what a notice told it of. It knows orders that are not its own from elsewhere. */
function isTold({ shop }: World, item: Item): boolean {
  const told = shop.heard.flatMap(({ accepted, body }) => (accepted ? [body] : []))
  if (item.do === 'resolve')
    return told.some(({ type, data }) => type === 'order.review' && data.order.orderId === item.orderId)
  if (item.do !== 'ask_back') return true
  return item.impUid === undefined
    ? told.some(({ type, data }) => type === 'payment.paid' && data.order.orderId === ord)
    : item.orderId !== ord || told.some(({ data }) => data.payment?.paymentId === item.impUid)
}

/** Which review a person ends is seen only when the order is read. */
function isAnswered({ answered }: World, item: Item): boolean {
  const words = wordsOf(item)
  if (words === null || answered.has(words)) return true
  return item.do === 'resolve' && [...answered].some((each) => each.startsWith(words))
}

/** A shop whose question was never answered asks it again once it can, in the same words. A gateway and a customer do not. */
function askAgain(world: World, items: readonly Item[]): void {
  for (const item of items) {
    if (!isAnswered(world, item) && mayAsk(world, items, item)) act(world, item)
  }
}

function wordsOf(item: Item): string | null {
  if (item.do === 'register') return registration(item, null).what
  if (item.do === 'ask_back') return askingBack(item).what
  if (item.do === 'close') return closing(item).what
  return item.do === 'resolve' ? `resolve of ${item.orderId}: ` : null
}
