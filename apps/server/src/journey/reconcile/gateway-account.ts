import { fail, GatewayName, type GatewayProblem, type Result } from '@landfall/payment-core'
import { createHash } from 'node:crypto'
import type { GatewaySettings } from '../../config/gateway-settings.ts'
import type { Deps } from '../../deps.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { noteDeployment, readDeployment, readEvidence, type DeploymentFact } from '../../store/deployment.ts'

/**
 * What is known of the gateway key. `other_account`: the gateway accepts it, and does not know what this database was told
 * by the gateway before.
 */
export type KeyState = 'untried' | 'accepted' | 'refused' | 'unreachable' | 'other_account'

export type KeyStates = ReadonlyMap<GatewayName, KeyState>

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
export async function openGatewayAccount(
  deps: Deps,
  name: GatewayName,
  stopping: AbortSignal,
): Promise<GatewayAccount> {
  const { config, store, clock, gateways } = deps
  const gateway = gateways.of(name)
  const own = accountOf(config.gateways, name) ?? ''
  let noted = await readDeployment(store, accountNames[name])
  // A shop that has moved to V2 alone: V2 must know what V1 told this database of.
  const isMoved = async (): Promise<boolean> =>
    gateways.answering('portone-v1') !== 'portone-v1' &&
    (await readDeployment(store, accountNames['portone-v1'])) !== null
  let isTied = noted !== null || (name === 'portone-v2' && (await isMoved()))
  const isOpen = (): boolean => !isTied || noted === own
  const tryKey = async (): Promise<KeyState> => {
    const key = await gateway.checkKey()
    if (!key.ok) return isRefusal(key.problem) ? 'refused' : 'unreachable'
    if (noted === own) return 'accepted'
    const isSame = isTied ? await knowsOurs({ gateways, store }, name, noted === null) : true
    if (isSame !== true) return isSame === null ? 'unreachable' : 'other_account'
    await noteDeployment(store, accountNames[name], own, { nowMs: clock.nowMs() })
    noted = own
    isTied = true
    return 'accepted'
  }
  const checks = new KeyChecks(deps, name, tryKey, stopping)
  const closed = async (): Promise<GatewayProblem | null> => {
    if (isOpen()) return null
    await checks.check()
    return isOpen() ? null : otherAccount
  }
  return { gateway: guardedBy(gateway, closed), check: () => checks.check(), state: () => checks.state }
}

/** Repeats the check of the key: one at a time, and again by itself until the key is accepted. */
class KeyChecks {
  state: KeyState = 'untried'
  readonly #deps: Deps
  readonly #name: GatewayName
  readonly #tryKey: () => Promise<KeyState>
  readonly #stopping: AbortSignal
  #checkedAtMs: number | null = null
  #checking: Promise<KeyState> | null = null
  #isAgainDue = false

  constructor(deps: Deps, name: GatewayName, tryKey: () => Promise<KeyState>, stopping: AbortSignal) {
    this.#deps = deps
    this.#name = name
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
    if (next !== this.state) tell(this.#deps, this.#name, next)
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

/** Under which name the database notes the account of each protocol. */
export const accountNames = {
  'portone-v1': 'gateway_account',
  'portone-v2': 'gateway_account_v2',
} as const satisfies Record<GatewayName, DeploymentFact>

/** The fingerprint of the configured account; null when the protocol is not configured. V2's store names it, whatever its secret. */
export function accountOf(settings: GatewaySettings, name: GatewayName): string | null {
  const id = name === 'portone-v1' ? settings[name]?.key : settings[name]?.storeId
  return id === undefined ? null : fingerprintOf(id)
}

/** A key is no secret, but a log of the database should not show it either. */
const fingerprintOf = (key: string): string =>
  createHash('sha256').update(`landfall gateway account\n${key}`).digest('hex').slice(0, 32)

const isRefusal = (problem: GatewayProblem): boolean =>
  problem.kind === 'gateway_refused' && problem.status < 500

const otherAccount: GatewayProblem = {
  kind: 'gateway_refused',
  status: 401,
  code: null,
  message: 'the gateway key is not known to be of this database’s account',
}

/**
 * Whether the gateway knows a payment or a fixed amount that this database holds from it. True when the database holds none, null when the gateway does
 * not answer. V2 has no call that reads a fixed amount: without a kept payment the answer is `unprovable`.
 */
export async function knowsOurs(
  { gateways, store }: Pick<Deps, 'gateways' | 'store'>,
  name: GatewayName,
  unprovable = false,
): Promise<boolean | null> {
  const gateway = gateways.of(name)
  const told = GatewayName.options.filter((each) => gateways.answering(each) === name)
  const { payment, orderId } = await readEvidence(store, told)
  if (payment !== null) {
    const found = await gateway.lookup({ by: 'payment', ...payment }, 'stranger')
    if (found.ok) return true
    return found.problem.kind === 'unknown_payment' ? false : null
  }
  if (orderId === null) return true
  const fixed = await gateway.fixedAmount(orderId)
  if (!fixed.ok) return null
  return fixed.value.kind === 'unknown' ? unprovable : fixed.value.kind === 'held'
}

/** The variables that name the account and hold the secret. */
export const accountVariables: Readonly<Record<GatewayName, { account: string; all: string }>> = {
  'portone-v1': { account: 'PORTONE_V1_KEY', all: 'PORTONE_V1_KEY and PORTONE_V1_SECRET' },
  'portone-v2': { account: 'PORTONE_V2_STORE_ID', all: 'PORTONE_V2_SECRET or PORTONE_V2_STORE_ID' },
}

function tell({ log }: Deps, gateway: GatewayName, state: KeyState): void {
  const isV1 = gateway === 'portone-v1'
  if (state === 'accepted') log.info({ gateway }, 'the gateway accepts the key')
  if (state === 'unreachable') log.warn({ gateway }, 'the gateway does not answer: its key is tried again')
  if (state === 'refused' && isV1)
    log.error({}, 'the gateway refuses PORTONE_V1_KEY and PORTONE_V1_SECRET: no payment can be looked up')
  if (state === 'refused' && !isV1)
    log.error({}, 'the gateway refuses PORTONE_V2_SECRET or PORTONE_V2_STORE_ID: no payment can be looked up')
  if (state === 'other_account' && isV1)
    log.error({}, 'PORTONE_V1_KEY is of another gateway account: nothing is asked there, and nothing expires')
  if (state === 'other_account' && !isV1)
    log.error(
      {},
      'PORTONE_V2_STORE_ID is of another gateway account: nothing is asked there, and nothing expires',
    )
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
    callsPerLookup: gateway.callsPerLookup,
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
