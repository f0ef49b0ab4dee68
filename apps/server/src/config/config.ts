import { fail, ok, type Policy, type Result } from '@landfall/payment-core'
import { withEnvFile, type Variables } from './env-file.ts'
import { Environment, ValidVariables } from './environment.ts'
import { isLoopback } from './loopback.ts'
import { keptForFrom, type KeptFor } from './retention-settings.ts'
import { refusalsOf, warningsOf } from './startup-checks.ts'
import type { SecretValues } from './secrets.ts'
import { shopSettingsFrom, type ShopSettings } from './shop-settings.ts'

/** Everything that differs between deployments. `readConfig` is the only reader of the environment. */
export type Config = {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  /** The origin of `/result`: `publicUrl`, or the web's own port in development. */
  readonly webUrl: string
  readonly shopUrl: string | null
  readonly shop: ShopSettings
  readonly databaseUrl: string
  readonly portone: {
    readonly url: string
    readonly key: string
    readonly secret: string
    readonly userCode: string
    readonly sdkUrl: string
  }
  /** The gateway is on loopback, so the demo shop is open. Never true on a public address (P-08). */
  readonly sandboxMode: boolean
  /** The secrets at the start. `secrets.ts` holds the live ones. */
  readonly secrets: SecretValues
  /** The file from which SIGHUP reloads the secrets; null when the environment holds them all. */
  readonly envFile: string | null
  readonly notify: {
    readonly url: string
    /** Allows a URL that resolves to a private address (N-07). */
    readonly allowPrivate: boolean
  } | null
  readonly policy: Policy
  readonly orderLifeMs: number
  readonly viewTokenLifeMs: number
  readonly orphanAfterMs: number
  readonly lookupTimeoutMs: number
  /** A cancel that outlasts this deadline may still be executed (M-23). */
  readonly cancelTimeoutMs: number
  /**
   * The wait before a cancel with an unknown outcome is sent again, if the gateway's record shows that nothing was
   * executed (S-24).
   */
  readonly settleMs: number
  /** How long before its order's registration a matching payment may have begun (W-06, C-09). */
  readonly adoptWithinMs: number
  /** The most that a virtual account's due date extends an order's life (V-09). */
  readonly accountLifeMaxMs: number
  /**
   * Looks payments up, records and shows them, but writes nothing to the gateway: for a staging copy or a restored backup
   * (O-14).
   */
  readonly observeOnly: boolean
  /** How long a socket may rest between two requests: longer than a balancer in front keeps it. */
  readonly keepAliveMs: number
  /** Calls to the gateway, over all servers together (S-14). */
  readonly gatewayCallsPerSecond: number
  readonly verifyDeadlineMs: number
  readonly notifyTimeoutMs: number
  /** A worker's lease: longer than any look-up. After it, another worker takes over a dead worker's rows (L-07). */
  readonly workLeaseMs: number
  readonly sweep: { readonly intervalMs: number; readonly batch: number; readonly listEveryMs: number }
  /** How long ended claims are kept, and the most waiting claims about unknown orders and payments (D-04). */
  readonly claims: { readonly keptMs: number; readonly unknownMax: number }
  readonly keptFor: KeptFor
  /** Proxies whose X-Forwarded-For is trusted. An address still authenticates nobody (W-18). */
  readonly trustedProxies: readonly string[]
  /** The limit for one address, over pages and their procedures. */
  readonly addressRequestsPerSecond: number
  readonly logLevel: string
  /** Settings that allow a start but are logged as warnings at each one. */
  readonly warnings: readonly string[]
}

/** For commands that need only the database's address. */
export const environment: Variables = process.env

