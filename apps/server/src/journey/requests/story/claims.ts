import { StoryDoor, StorySaid, type StoryLine } from '@landfall/payment-core'
import type { StoredClaim, StoryRows } from '../../../store/story-rows.ts'
import { doorOf } from '../../reconcile/lookup-context.ts'

type ClaimDoor = Extract<StoryLine, { kind: 'claim' }>['door']
const ClaimDoor = StoryDoor.extract(['return', 'webhook', 'visit', 'list'])

/** The first of each door, word and try, with how often and when last as long as receipts tell; and those that nothing has come of yet. */
export function claimLines({ orderId, timeline, claims }: StoryRows): StoryLine[] {
  const told = timeline.flatMap((row): StoryLine[] => {
    const door = ClaimDoor.safeParse(row.because)
    if (row.event !== 'claim.heard' || !door.success) return []
    const said = StorySaid.catch('other').parse(row.reason)
    const alike = claims.filter(({ claim }) =>
      isOf(claim, { door: door.data, said, paymentId: row.paymentId }, orderId),
    )
    return [claimLine(row.atMs, door.data, row.paymentId, said, alike)]
  })
  const isTold = ({ claim }: StoredClaim): boolean =>
    told.some((line) => line.kind === 'claim' && isOf(claim, line, orderId))
  const waiting = new Map<string, StoredClaim[]>()
  for (const each of claims.filter((heard) => !isTold(heard))) {
    const key = `${doorOf(each.claim, orderId)} ${saidIn(each.claim)} ${each.claim.paymentId ?? ''}`
    waiting.set(key, [...(waiting.get(key) ?? []), each])
  }
  const untold = [...waiting.values()].flatMap((alike): StoryLine[] => {
    const first = alike.toSorted((a, b) => a.firstAtMs - b.firstAtMs)[0]
    if (first === undefined) return []
    const { claim, firstAtMs } = first
    return [claimLine(firstAtMs, doorOf(claim, orderId), claim.paymentId, saidIn(claim), alike)]
  })
  return [...told, ...untold]
}

type Alike = { readonly door: ClaimDoor; readonly said: StorySaid; readonly paymentId: string | null }

const isOf = (claim: StoredClaim['claim'], { door, said, paymentId }: Alike, orderId: string): boolean =>
  doorOf(claim, orderId) === door && saidIn(claim) === said && claim.paymentId === paymentId

/** What a claim says of the payment, in a word of ours. */
export const saidIn = ({ source, status, says }: StoredClaim['claim']): StorySaid =>
  StorySaid.catch('other').parse(source === 'webhook' ? status : says)

const claimLine = (
  at: number,
  door: ClaimDoor,
  paymentId: string | null,
  said: StorySaid,
  alike: readonly StoredClaim[],
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
