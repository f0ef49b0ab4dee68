import type { Deps } from '../deps.ts'
import { seesOtherDeployment } from '../store/other-deployments.ts'
import type { KeyState } from './reconcile/gateway-account.ts'

/** Whether this server can do its work. Problems make it not ready; warnings do not. */
export type Readiness = { readonly problems: readonly string[]; readonly warnings: readonly string[] }

const sharedAccount =
  'another shop or deployment seems to use this gateway account: orders.list with review=true names what was seen'

/** An unreachable gateway is no problem: its customers are served, and asking it elsewhere would not help. */
const ofKey: Readonly<Record<KeyState, Readiness>> = {
  untried: { problems: [], warnings: [] },
  accepted: { problems: [], warnings: [] },
  unreachable: { problems: [], warnings: ['the gateway does not answer'] },
  refused: { problems: ['the gateway refuses PORTONE_V1_KEY and PORTONE_V1_SECRET'], warnings: [] },
  other_account: {
    problems: ['PORTONE_V1_KEY is of another gateway account than the payments in DATABASE_URL'],
    warnings: [],
  },
}

/** Reads the state of the database, and of what was last known of gateway key and receiver. Throws when the database does not answer. */
export async function readiness(
  { store, config }: Deps,
  keyState: KeyState,
  isReceiverGone: boolean,
): Promise<Readiness> {
  await store.check()
  const { problems, warnings } = ofKey[keyState]
  return {
    problems,
    warnings: [
      ...warnings,
      ...(config.notify === null ? ['NOTIFY_URL is missing: no notice is sent'] : []),
      ...(isReceiverGone ? ['the shop answers 410 Gone to notices: none are sent for now'] : []),
      ...((await seesOtherDeployment(store)) ? [sharedAccount] : []),
    ],
  }
}