/** Reads the environment. On failure it returns every configuration error, each as one line. */
export function readConfig(environment: Variables = process.env): Result<Config, readonly string[]> {
  const variables = withEnvFile(environment)
  if (!variables.ok) return variables
  // An empty variable counts as unset: `.env` files and shells leave such variables behind.
  const set = Object.fromEntries(
    Object.entries(variables.value).flatMap(([name, value]) => {
      const text = value?.trim() ?? ''
      return text === '' ? [] : [[name, text]]
    }),
  )
  const read = Environment.safeParse(set)
  if (read.success) {
    const reasons = refusalsOf(read.data)
    return reasons.length === 0 ? ok(configFrom(read.data)) : fail(reasons)
  }
  const unread = new Set(read.error.issues.map(({ path }) => String(path[0])))
  const rest = Object.fromEntries(Object.entries(set).filter(([name]) => !unread.has(name)))
  const sentences = read.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`)
  return fail([...new Set([...sentences, ...refusalsOf(ValidVariables.parse(rest), unread)])])
}

function configFrom(env: Environment): Config {
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl: origin(publicUrl),
    webUrl: origin(env.WEB_URL ?? publicUrl),
    shopUrl: env.SHOP_URL ?? null,
    shop: shopSettingsFrom(env),
    databaseUrl: env.DATABASE_URL,
    portone: portoneFrom(env),
    sandboxMode: isLoopback(env.PORTONE_V1_URL),
    secrets: {
      merchantKeys: env.MERCHANT_API_KEYS,
      tokenSecrets: env.TOKEN_SECRET,
      noticeSecrets: env.NOTIFY_SECRETS ?? [],
    },
    envFile: env.ENV_FILE ?? null,
    notify:
      env.NOTIFY_URL === undefined ? null : { url: env.NOTIFY_URL, allowPrivate: env.NOTIFY_ALLOW_PRIVATE },
    policy: policyFrom(env),
    orderLifeMs: env.ORDER_LIFE_MS,
    viewTokenLifeMs: env.VIEW_TOKEN_LIFE_MS,
    orphanAfterMs: env.ORPHAN_AFTER_MS,
    lookupTimeoutMs: env.LOOKUP_TIMEOUT_MS,
    cancelTimeoutMs: env.CANCEL_TIMEOUT_MS,
    settleMs: env.CANCEL_SETTLE_MS,
    adoptWithinMs: env.ADOPT_WITHIN_MS,
    accountLifeMaxMs: env.ACCOUNT_LIFE_MAX_MS,
    observeOnly: env.OBSERVE_ONLY,
    keepAliveMs: env.KEEP_ALIVE_MS,
    gatewayCallsPerSecond: env.GATEWAY_CALLS_PER_SECOND,
    verifyDeadlineMs: env.VERIFY_DEADLINE_MS,
    notifyTimeoutMs: env.NOTIFY_TIMEOUT_MS,
    workLeaseMs: env.WORK_LEASE_MS,
    sweep: {
      intervalMs: env.SWEEP_INTERVAL_MS,
      batch: env.SWEEP_BATCH,
      listEveryMs: env.SWEEP_LIST_EVERY_MS,
    },
    claims: { keptMs: env.CLAIMS_KEPT_MS, unknownMax: env.CLAIMS_UNKNOWN_MAX },
    keptFor: keptForFrom(env),
    trustedProxies: env.TRUSTED_PROXIES,
    addressRequestsPerSecond: env.ADDRESS_REQUESTS_PER_SECOND,
    logLevel: env.LOG_LEVEL,
    warnings: warningsOf(env),
  }
}

const portoneFrom = (env: Environment): Config['portone'] => ({
  url: env.PORTONE_V1_URL,
  key: env.PORTONE_V1_KEY,
  secret: env.PORTONE_V1_SECRET,
  userCode: env.PORTONE_V1_USER_CODE,
  sdkUrl: env.PORTONE_V1_SDK_URL,
})

const policyFrom = (env: Environment): Policy => ({
  onRejected: env.ON_REJECTED,
  onSurplus: env.ON_SURPLUS,
  onLate: env.ON_LATE,
  onClosed: env.ON_CLOSED,
  allowTestChannel: env.ALLOW_TEST_CHANNEL !== 'false',
  acceptLateMs: env.ACCEPT_LATE_MS,
})

const origin = (url: string): string => url.replace(/\/+$/, '')
