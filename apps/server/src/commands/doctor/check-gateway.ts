import type { GatewayName, GatewayProblem, Money } from '@landfall/payment-core'
import type { Config } from '../../config/config.ts'
import type { Gateways } from '../../gateway/gateways.ts'
import { notTried, right, wrong, type Check, type Finding } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

/** One of the configured gateways. */
export type AskedGateway = {
  readonly config: Config
  readonly gateways: Gateways
  readonly name: GatewayName
}

const hostOf = ({ config, name }: AskedGateway): string => new URL(config.gateways[name]?.url ?? '').host

/** Logs in. */
export async function checkLogin(asked: AskedGateway): Promise<Finding> {
  const { config, gateways, name } = asked
  const key = await gateways.of(name).checkKey()
  const host = hostOf(asked)
  const shop =
    name === 'portone-v1'
      ? `shop code ${config.gateways[name]?.userCode}`
      : `store ${config.gateways[name]?.storeId}`
  return key.ok
    ? right('gateway login', `${host} accepts the key (${shop})`)
    : problemFinding('gateway login', key.problem, name, host)
}

/** An amount that no payment will have. */
const trial: Money = { amount: 1_004, currency: 'KRW' }

/** Fixes an amount under a number that no order has, and reads it back where the gateway tells it. */
export async function checkAmount(asked: AskedGateway, orderId: string): Promise<Finding> {
  const { config, gateways, name } = asked
  const check = 'gateway amount'
  if (config.observeOnly) return notTried(check, 'OBSERVE_ONLY=true: nothing is sent to the gateway')
  const gateway = gateways.of(name)
  const host = hostOf(asked)
  const fixed = await gateway.fixAmount(orderId, trial)
  if (!fixed.ok) return problemFinding(check, fixed.problem, name, host)
  const held = await gateway.fixedAmount(orderId)
  if (!held.ok) return problemFinding(check, held.problem, name, host)
  if (held.value.kind === 'unknown')
    return right(check, `₩1,004 fixed for ${orderId}, a number of no order; ${host} does not tell it back`)
  const isHeld = held.value.kind === 'held' && held.value.money.amount === trial.amount
  return isHeld
    ? right(check, `₩1,004 fixed for ${orderId}, a number of no order, and read back`)
    : wrong(
        check,
        `${host} accepted an amount for the number ${orderId}, and does not hold it`,
        'Ask PortOne whether prepare (결제금액 사전등록) works for this account. Without it a forged window can ask for less.',
      )
}

const credentials: Readonly<Record<GatewayName, { names: string; menu: string; url: string }>> = {
  'portone-v1': {
    names: 'PORTONE_V1_KEY with PORTONE_V1_SECRET',
    menu: '결제 연동, 연동 정보, V1 API',
    url: 'PORTONE_V1_URL',
  },
  'portone-v2': {
    names: 'PORTONE_V2_SECRET with PORTONE_V2_STORE_ID',
    menu: '결제 연동, 연동 정보, V2 API',
    url: 'PORTONE_V2_URL',
  },
}

function problemFinding(check: Check, problem: GatewayProblem, name: GatewayName, host: string): Finding {
  const { names, menu, url } = credentials[name]
  switch (problem.kind) {
    case 'gateway_refused':
      return problem.status === 401 || problem.status === 403
        ? wrong(
            check,
            `${host} refuses ${names} (${problem.status})`,
            'The key, the secret or both are wrong: PortOne does not say which. Copy both again from its console ' +
              `(${menu}). A secret that was issued anew ends the former one.`,
          )
        : wrong(
            check,
            `${host} refuses with ${problem.status}${problem.message === null ? '' : `: ${problem.message}`}`,
            'Ask PortOne what the refusal means.',
          )
    case 'gateway_unreachable': {
      const { found, advice } = whyUnreachable(problem.cause)
      return wrong(check, `${host} ${found}`, `${advice} The address is ${url}.`)
    }
    case 'gateway_busy':
      return notTried(check, `${host} asks to be left alone for a while (429)`)
    case 'gateway_unreadable':
    case 'gateway_wrong_record':
    case 'gateway_bad_money':
    case 'unknown_payment':
      return wrong(
        check,
        `${host} answers, but not as PortOne does`,
        `Correct ${url}, or remove what stands between.`,
      )
  }
}
