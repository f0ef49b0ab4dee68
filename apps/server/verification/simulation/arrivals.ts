import type { CancelCall, Fate } from './gateway-words.ts'
import { must } from './safety.ts'
import type { Scene } from './scene.ts'

/** What a cancel must be when it comes in: asked for, once, of our order (S-07, S-24), and of money that was paid for it (S-23). */
export function checkArrival(
  { books, ledger, leapt }: Scene,
  { imp_uid: impUid, reason, amount, checksum }: CancelCall,
  intentId: string,
  /** What becomes of an earlier call for the same, which the gateway still has in its hands. */
  underWay: Fate['kind'] | null,
): void {
  const intent = books.cancels.get(intentId)
  const row = ledger.row(impUid)
  // What the shop asks for, or a person at the end of a review, may be anybody's money.
  const isPersons = intent?.cause === 'shop' || intent?.cause === 'person'
  must(
    intent !== undefined && intent.payment_id === impUid,
    'S-07',
    () => `${impUid}: no intent for «${reason}»`,
  )
  must(
    row !== null && (isPersons || books.orders.has(row.merchant_uid)),
    'S-07',
    () => `${impUid} is no order of ours`,
  )
  must(checksum >= amount && amount > 0, 'S-07', () => `${impUid}: ${amount} of ${checksum}`)
  must(
    !isPersons || amount <= intent.amount,
    'S-24',
    () => `${intentId}: ${amount} is asked for instead of ${intent?.amount}`,
  )
  // By a clock that is hours off an order seems registered before what was begun before it, and no evidence tells.
  must(
    isPersons || ledger.entries.get(impUid)?.whose === 'ours' || leapt,
    'S-23',
    () => `${impUid} is sent back, and nobody knows whose it is`,
  )
  must(
    isPersons || books.payments.get(impUid)?.standing !== 'kept',
    'S-23',
    () => `${impUid} is kept, and is sent back`,
  )
  must(
    underWay === null,
    'S-24',
    () => `${intentId} is sent again while the gateway has it in its hands (${underWay})`,
  )
}

/** An account is closed only where it was issued for our order (S-23). */
export function checkClosing({ ledger }: Scene, path: string): void {
  const impUid = path.split('/').at(-1) ?? ''
  must(
    ledger.entries.get(impUid)?.whose !== 'theirs',
    'S-23',
    () => `${impUid} is closed, and it was issued for something else`,
  )
}
