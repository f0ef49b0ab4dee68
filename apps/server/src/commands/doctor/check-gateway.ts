import type { GatewayProblem, Money } from '@landfall/payment-core'
import type { Config } from '../../config/config.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { notTried, right, wrong, type Check, type Finding } from './finding.ts'
import { whyUnreachable } from './unreachable.ts'

type LoginSettings = Pick<Config, 'portone' | 'observeOnly'>

/** Logs in. */
export async function checkLogin(gateway: Gateway, { portone }: LoginSettings): Promise<Finding> {
  const key = await gateway.checkKey()
  const { host } = new URL(portone.url)
  return key.ok
    ? right('gateway login', `${host} accepts the key (shop code ${portone.userCode})`)
    : problemFinding('gateway login', key.problem, host)
}

/** An amount that no payment will have. */
const trial: Money = { amount: 1_004, currency: 'KRW' }

/** Fixes an amount under a number that no order has, and reads it back. */
export async function checkAmount(
  gateway: Gateway,
  { portone, observeOnly }: LoginSettings,
  orderId: string,
): Promise<Finding> {
  const check = 'gateway amount'
  if (observeOnly) return notTried(check, 'OBSERVE_ONLY=true: nothing is sent to the gateway')
  const { host } = new URL(portone.url)
  const fixed = await gateway.fixAmount(orderId, trial)
  if (!fixed.ok) return problemFinding(check, fixed.problem, host)
  const held = await gateway.fixedAmount(orderId)
  if (!held.ok) return problemFinding(check, held.problem, host)
  const isHeld = held.value.kind === 'held' && held.value.money.amount === trial.amount
  return isHeld
    ? right(check, `₩1,004 fixed for ${orderId}, a number of no order, and read back`)
    : wrong(
        check,
        `${host} accepted an amount for the number ${orderId}, and does not hold it`,
        'Ask PortOne whether prepare (결제금액 사전등록) works for this account. Without it a forged window can ask for less.',
      )
}

function problemFinding(check: Check, problem: GatewayProblem, host: string): Finding {
  switch (problem.kind) {
    case 'gateway_refused':
      return problem.status === 401 || problem.status === 403
        ? wrong(
            check,
            `${host} refuses PORTONE_V1_KEY with PORTONE_V1_SECRET (${problem.status})`,
            'The key, the secret or both are wrong: PortOne does not say which. Copy both again from its console ' +
              '(결제 연동, 연동 정보, V1 API). A secret that was issued anew ends the former one.',
          )
        : wrong(
            check,
            `${host} refuses with ${problem.status}${problem.message === null ? '' : `: ${problem.message}`}`,
            'Ask PortOne what the refusal means.',
          )
    case 'gateway_unreachable': {
      const { found, advice } = whyUnreachable(problem.cause)
      return wrong(check, `${host} ${found}`, `${advice} The address is PORTONE_V1_URL.`)
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
        'Correct PORTONE_V1_URL, or remove what stands between.',
      )
  }
}
