import { fail, type GatewayProblem, type Result } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import type { Deps } from '../../deps.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { noteDeployment, readDeployment, readEvidence } from '../../store/deployment.ts'

/**
 * What is known of the gateway key. `other_account`: the gateway accepts it, and does not know what this database was told
 * by the gateway before.
 */
export type KeyState = 'untried' | 'accepted' | 'refused' | 'unreachable' | 'other_account'

/** A failed check is not repeated sooner, and a passed one is not later. */
const CHECK_EVERY_MS = 30_000

export type GatewayAccount = {
  /** The gateway, which is asked nothing while its key may be of another account. */
  readonly gateway: Gateway
  /** Tries the key, unless it was tried in the last half minute. */
  readonly check: () => Promise<KeyState>
  readonly state: () => KeyState
}

/**
 * Watches the gateway key. Another account does not know our payments: every look-up would find nothing, and orders would
 * expire (G-22). The database therefore records the key that was accepted. With another key, nothing is looked up until the
 * gateway knows a payment or a fixed amount that is recorded here.
 */
export async function openGatewayAccount(deps: Deps, stopping: AbortSignal): Promise<GatewayAccount> {
  const { config, store, clock } = deps
  const own = fingerprintOf(config.portone.key)
  let noted = await readDeployment(store, 'gateway_account')
  const isOpen = (): boolean => noted === null || noted === own
  const tryKey = async (): Promise<KeyState> => {
    const key = await deps.gateway.checkKey()
    if (!key.ok) return isRefusal(key.problem) ? 'refused' : 'unreachable'
    if (noted === own) return 'accepted'
    const isSame = noted === null ? true : await knowsOurs(deps)
    if (isSame !== true) return isSame === null ? 'unreachable' : 'other_account'
    await noteDeployment(store, 'gateway_account', own, { nowMs: clock.nowMs() })
    noted = own
    return 'accepted'
  }
  const checks = new KeyChecks(deps, tryKey, stopping)
  const closed = async (): Promise<GatewayProblem | null> => {
    if (isOpen()) return null
    await checks.check()
    return isOpen() ? null : otherAccount
  }
  return { gateway: guardedBy(deps.gateway, closed), check: () => checks.check(), state: () => checks.state }
}

/** Repeats the check of the key: one at a time, and again by itself until the key is accepted. */
class KeyChecks {
  state: KeyState = 'untried'
  readonly #deps: Deps
  readonly #tryKey: () => Promise<KeyState>
  readonly #stopping: AbortSignal
  #checkedAtMs: number | null = null
  #checking: Promise<KeyState> | null = null
  #isAgainDue = false

  constructor(deps: Deps, tryKey: () => Promise<KeyState>, stopping: AbortSignal) {
    this.#deps = deps
    this.#tryKey = tryKey
    this.#stopping = stopping
  }

  async check(): Promise<KeyState> {
    const sinceMs = this.#deps.clock.monotonicMs() - (this.#checkedAtMs ?? Number.NEGATIVE_INFINITY)
    if (sinceMs < CHECK_EVERY_MS) return this.state
    this.#checking ??= this.#ask().finally(() => (this.#checking = null))
    return this.#checking
  }

  async #ask(): Promise<KeyState> {
    const next = await this.#tryKey()
    this.#checkedAtMs = this.#deps.clock.monotonicMs()
    if (next !== this.state) tell(this.#deps, next)
    this.state = next
    if (next !== 'accepted' && !this.#isAgainDue)
      this.#again().catch((error: unknown) =>
        this.#deps.log.error({ err: error }, 'the gateway key could not be tried'),
      )
    return next
  }

  async #again(): Promise<void> {
    this.#isAgainDue = true
    await this.#deps.clock.sleep(CHECK_EVERY_MS, this.#stopping)
    this.#isAgainDue = false
    if (!this.#stopping.aborted) await this.check()
  }
}

/** A key is no secret, but a log of the database should not show it either. */
export const fingerprintOf = (key: string): string =>
  createHash('sha256').update(`landfall gateway account\n${key}`).digest('hex').slice(0, 32)

const isRefusal = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_refused' && problem.status < 500

const otherAccount: GatewayProblem = {
  kind: 'gateway_refused',
  status: 401,
  code: null,
  message: 'the gateway key is not known to be of this database’s account',
}

/** Whether the gateway knows what it told this database of before; true when it told nothing, null without an answer. */
export async function knowsOurs({
  gateway,
  store,
}: Pick<Deps, 'gateway' | 'store'>): Promise<boolean | null> {
  const { paymentId, orderId } = await readEvidence(store)
  if (paymentId !== null) {
    const found = await gateway.lookup({ by: 'payment', paymentId, orderId: null }, 'stranger')
    if (found.ok) return true
    return found.problem.kind === 'unknown_payment' ? false : null
  }
  if (orderId === null) return true
  const fixed = await gateway.fixedAmount(orderId)
  return fixed.ok ? fixed.value.kind === 'held' : null
}

function tell({ log }: Deps, state: KeyState): void {
  if (state === 'accepted') log.info({}, 'the gateway accepts the key')
  if (state === 'refused')
    log.error({}, 'the gateway refuses PORTONE_V1_KEY and PORTONE_V1_SECRET: no payment can be looked up')
  if (state === 'unreachable') log.warn({}, 'the gateway does not answer: its key is tried again')
  if (state === 'other_account')
    log.error({}, 'PORTONE_V1_KEY is of another gateway account: nothing is asked there, and nothing expires')
}

/** The gateway behind `closed`, which gives the problem while it must not be asked. */
function guardedBy(gateway: Gateway, closed: () => Promise<GatewayProblem | null>): Gateway {
  const read = async <T>(
    ask: () => Promise<Result<T, GatewayProblem>>,
  ): Promise<Result<T, GatewayProblem>> => {
    const problem = await closed()
    return problem === null ? ask() : fail(problem)
  }
  const write = async (send: () => ReturnType<Gateway['cancel']>): ReturnType<Gateway['cancel']> => {
    const problem = await closed()
    return problem === null ? send() : { kind: 'not_sent', problem }
  }
  const { confirm } = gateway
  return {
    changedLimits: gateway.changedLimits,
    checkKey: () => gateway.checkKey(),
    lookup: (ref, priority) => read(() => gateway.lookup(ref, priority)),
    changed: (window, page) => read(() => gateway.changed(window, page)),
    fixAmount: (orderId, money, how) => read(() => gateway.fixAmount(orderId, money, how)),
    fixedAmount: (orderId) => read(() => gateway.fixedAmount(orderId)),
    cancel: (request) => write(() => gateway.cancel(request)),
    closeAccount: (paymentId, orderId) => write(() => gateway.closeAccount(paymentId, orderId)),
    confirm: confirm === null ? null : (request) => write(() => confirm(request)),
  }
}
