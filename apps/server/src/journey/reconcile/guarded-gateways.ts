import { GatewayName } from '@landfall/payment-core'
import type { Deps } from '../../deps.ts'
import { mapGateways, type Gateways } from '../../gateway/gateways.ts'
import { openGatewayAccount, type GatewayAccount, type KeyStates } from './gateway-account.ts'
import { withinBudget, type CallEnds } from './gateway-budget.ts'
import { GatewayOutage } from './gateway-outage.ts'

type Accounts = ReadonlyMap<GatewayName, GatewayAccount>

type GuardedGateways = {
  readonly gateways: Gateways
  readonly accounts: Accounts
  /** The protocols whose gateway does not answer now. */
  readonly out: () => readonly GatewayName[]
}

/** The configured gateways, each within a budget of its own, and asked nothing while its key may be of another account. */
export async function guardGateways(outside: Deps, ends: CallEnds): Promise<GuardedGateways> {
  const accounts = new Map<GatewayName, GatewayAccount>()
  for (const name of outside.gateways.names)
    accounts.set(name, await openGatewayAccount(outside, name, ends.stopping))
  const outages = new Map<GatewayName, GatewayOutage>()
  const gateways = mapGateways(outside.gateways, (gateway, name) => {
    const outage = new GatewayOutage((isActive) => logOutage(outside, name, isActive))
    outages.set(name, outage)
    const guarded = accounts.get(name)?.gateway ?? gateway
    return withinBudget(outside, guarded, budgetPrefix(name), ends, outage)
  })
  const isOut = (name: GatewayName): boolean => {
    const answering = gateways.answering(name)
    return answering !== null && outages.get(answering)?.isActive() === true
  }
  return { gateways, accounts, out: () => GatewayName.options.filter(isOut) }
}

/** Tries the key of each gateway. */
export async function checkAll(accounts: Accounts): Promise<KeyStates> {
  const states = [...accounts].map(async ([name, account]) => [name, await account.check()] as const)
  return new Map(await Promise.all(states))
}

/** The rows of V1's budget have the names that earlier versions gave them. */
export const budgetPrefix = (name: GatewayName): string => (name === 'portone-v1' ? '' : `${name} `)

function logOutage({ log }: Deps, gateway: GatewayName, isActive: boolean): void {
  if (isActive)
    log.error({ gateway }, 'gateway unavailable: claims are stored, and looked up once it is back')
  else log.info({ gateway }, 'gateway is back')
}
