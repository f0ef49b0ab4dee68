import type { GatewayName } from '@landfall/payment-core'
import type { Deps } from '../deps.ts'
import { seesOtherDeployment } from '../store/other-deployments.ts'
import { accountVariables, type KeyState, type KeyStates } from './reconcile/gateway-account.ts'

/** Whether this server can do its work. Problems make it not ready; warnings do not. */
export type Readiness = { readonly problems: readonly string[]; readonly warnings: readonly string[] }

const sharedAccount =
  'another shop or deployment seems to use this gateway account: orders.list with review=true names what was seen'

/** An unreachable gateway is no problem: its customers are served, and asking it elsewhere would not help. */
function ofKey(name: GatewayName, state: KeyState): Readiness {
  const { account, all } = accountVariables[name]
  switch (state) {
    case 'untried':
    case 'accepted':
      return { problems: [], warnings: [] }
    case 'unreachable':
      return { problems: [], warnings: ['the gateway does not answer'] }
    case 'refused':
      return { problems: [`the gateway refuses ${all}`], warnings: [] }
    case 'other_account':
      return {
        problems: [`${account} is of another gateway account than the payments in DATABASE_URL`],
        warnings: [],
      }
  }
}

/** Reads the state of the database, and of what was last known of gateway key and receiver. Throws when the database does not answer. */
export async function readiness(
  { store, config }: Deps,
  keyStates: KeyStates,
  isReceiverGone: boolean,
): Promise<Readiness> {
  await store.check()
  const keys = [...keyStates].map(([name, state]) => ofKey(name, state))
  return {
    problems: keys.flatMap(({ problems }) => problems),
    warnings: [
      ...new Set(keys.flatMap(({ warnings }) => warnings)),
      ...(config.notify === null ? ['NOTIFY_URL is missing: no notice is sent'] : []),
      ...(isReceiverGone ? ['the shop answers 410 Gone to notices: none are sent for now'] : []),
      ...((await seesOtherDeployment(store)) ? [sharedAccount] : []),
    ],
  }
}
