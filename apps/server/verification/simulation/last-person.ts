import { ReviewReason, remainderOf, reviewEnds, type ReviewAction } from '@landfall/payment-core'
import { z } from 'zod'
import { factsOf, isEnded, isEndedByPerson } from './books.ts'
import { rest } from './liveness.ts'
import { authorization, looking, query, type Question, type Said } from './people.ts'
import { checkEnd, resolving, type Named } from './person-acts.ts'
import { must } from './safety.ts'
import { disagreement, unrest } from './truth.ts'
import type { World } from './world.ts'

/** Rounds in which any possible end is drawn; from then on what comes again is left as it is. */
const DRAWN_ROUNDS = 3
/** What is listed after so many comes again and again. */
const ROUNDS_MAX = 6
/** How often a person has the order looked up before deciding: what a record contradicted may agree by now. */
const LOOKS_FIRST = 0.3
const PATIENCE_MS = 180_000
const STRIDE_MS = 500
const MINUTE_MS = 60_000
const LAST_LOOK_MS = 3 * 3_600_000

const Reviewed = z.object({
  orderId: z.string(),
  reviews: z.array(z.object({ id: z.string(), reason: ReviewReason })),
})
const List = z.object({
  result: z.object({ data: z.object({ orders: z.array(Reviewed), orphans: z.array(Reviewed) }) }),
})

/**
 * One person who has all the time there is reads the list of what needs somebody, and ends each review in one of the ways that are offered, until
 * nothing is listed. Then everything rests, and nothing is left that somebody was called for (L-11).
 */
export async function endEverything(world: World): Promise<void> {
  for (let round = 1; ; round += 1) {
    const listed = await list(world)
    if (listed.length === 0) break
    const names = listed.map(({ reviewId }) => reviewId).join()
    must(round <= ROUNDS_MAX, 'L-11', () => `${names} come again and again`)
    world.marks.hit(`a person ends what is left, round ${round}`)
    for (const review of listed) {
      if (world.dice.chance(LOOKS_FIRST)) await lookAgain(world, review.orderId)
      await end(world, review, round > DRAWN_ROUNDS)
    }
    await rest(world)
  }
  const lacks = (): string | null => unended(world) ?? unrest(world) ?? disagreement(world)
  // What ended last may have kept its order from its own end until now.
  await world.untilHolds('L-11', world.agenda.nowMs + LAST_LOOK_MS, MINUTE_MS, lacks)
}

async function list(world: World): Promise<Named[]> {
  const said = await answerTo(world, {
    from: 'shop',
    at: 'A',
    what: 'list what needs a person',
    again: 3,
    request: query('orders.list', { review: true, limit: 100 }, { authorization }),
  })
  must(said.status === 200, 'L-11', () => `the list is answered with ${said.status}: ${said.text}`)
  const { orders, orphans } = List.parse(JSON.parse(said.text)).result.data
  return [...orders, ...orphans].flatMap(({ orderId, reviews }) =>
    reviews.map(({ id, reason }) => ({ orderId, reviewId: id, reason })),
  )
}

/** Whatever is answered: the payment may be of no order here. */
async function lookAgain(world: World, orderId: string): Promise<void> {
  const question = looking({ atMs: world.agenda.nowMs, at: 'A', do: 'reconcile', orderId }, null)
  if (question !== null) await answerTo(world, question)
}

/** In a way that is drawn; what is not possible just now is answered so, and another is drawn. */
async function end(world: World, review: Named, isLast: boolean): Promise<void> {
  const { dice, marks, books } = world
  let left: readonly ReviewAction[] = isLast ? ['dismiss'] : reviewEnds[review.reason]
  // Another end of this round may have ended it too.
  const isOver = (): boolean =>
    world.books.reviews.get(`${review.orderId}/${review.reviewId}`)?.ended_at_ms != null
  if (isOver()) return
  must(
    books.reviews.has(`${review.orderId}/${review.reviewId}`),
    'S-11',
    () => `${review.reviewId} is listed`,
  )
  while (left.length > 0 && !isOver()) {
    const action = dice.pick(left)
    const said = await answerTo(world, resolving('A', review, action, true))
    world.blame(() => checkEnd(world, review, said, action))
    marks.hit(`what is left is ended by ${action} (${said.status})`)
    must(
      said.status === 200 || said.status === 409,
      'L-11',
      () => `${review.reviewId} of ${review.orderId}, ${action}: ${said.status} ${said.text}`,
    )
    left = left.filter((each) => each !== action)
  }
  must(isOver(), 'L-11', () => `${review.reviewId} of ${review.orderId} cannot be ended`)
}

/** What a server answers; the shop asks again while none does. */
async function answerTo(world: World, question: Question): Promise<Said> {
  const answers: Said[] = []
  world.ask(question, (said) => void answers.push(said))
  const lastMs = world.agenda.nowMs + PATIENCE_MS
  while (answers.length === 0 && world.agenda.nowMs < lastMs)
    await world.until(world.agenda.nowMs + STRIDE_MS)
  return answers[0] ?? { status: 0, location: null, text: `nobody answers: ${question.what}` }
}

/** What is left once everything was ended: a review, a sum that neither went back nor was left by a person, a cancel that nobody saw to. */
function unended({ books }: World): string | null {
  for (const { ended_at_ms: endedAtMs, row_id: id } of books.reviews.values())
    if (endedAtMs === null) return `${id} is open, and nowhere listed`
  for (const payment of books.payments.values()) {
    const left = remainderOf(factsOf(payment))
    const isPlaced = payment.standing === 'kept' || isEndedByPerson(books, payment.payment_id, 'dismiss')
    if (left > 0 && !isPlaced) return `${payment.payment_id} holds ${left}, and nobody has left it there`
  }
  for (const cancel of books.cancels.values()) {
    const isSeenTo = cancel.amount === 0 || isEndedByPerson(books, cancel.payment_id)
    if (!isEnded(cancel) || (cancel.state === 'over' && !isSeenTo))
      return `${cancel.intent_id} is ${cancel.state}, and no person has seen to it`
  }
  return null
}
