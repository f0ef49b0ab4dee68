import { fail, ok, type Policy, type Result } from '@landfall/payment-core'
import { isIP } from 'node:net'
import { z } from 'zod'
import { isPrivateAddress } from './private-address.ts'

/** Everything that differs between deployments. `readConfig` is the only reader of the environment. */
export type Config = {
  readonly port: number
  readonly host: string
  readonly publicUrl: string
  /** Where `/result` lives: `publicUrl`, or in development the web's own port. */
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
  /** The gateway is on loopback: the demo shop is open. Never on a public address (P-08). */
  readonly sandboxMode: boolean
  readonly merchantKeys: readonly string[]
  /** The first signs view tokens, all verify them: a secret is rotated by putting a new one in front. */
  readonly tokenSecrets: readonly string[]
  readonly notify: {
    readonly url: string
    readonly secrets: readonly string[]
    /** The shop's backend may stand in this network; otherwise its name must not lead there (N-07). */
    readonly allowPrivate: boolean
  } | null
  readonly policy: Policy
  readonly orderLifeMs: number
  readonly viewTokenLifeMs: number
  readonly orphanAfterMs: number
  readonly lookupTimeoutMs: number
  /** Calls to the gateway, over all servers together (S-14). */
  readonly gatewayCallsPerSecond: number
  readonly verifyDeadlineMs: number
  readonly notifyTimeoutMs: number
  /** How long a worker may hold a row: longer than any look-up. A dead one's rows are taken over after that (L-07). */
  readonly workLeaseMs: number
  readonly sweep: { readonly intervalMs: number; readonly batch: number; readonly listEveryMs: number }
  /** How long ended claims are kept, and how many waiting ones about nothing we know (D-04). */
  readonly claims: { readonly keptMs: number; readonly unknownMax: number }
  readonly logLevel: string
}

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const webAddress = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
    'is no http(s) address',
  )
const words = z.string().transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
const milliseconds = (fallback: number) =>
  z.coerce.number().int().positive().max(2_000_000_000_000).default(fallback)

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: webAddress.optional(),
  WEB_URL: webAddress.optional(),
  SHOP_URL: webAddress.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres(ql)?:\/\/)/, 'is neither a file: nor a postgres:// address')
    .default('file:./data/landfall.db'),
  PORTONE_V1_URL: webAddress.default('https://api.iamport.kr'),
  PORTONE_V1_KEY: z.string().min(1, 'is missing: the REST API key from the PortOne console'),
  PORTONE_V1_SECRET: z.string().min(1, 'is missing: the REST API secret from the PortOne console'),
  PORTONE_V1_USER_CODE: z.string().default('imp00000000'),
  PORTONE_V1_SDK_URL: webAddress.default('https://cdn.iamport.kr/v1/iamport.js'),
  MERCHANT_API_KEYS: words.pipe(
    z.array(z.string().min(16, 'needs keys of at least 16 characters')).min(1, 'is missing'),
  ),
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
  ALLOW_TEST_CHANNEL: flag.default(false),
  ON_REJECTED: z.enum(['cancel', 'review']).default('cancel'),
  ON_SURPLUS: z.enum(['cancel', 'review']).default('cancel'),
  ON_LATE: z.enum(['accept', 'cancel', 'review']).default('accept'),
  ORDER_LIFE_MS: milliseconds(24 * 3_600_000),
  VIEW_TOKEN_LIFE_MS: milliseconds(30 * 24 * 3_600_000),
  ORPHAN_AFTER_MS: milliseconds(15 * 60_000),
  LOOKUP_TIMEOUT_MS: milliseconds(10_000),
  VERIFY_DEADLINE_MS: milliseconds(2_500),
  NOTIFY_TIMEOUT_MS: milliseconds(15_000),
  WORK_LEASE_MS: milliseconds(25_000),
  SWEEP_INTERVAL_MS: milliseconds(1_000),
  SWEEP_BATCH: z.coerce.number().int().min(1).max(1_000).default(64),
  SWEEP_LIST_EVERY_MS: milliseconds(30_000),
  GATEWAY_CALLS_PER_SECOND: z.coerce.number().int().min(1).max(1_000_000).default(500),
  CLAIMS_KEPT_MS: milliseconds(7 * 24 * 3_600_000),
  CLAIMS_UNKNOWN_MAX: z.coerce.number().int().min(1).max(10_000_000).default(20_000),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info'),
})
type Environment = z.output<typeof Environment>

