import pino from 'pino'
import { readConfig, type Config } from '../../src/config/config.ts'
import type { Deps } from '../../src/deps.ts'
import type { Weather } from './weather.ts'

export const merchantKey = 'merchant-key-of-a-simulated-shop'
export const noticeSecret = `whsec_${Buffer.from('a notice secret of a simulated shop').toString('base64')}`
export const publicUrl = 'https://landfall.example'

type Told = (level: string, fields: unknown, message: unknown) => void
let tell: Told = () => undefined
const log = pino(
  {
    level: 'debug',
    base: null,
    hooks: {
      logMethod(given, _method, level) {
        const [fields, message]: unknown[] = given
        tell(pino.levels.labels[level] ?? '', fields, message)
      },
    },
  },
  { write: () => undefined },
)

/** Log lines as values: nothing is written. One logger for a thread, because one is slow to make; whose it is goes along as its child. */
export function logTo(told: Told): Deps['log'] {
  tell = told
  return log
}

const configs = new Map<string, Config>()

/** The settings of a world, read as from an environment; each kind once. */
export function configOf(weather: Weather): Config {
  const { intervalMs, lookupTimeoutMs, callsPerSecond, onRejected, onSurplus, onLate } = weather
  const { cancelTimeoutMs, settleMs, onClosed } = weather
  const times = [intervalMs, lookupTimeoutMs, cancelTimeoutMs, settleMs, callsPerSecond]
  const key = [...times, onRejected, onSurplus, onLate, onClosed].join(' ')
  const known = configs.get(key)
  if (known !== undefined) return known
  const read = readConfig({
    PUBLIC_URL: publicUrl,
    PORTONE_V1_URL: 'https://gateway.example',
    PORTONE_V1_KEY: 'key-of-a-simulated-shop',
    PORTONE_V1_SECRET: 'secret-of-a-simulated-shop',
    MERCHANT_API_KEYS: merchantKey,
    TOKEN_SECRET: 'token-secret-of-a-simulated-shop',
    NOTIFY_URL: 'https://shop.example/notices',
    NOTIFY_SECRETS: noticeSecret,
    SHOP_URL: 'https://shop.example/',
    ON_REJECTED: onRejected,
    ON_SURPLUS: onSurplus,
    ON_LATE: onLate,
    ON_CLOSED: onClosed,
    LOOKUP_TIMEOUT_MS: String(lookupTimeoutMs),
    CANCEL_TIMEOUT_MS: String(cancelTimeoutMs),
    CANCEL_SETTLE_MS: String(settleMs),
    SWEEP_INTERVAL_MS: String(intervalMs),
    GATEWAY_CALLS_PER_SECOND: String(callsPerSecond),
  })
  if (!read.ok) throw new Error(read.problem.join('\n'))
  configs.set(key, read.value)
  return read.value
}
