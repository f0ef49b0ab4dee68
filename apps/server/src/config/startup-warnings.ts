import { encryptsWithoutProof, isDevelopmentDatabase } from './database-checks.ts'
import { isProduction, isPublic, isSandbox, isServing } from './deployment-kind.ts'
import type { ValidVariables } from './environment.ts'
import { isInternalUrl } from './loopback.ts'

/** A cancel's usual deadline. PGs are slow, and one that outlasts it may still be executed (M-23). */
const CANCEL_TIMEOUT_MIN_MS = 60_000
/** A payment that nobody reports is final within two minutes (L-01). */
const SWEEP_INTERVAL_USUAL_MAX_MS = 60_000
/** Cancels made in the gateway's console, and deposits into fixed accounts, are found in its lists alone (M-10, V-08). */
const LIST_EVERY_USUAL_MAX_MS = 600_000
/** How long usual proxies and balancers keep an idle connection. */
const PROXY_IDLE_MS = 60_000

/** A random secret of 32 characters has far more of them; a word that stands for one is public. */
const DISTINCT_CHARACTERS_MIN = 8
const PLACEHOLDER = /change.?(?:me|this|it)|replace.?(?:me|this)|password|insert.?(?:your|here)|todo/i

function isGuessable(secret: string): boolean {
  const decoded = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('latin1')
  const shown = secret.startsWith('whsec_') ? decoded : secret
  return new Set(shown).size < DISTINCT_CHARACTERS_MIN || PLACEHOLDER.test(shown)
}

type Warning = readonly [isTrue: (env: ValidVariables) => boolean, sentence: string]

const warnings: readonly Warning[] = [
  [
    ({ NOTIFY_URL }) => NOTIFY_URL === undefined,
    'NOTIFY_URL is missing: no notice is sent, the shop learns of payments only when it asks',
  ],
  [
    (env) => isProduction(env) && env.MERCHANT_API_KEYS?.some(({ isPlain }) => isPlain) === true,
    'MERCHANT_API_KEYS holds plain-text keys: list sha256:<hex> digests instead, as .env.example shows',
  ],
  [
    (env) => isServing(env) && env.TOKEN_SECRET?.slice(0, 1).some(isGuessable) === true,
    'TOKEN_SECRET can be guessed, and every customer’s link forged with it: make a random one, as landfall keys does',
  ],
  [
    (env) => isServing(env) && env.NOTIFY_SECRETS?.some(isGuessable) === true,
    'NOTIFY_SECRETS can be guessed, and every notice forged with them: make random ones, as landfall keys does',
  ],
  [
    ({ ALLOW_TEST_CHANNEL }) => ALLOW_TEST_CHANNEL === 'even-in-production',
    'ALLOW_TEST_CHANNEL=even-in-production: payments of a test channel count as money, orders are paid without any',
  ],
  [
    (env) => isProduction(env) && isDevelopmentDatabase(env),
    'DATABASE_URL is the development database of .env.example: remove it, or name a database for production',
  ],
  [
    (env) => isProduction(env) && /^file:(?:\/\/)?\/dev\/shm\//.test(env.DATABASE_URL ?? ''),
    'DATABASE_URL lies in the machine’s memory: every order is lost when it restarts',
  ],
  [
    encryptsWithoutProof,
    'DATABASE_URL encrypts without checking whom it speaks to: use sslmode=verify-full, and sslrootcert for an own CA',
  ],
  [
    ({ CANCEL_TIMEOUT_MS: ms }) => ms !== undefined && ms < CANCEL_TIMEOUT_MIN_MS,
    'CANCEL_TIMEOUT_MS is shorter than 60000: slow PGs will leave refunds without an answer',
  ],
  [
    (env) => isProduction(env) && !isSandbox(env) && !isPublic(env),
    'PUBLIC_URL is not set, or on loopback: customers pay for real, and cannot come back from their own machines',
  ],
  [
    (env) => isProduction(env) && isPublic(env) && isInternalUrl(env.PUBLIC_URL ?? ''),
    'PUBLIC_URL is an address of a private network: the gateway’s webhooks and customers on phones do not reach it',
  ],
  [
    ({ SWEEP_INTERVAL_MS: ms }) => ms !== undefined && ms > SWEEP_INTERVAL_USUAL_MAX_MS,
    'SWEEP_INTERVAL_MS is longer than 60000: payments that nobody reports are found late',
  ],
  [
    ({ SWEEP_LIST_EVERY_MS: ms }) => ms !== undefined && ms > LIST_EVERY_USUAL_MAX_MS,
    'SWEEP_LIST_EVERY_MS is longer than 600000: cancels in the gateway’s console are found late',
  ],
  [
    ({ KEEP_ALIVE_MS: ms, TRUSTED_PROXIES: proxies = [] }) =>
      ms !== undefined && ms <= PROXY_IDLE_MS && proxies.length > 0,
    'KEEP_ALIVE_MS is not longer than 60000: a proxy that keeps its connections a minute sends requests into closed ones',
  ],
  [
    ({ OBSERVE_ONLY }) => OBSERVE_ONLY === true,
    'OBSERVE_ONLY=true: nothing is sent to the gateway, no money goes back and no amount is fixed',
  ],
]

/** Returns the warnings about settings that allow a start. */
export const warningsOf = (env: ValidVariables): readonly string[] =>
  warnings.filter(([isTrue]) => isTrue(env)).map(([, sentence]) => sentence)
