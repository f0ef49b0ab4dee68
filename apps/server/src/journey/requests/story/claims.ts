import { StoryDoor, StorySaid, type StoryLine } from '@landfall/payment-core'
import type { StoryClaim, StoryRows } from '../../../store/story-rows.ts'
import { doorOf } from '../../reconcile/lookup-context.ts'

type ClaimDoor = Extract<StoryLine, { kind: 'claim' }>['door']
const ClaimDoor = StoryDoor.extract(['return', 'webhook', 'visit', 'list'])

/** One line for each source, statement and payment, with the number of claims and the last time while receipts exist; then the claims not settled yet. */
export function claimLines({ orderId, timeline, claims }: StoryRows): StoryLine[] {
  const settled = timeline.flatMap((row): StoryLine[] => {
    const door = ClaimDoor.safeParse(row.because)
    if (row.event !== 'claim.heard' || !door.success) return []
    const said = StorySaid.catch('other').parse(row.reason)
    const alike = claims.filter(({ claim }) =>
      isOf(claim, { door: door.data, said, paymentId: row.paymentId }, orderId),
    )
    return [claimLine(row.atMs, door.data, row.paymentId, said, alike)]
  })
  const isSettled = ({ claim }: StoryClaim): boolean =>
    settled.some((line) => line.kind === 'claim' && isOf(claim, line, orderId))
  const waiting = new Map<string, StoryClaim[]>()
  for (const each of claims.filter((heard) => !isSettled(heard))) {
    const key = `${doorOf(each.claim, orderId)} ${statementIn(each.claim)} ${each.claim.paymentId ?? ''}`
    waiting.set(key, [...(waiting.get(key) ?? []), each])
  }
  const unsettled = [...waiting.values()].flatMap((alike): StoryLine[] => {
    const first = alike.toSorted((a, b) => a.firstAtMs - b.firstAtMs)[0]
    if (first === undefined) return []
    const { claim, firstAtMs } = first
    return [claimLine(firstAtMs, doorOf(claim, orderId), claim.paymentId, statementIn(claim), alike)]
  })
  return [...settled, ...unsettled]
}

type Alike = { readonly door: ClaimDoor; readonly said: StorySaid; readonly paymentId: string | null }

const isOf = (claim: StoryClaim['claim'], { door, said, paymentId }: Alike, orderId: string): boolean =>
  doorOf(claim, orderId) === door && statementIn(claim) === said && claim.paymentId === paymentId

/** A claim's statement about the payment, in the story's vocabulary. */
export const statementIn = ({ source, status, says }: StoryClaim['claim']): StorySaid =>
  StorySaid.catch('other').parse(source === 'webhook' ? status : says)

const claimLine = (
  at: number,
  door: ClaimDoor,
  paymentId: string | null,
  said: StorySaid,
  alike: readonly StoryClaim[],
): StoryLine => ({
  at,
  kind: 'claim',
  actor: null,
  paymentId,
  door,
  said,
  times: alike.length === 0 ? null : alike.reduce((sum, { times }) => sum + times, 0),
  lastAt: alike.length === 0 ? null : Math.max(...alike.map(({ lastAtMs }) => lastAtMs)),
})
