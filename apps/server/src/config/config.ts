import { fail, ok, type Policy, type Result } from '@landfall/payment-core'
import { z } from 'zod'
import { isNetwork } from './client-address.ts'
import { DatabaseUrl } from './database-settings.ts'
import { withEnvFile, type Variables } from './env-file.ts'
import { isLoopback } from './loopback.ts'
import { MerchantKeys } from './merchant-keys.ts'
import { keptForFrom, RetentionSettings, type KeptFor } from './retention-settings.ts'
import { refusalsOf, warningsOf } from './startup-checks.ts'
import type { SecretValues } from './secrets.ts'

/** Everything that differs between deployments. `readConfig` is the only reader of the environment. */
export type Config = {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  /** The origin of `/result`: `publicUrl`, or the web's own port in development. */
  readonly webUrl: string
  readonly shopUrl: string | null
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

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const webAddress = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'is not an http(s) URL',
  )
const words = z.string().transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
const milliseconds = (fallback: number) =>
  z.coerce.number().int().positive().max(2_000_000_000_000).default(fallback)

/** For commands that need only the database's address. */
export const environment: Variables = process.env

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  ENV_FILE: z.string().optional(),
  ENV_FILE_NAMES: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: webAddress.optional(),
  WEB_URL: webAddress.optional(),
  SHOP_URL: webAddress.optional(),
  DATABASE_URL: DatabaseUrl,
  PORTONE_V1_URL: webAddress.default('https://api.iamport.kr'),
  PORTONE_V1_KEY: z.string().min(1, 'is missing: the REST API key from the PortOne console'),
  PORTONE_V1_SECRET: z.string().min(1, 'is missing: the REST API secret from the PortOne console'),
  PORTONE_V1_USER_CODE: z.string().default('imp00000000'),
  PORTONE_V1_SDK_URL: webAddress.default('https://cdn.iamport.kr/v1/iamport.js'),
  MERCHANT_API_KEYS: words.pipe(MerchantKeys),
  TOKEN_SECRET: words.pipe(z.array(z.string().min(16, 'needs at least 16 characters')).min(1, 'is missing')),
  NOTIFY_URL: webAddress.optional(),
  NOTIFY_SECRETS: words
    .pipe(
      z.array(
        z
          .string()
          .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'needs secrets like whsec_<base64 of 24 bytes or more>'),
      ),
    )
    .optional(),
  NOTIFY_ALLOW_PRIVATE: flag.default(false),
  ALLOW_TEST_CHANNEL: z.enum(['true', 'false', 'even-in-production']).default('false'),
  ON_REJECTED: z.enum(['cancel', 'review']).default('cancel'),
  ON_SURPLUS: z.enum(['cancel', 'review']).default('cancel'),
  ON_LATE: z.enum(['accept', 'cancel', 'review']).default('accept'),
  ON_CLOSED: z.enum(['cancel', 'review']).default('cancel'),
  ORDER_LIFE_MS: milliseconds(24 * 3_600_000),
  VIEW_TOKEN_LIFE_MS: milliseconds(30 * 24 * 3_600_000),
  ORPHAN_AFTER_MS: milliseconds(15 * 60_000),
  LOOKUP_TIMEOUT_MS: milliseconds(10_000),
  CANCEL_TIMEOUT_MS: milliseconds(60_000),
  CANCEL_SETTLE_MS: milliseconds(10 * 60_000),
  ADOPT_WITHIN_MS: milliseconds(24 * 3_600_000),
  ACCEPT_LATE_MS: milliseconds(7 * 24 * 3_600_000),
  ACCOUNT_LIFE_MAX_MS: milliseconds(30 * 24 * 3_600_000),
  OBSERVE_ONLY: flag.default(false),
  VERIFY_DEADLINE_MS: milliseconds(2_500),
  NOTIFY_TIMEOUT_MS: milliseconds(15_000),
  WORK_LEASE_MS: milliseconds(25_000),
  SWEEP_INTERVAL_MS: milliseconds(1_000),
  SWEEP_BATCH: z.coerce.number().int().min(1).max(1_000).default(64),
  SWEEP_LIST_EVERY_MS: milliseconds(30_000),
  GATEWAY_CALLS_PER_SECOND: z.coerce.number().int().min(1).max(1_000_000).default(500),
  CLAIMS_KEPT_MS: milliseconds(7 * 24 * 3_600_000),
  CLAIMS_UNKNOWN_MAX: z.coerce.number().int().min(1).max(10_000_000).default(20_000),
  ...RetentionSettings,
  TRUSTED_PROXIES: words
    .pipe(z.array(z.string().refine(isNetwork, 'needs addresses or networks like 10.0.0.0/8')))
    .default([]),
  ADDRESS_REQUESTS_PER_SECOND: z.coerce.number().int().min(1).max(1_000_000).default(200),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info'),
})
type Environment = z.output<typeof Environment>
/** The variables that are valid although others are not. */
const Readable = Environment.partial()

/** Reads the environment. On failure it returns every configuration error, each as one line. */
export function readConfig(environment: Variables = process.env): Result<Config, readonly string[]> {
  const variables = withEnvFile(environment)
  if (!variables.ok) return variables
  // An empty variable counts as unset: `.env` files and shells leave such variables behind.
  const set = Object.fromEntries(
    Object.entries(variables.value).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const read = Environment.safeParse(set)
  if (!read.success) {
    const unread = new Set(read.error.issues.map(({ path }) => String(path[0])))
    const rest = Object.fromEntries(Object.entries(set).filter(([name]) => !unread.has(name)))
    const others = refusalsOf(Readable.parse(rest)).filter(
      (reason) => !unread.has(reason.split(' ')[0] ?? ''),
    )
    return fail([...new Set(read.error.issues.map(sentenceOf)), ...others])
  }
  const reasons = refusalsOf(read.data)
  return reasons.length === 0 ? ok(configFrom(read.data)) : fail(reasons)
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0])
  if (issue.code === 'invalid_type' && /undefined/.test(issue.message)) return `${name} is missing`
  return `${name} ${issue.message}`
}

function configFrom(env: Environment): Config {
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl: origin(publicUrl),
    webUrl: origin(env.WEB_URL ?? publicUrl),
    shopUrl: env.SHOP_URL ?? null,
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
