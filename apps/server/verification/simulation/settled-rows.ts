import type { Books } from './books.ts'
import { must, type Change } from './safety.ts'

/** What may become of something that was asked of the gateway: what it said yes to is never sent again (S-24), what has ended stays so (M-25). */
const ways: Readonly<Record<string, readonly string[]>> = {
  requested: ['requested', 'unknown', 'done', 'over'],
  unknown: ['requested', 'accepted', 'unknown', 'refused', 'done', 'over'],
  accepted: ['accepted', 'done', 'over'],
  refused: ['requested', 'unknown', 'refused', 'done', 'over'],
  over: ['over', 'done'],
  done: ['done'],
}

/** Nothing that was recorded goes away; what has ended does not begin again, but by the shop's own wish. */
export function checkGone({ before, after }: Change): void {
  for (const id of before.proofs.keys())
    must(after.proofs.has(id), 'S-06', () => `the proof of ${id} is gone`)
  for (const [id, was] of before.cancels) {
    const now = after.cancels.get(id)
    const isRetried = was.state === 'over' && isRetriedByPerson(before, after, was.payment_id)
    must(
      now !== undefined && (ways[was.state]?.includes(now.state) === true || isRetried),
      'S-15',
      () => `${id}: ${was.state} → ${now?.state}`,
    )
    must(
      now?.payment_id === was.payment_id && now.amount === was.amount,
      'S-08',
      () => `${id} changed its sum`,
    )
  }
  for (const [id, was] of before.reviews) {
    const now = after.reviews.get(id)
    must(
      now !== undefined && now.reason === was.reason && now.at_stake === was.at_stake,
      'S-06',
      () => `review ${id} is gone, or is about something else`,
    )
    must(
      was.ended_at_ms === null || now?.ended_at_ms === was.ended_at_ms,
      'S-06',
      () => `review ${id} is open again`,
    )
  }
  for (const [id, was] of before.notices) {
    const now = after.notices.get(id)
    must(now?.body === was.body && now.sequence === was.sequence, 'S-13', () => `${id} changed its words`)
    const again = was.state !== 'waiting' && now?.state === 'waiting'
    must(!again || now.lease === '', 'S-15', () => `${id}: ${was.state} → ${now?.state}`)
  }
}

/** What is over begins again only with a person's end of its review. */
const isRetriedByPerson = (before: Books, after: Books, paymentId: string): boolean =>
  [...after.reviews.values()].some(
    (each) =>
      each.payment_id === paymentId &&
      each.ended_as === 'retry' &&
      before.reviews.get(each.row_id)?.ended_as !== 'retry',
  )

/** A worker without the current lease writes nothing: a row is settled in the life that leased it (S-15). */
export function checkFences({ before, after, life }: Change): void {
  for (const table of ['cancels', 'notices', 'receipts'] as const)
    for (const [id, was] of before[table]) {
      const now = after[table].get(id)
      if (now === undefined || now.lease !== was.lease || was.lease === '') continue
      // Whoever asks for it at once has its attempts counted anew, and settles nothing.
      const settled = now.attempts > was.attempts || now.state !== was.state
      const owner = was.lease.split('-')[0]
      must(!settled || owner === life, 'S-15', () => `${life} settled ${id}, which ${owner} has leased`)
    }
}

/** A person has sent it on its way again. */
export function isTakenUp(before: Books, { cancels, reviews }: Books, id: string): boolean {
  const row = cancels.get(id)
  if (row === before.cancels.get(id)) return false
  return [...reviews.values()].some(
    (each) =>
      each.payment_id === row?.payment_id && each.ended_as !== before.reviews.get(each.row_id)?.ended_as,
  )
}
