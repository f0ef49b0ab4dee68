import type { Deps } from '../../deps.ts'
import type { Reconcile } from '../reconcile/reconcile.ts'

/** Door 3: the clock. An order that nobody has spoken of for too long is looked up by its id (L-01, V-08). */
export async function sweep(deps: Deps, reconcile: Reconcile, orderId: string): Promise<void> {
  const outcome = await reconcile(
    { by: 'order', orderId },
    { claim: null, atMs: deps.clock.nowMs(), adoptOrphans: false, unhurried: true },
  )
  if (!outcome.ok) deps.log.warn({ orderId, problem: outcome.problem }, 'sweep found nothing out')
}
