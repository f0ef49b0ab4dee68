import { fail, ok, type Policy, type Result } from '@landfall/payment-core'
import { withEnvFile, type Variables } from './env-file.ts'
import { Environment, ValidVariables } from './environment.ts'
import { gatewaySettingsFrom, sandboxAddress } from './gateway-settings.ts'
import { keptForFrom } from './retention-settings.ts'
import { refusalsOf } from './startup-checks.ts'
import { warningsOf } from './startup-warnings.ts'
import { webhookKeys } from './secrets.ts'
import { shopSettingsFrom } from './shop-settings.ts'

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
  const quoted = Object.keys(Environment.shape).filter((name) => QUOTED.test(set[name] ?? ''))
  const read = Environment.safeParse(set)
  if (read.success && quoted.length === 0) {
    const reasons = refusalsOf(read.data)
    return reasons.length === 0 ? ok(configFrom(read.data)) : fail(reasons)
  }
  const issues = (read.error?.issues ?? []).map(({ path, message }) => ({ name: String(path[0]), message }))
  const unread = new Set([...quoted, ...issues.map(({ name }) => name)])
  const rest = Object.fromEntries(Object.entries(set).filter(([name]) => !unread.has(name)))
  const sentences = [
    ...quoted.map((name) => `${name} is in quotes, which would be a part of it: leave them out`),
    ...issues.filter(({ name }) => !quoted.includes(name)).map(({ name, message }) => `${name} ${message}`),
  ]
  return fail([...new Set([...sentences, ...refusalsOf(ValidVariables.parse(rest), unread)])])
}

/** Shells and `.env` files drop quotes. Docker's `--env-file` and a ConfigMap keep them: secrets would be others, silently. */
const QUOTED = /^(["']).*\1$/s

/** Everything that differs between deployments. `readConfig` is the only reader of the environment. */
export type Config = Readonly<ReturnType<typeof configFrom>>

function configFrom(env: Environment) {
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl: origin(publicUrl),
    /** The origin of `/result`: `publicUrl`, or the web's own port in development. */
    webUrl: origin(env.WEB_URL ?? publicUrl),
    shopUrl: env.SHOP_URL ?? null,
    shop: shopSettingsFrom(env),
    databaseUrl: env.DATABASE_URL,
    /** Null for a protocol that is not configured. */
    gateways: gatewaySettingsFrom(env),
    /** The gateway is on loopback, so the demo shop is open. Never true on a public address (P-08). */
    sandboxMode: sandboxAddress(env) !== null,
    /** The secrets at the start. `secrets.ts` holds the live ones. */
    secrets: {
      merchantKeys: env.MERCHANT_API_KEYS,
      tokenSecrets: env.TOKEN_SECRET,
      noticeSecrets: env.NOTIFY_SECRETS ?? [],
      webhookKeys: webhookKeys(env.PORTONE_V2_WEBHOOK_SECRETS ?? []),
    },
    /** The file from which SIGHUP reloads the secrets; null when the environment holds them all. */
    envFile: env.ENV_FILE ?? null,
    /** `allowPrivate` allows a URL that resolves to a private address (N-07). */
    notify:
      env.NOTIFY_URL === undefined ? null : { url: env.NOTIFY_URL, allowPrivate: env.NOTIFY_ALLOW_PRIVATE },
    policy: policyFrom(env),
    ...timesAndRatesFrom(env),
    keptFor: keptForFrom(env),
    /** Proxies whose X-Forwarded-For is trusted. An address still authenticates nobody (W-18). */
    trustedProxies: env.TRUSTED_PROXIES,
    /** The limit for one address, over pages and their procedures. */
    addressRequestsPerSecond: env.ADDRESS_REQUESTS_PER_SECOND,
    logLevel: env.LOG_LEVEL,
    /** Settings that allow a start but are logged as warnings at each one. */
    warnings: warningsOf(env),
  }
}

const timesAndRatesFrom = (env: Environment) => ({
  orderLifeMs: env.ORDER_LIFE_MS,
  viewTokenLifeMs: env.VIEW_TOKEN_LIFE_MS,
  orphanAfterMs: env.ORPHAN_AFTER_MS,
  lookupTimeoutMs: env.LOOKUP_TIMEOUT_MS,
  /** A cancel that outlasts this deadline may still be executed (M-23). */
  cancelTimeoutMs: env.CANCEL_TIMEOUT_MS,
  /**
   * The wait before a cancel with an unknown outcome is sent again, if the gateway's record shows that nothing was
   * executed (S-24).
   */
  settleMs: env.CANCEL_SETTLE_MS,
  /** How long before its order's registration a matching payment may have begun (W-06, C-09). */
  adoptWithinMs: env.ADOPT_WITHIN_MS,
  /** The most that a virtual account's due date extends an order's life (V-09). */
  accountLifeMaxMs: env.ACCOUNT_LIFE_MAX_MS,
  /**
   * Looks payments up, records and shows them, but writes nothing to the gateway: for a staging copy or a restored backup
   * (O-14).
   */
  observeOnly: env.OBSERVE_ONLY,
  /** How long a socket may rest between two requests: longer than a balancer in front keeps it. */
  keepAliveMs: env.KEEP_ALIVE_MS,
  /** Calls to the gateway, over all servers together (S-14). */
  gatewayCallsPerSecond: env.GATEWAY_CALLS_PER_SECOND,
  verifyDeadlineMs: env.VERIFY_DEADLINE_MS,
  notifyTimeoutMs: env.NOTIFY_TIMEOUT_MS,
  /** A worker's lease: longer than any look-up. After it, another worker takes over a dead worker's rows (L-07). */
  workLeaseMs: env.WORK_LEASE_MS,
  sweep: {
    intervalMs: env.SWEEP_INTERVAL_MS,
    batch: env.SWEEP_BATCH,
    listEveryMs: env.SWEEP_LIST_EVERY_MS,
  },
  /** How long ended claims are kept, and the most waiting claims about unknown orders and payments (D-04). */
  claims: { keptMs: env.CLAIMS_KEPT_MS, unknownMax: env.CLAIMS_UNKNOWN_MAX },
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
