import { z } from 'zod'
import { isNetwork, trustsEverybody } from './client-address.ts'
import { DatabaseUrl } from './database-settings.ts'
import { gatewayVariables } from './gateway-settings.ts'
import { MerchantKeys } from './merchant-keys.ts'
import { RetentionSettings } from './retention-settings.ts'
import { shopVariables } from './shop-settings.ts'
import { flag, hostName, milliseconds, oneOf, webAddress, wholeNumber, words } from './variable-kinds.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS

/** HS256 needs a key of 256 bits, and a random character has less than eight. */
const TOKEN_SECRET_CHARACTERS_MIN = 32
/** A former secret only verifies; versions before 0.2 took shorter ones. */
const FORMER_SECRET_CHARACTERS_MIN = 16

const TokenSecrets = words('a random secret of at least 32 characters').pipe(
  z
    .array(
      z
        .string()
        .min(
          FORMER_SECRET_CHARACTERS_MIN,
          `needs at least ${FORMER_SECRET_CHARACTERS_MIN} characters in each`,
        ),
    )
    .min(1, 'is missing: a random secret of at least 32 characters')
    .refine(
      // The check of each secret above reports one that is shorter still.
      ([signing = '']) =>
        signing.length >= TOKEN_SECRET_CHARACTERS_MIN || signing.length < FORMER_SECRET_CHARACTERS_MIN,
      `needs at least ${TOKEN_SECRET_CHARACTERS_MIN} characters in the first, which signs: put a new one in front of the present one`,
    ),
)
const noticeSecretForm = 'needs secrets like whsec_<base64 of 24 bytes or more>'
const NoticeSecrets = words('').pipe(
  z.array(z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, noticeSecretForm)),
)
const TrustedProxies = words('').pipe(
  z.array(
    z
      .string()
      .refine(isNetwork, 'needs addresses or networks like 10.0.0.0/8')
      .refine((network) => !trustsEverybody(network), 'trusts everybody: name the proxies or their network'),
  ),
)

/** Every variable the server reads, with its form and its bounds. `.env.example` explains each. */
export const Environment = z.object({
  NODE_ENV: oneOf(['production', 'development', 'test'], 'development'),
  ENV_FILE: z.string().optional(),
  ENV_FILE_NAMES: z.string().optional(),
  PORT: wholeNumber(0, 65_535, 4000),
  HOST: hostName.default('127.0.0.1'),
  PUBLIC_URL: webAddress.optional(),
  WEB_URL: webAddress.optional(),
  ...shopVariables,
  DATABASE_URL: DatabaseUrl,
  ...gatewayVariables,
  MERCHANT_API_KEYS: words('a key for the shop’s programs').pipe(MerchantKeys),
  TOKEN_SECRET: TokenSecrets,
  NOTIFY_URL: webAddress.optional(),
  NOTIFY_SECRETS: NoticeSecrets.optional(),
  NOTIFY_ALLOW_PRIVATE: flag(),
  ALLOW_TEST_CHANNEL: oneOf(['true', 'false', 'even-in-production'], 'false'),
  ON_REJECTED: oneOf(['cancel', 'review'], 'cancel'),
  ON_SURPLUS: oneOf(['cancel', 'review'], 'cancel'),
  ON_LATE: oneOf(['accept', 'cancel', 'review'], 'accept'),
  ON_CLOSED: oneOf(['cancel', 'review'], 'cancel'),
  ORDER_LIFE_MS: milliseconds(SECOND_MS, YEAR_MS, DAY_MS),
  VIEW_TOKEN_LIFE_MS: milliseconds(MINUTE_MS, YEAR_MS, 30 * DAY_MS),
  ORPHAN_AFTER_MS: milliseconds(SECOND_MS, 7 * DAY_MS, 15 * MINUTE_MS),
  LOOKUP_TIMEOUT_MS: milliseconds(100, MINUTE_MS, 10 * SECOND_MS),
  CANCEL_TIMEOUT_MS: milliseconds(SECOND_MS, 10 * MINUTE_MS, MINUTE_MS),
  CANCEL_SETTLE_MS: milliseconds(SECOND_MS, DAY_MS, 10 * MINUTE_MS),
  ADOPT_WITHIN_MS: milliseconds(1, 30 * DAY_MS, DAY_MS),
  ACCEPT_LATE_MS: milliseconds(1, YEAR_MS, 7 * DAY_MS),
  ACCOUNT_LIFE_MAX_MS: milliseconds(MINUTE_MS, YEAR_MS, 30 * DAY_MS),
  OBSERVE_ONLY: flag(),
  VERIFY_DEADLINE_MS: milliseconds(1, 30 * SECOND_MS, 2_500),
  NOTIFY_TIMEOUT_MS: milliseconds(100, MINUTE_MS, 15 * SECOND_MS),
  WORK_LEASE_MS: milliseconds(SECOND_MS, 10 * MINUTE_MS, 25 * SECOND_MS),
  SWEEP_INTERVAL_MS: milliseconds(10, DAY_MS, SECOND_MS),
  SWEEP_BATCH: wholeNumber(1, 1_000, 64),
  SWEEP_LIST_EVERY_MS: milliseconds(SECOND_MS, DAY_MS, 30 * SECOND_MS),
  GATEWAY_CALLS_PER_SECOND: wholeNumber(1, 1_000_000, 20),
  KEEP_ALIVE_MS: milliseconds(SECOND_MS, HOUR_MS, 90 * SECOND_MS),
  CLAIMS_KEPT_MS: milliseconds(MINUTE_MS, 10 * YEAR_MS, 7 * DAY_MS),
  CLAIMS_UNKNOWN_MAX: wholeNumber(1, 10_000_000, 20_000),
  ...RetentionSettings,
  TRUSTED_PROXIES: TrustedProxies.default([]),
  ADDRESS_REQUESTS_PER_SECOND: wholeNumber(1, 1_000_000, 200),
  LOG_LEVEL: oneOf(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], 'info'),
})
export type Environment = z.output<typeof Environment>

/** The variables that are valid although others are not. */
export const ValidVariables = Environment.partial()
export type ValidVariables = z.output<typeof ValidVariables>