/** Reads the environment, or says in one line a reason why this deployment must not start. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Result<Config, readonly string[]> {
  // An empty variable is one that is not set: `.env` files and shells leave such behind.
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const read = Environment.safeParse(set)
  if (!read.success) return fail(read.error.issues.map(sentenceOf))
  const config = configFrom(read.data)
  const reasons = refusals(read.data, config)
  return reasons.length === 0 ? ok(config) : fail(reasons)
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
    portone: {
      url: env.PORTONE_V1_URL,
      key: env.PORTONE_V1_KEY,
      secret: env.PORTONE_V1_SECRET,
      userCode: env.PORTONE_V1_USER_CODE,
      sdkUrl: env.PORTONE_V1_SDK_URL,
    },
    sandboxMode: isLoopback(env.PORTONE_V1_URL),
    merchantKeys: env.MERCHANT_API_KEYS,
    tokenSecrets: env.TOKEN_SECRET,
    notify:
      env.NOTIFY_URL === undefined
        ? null
        : { url: env.NOTIFY_URL, secrets: env.NOTIFY_SECRETS ?? [], allowPrivate: env.NOTIFY_ALLOW_PRIVATE },
    policy: {
      onRejected: env.ON_REJECTED,
      onSurplus: env.ON_SURPLUS,
      onLate: env.ON_LATE,
      allowTestChannel: env.ALLOW_TEST_CHANNEL,
    },
    orderLifeMs: env.ORDER_LIFE_MS,
    viewTokenLifeMs: env.VIEW_TOKEN_LIFE_MS,
    orphanAfterMs: env.ORPHAN_AFTER_MS,
    lookupTimeoutMs: env.LOOKUP_TIMEOUT_MS,
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
    logLevel: env.LOG_LEVEL,
  }
}

const origin = (url: string): string => url.replace(/\/+$/, '')

/** What a careful person would not let go live. */
function refusals(env: Environment, config: Config): string[] {
  const reasons: string[] = []
  const example = (name: string, values: readonly string[]): void => {
    if (values.some(isExample)) reasons.push(`${name} is the example from .env.example: make your own`)
  }
  if (env.NODE_ENV === 'production') {
    example('TOKEN_SECRET', config.tokenSecrets)
    example('MERCHANT_API_KEYS', config.merchantKeys)
    example('NOTIFY_SECRETS', config.notify?.secrets ?? [])
  }
  for (const [name, url] of [
    ['PUBLIC_URL', config.publicUrl],
    ['WEB_URL', config.webUrl],
    ['PORTONE_V1_URL', config.portone.url],
    ['PORTONE_V1_SDK_URL', config.portone.sdkUrl],
    ['SHOP_URL', config.shopUrl],
  ] as const)
    if (url !== null && url.startsWith('http:') && !isLoopback(url))
      reasons.push(`${name} is plain http and not loopback: payments need https`)
  if (config.sandboxMode && !isLoopback(config.publicUrl))
    reasons.push(
      'PORTONE_V1_URL is a sandbox on loopback while PUBLIC_URL is public: the demo shop would be open to everybody',
    )
  if (config.notify !== null) {
    if (config.notify.secrets.length === 0)
      reasons.push('NOTIFY_SECRETS is missing: notices are signed or not sent')
    if (!env.NOTIFY_ALLOW_PRIVATE && isPrivate(config.notify.url))
      reasons.push('NOTIFY_URL is a private address: set NOTIFY_ALLOW_PRIVATE=true if that is meant')
    else if (config.notify.url.startsWith('http:') && !isPrivate(config.notify.url))
      reasons.push('NOTIFY_URL is plain http')
  }
  return reasons
}

function isExample(secret: string): boolean {
  const decoded = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('latin1')
  return /example/i.test(secret) || /example/i.test(decoded)
}

/** Without the brackets of IPv6 and the dot that may end a name: `localhost.` is localhost. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$|\.$/g, '')

export function isLoopback(url: string): boolean {
  const host = hostOf(url)
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  )
}

/** Loopback, private, link-local and metadata addresses: a notice must not be a way into the inside (N-07). */
function isPrivate(url: string): boolean {
  const host = hostOf(url)
  const version = isIP(host)
  if (version === 0) return isLoopback(url) || host.endsWith('.internal') || host.endsWith('.local')
  return isPrivateAddress(host)
}
