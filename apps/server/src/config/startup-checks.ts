import { isLoopback, isLoopbackHost, isInternalUrl } from './loopback.ts'
import { isKeyOf, type MerchantKey } from './merchant-keys.ts'

/** The variables that the startup checks read. Invalid ones are absent. */
export type Deployment = {
  readonly NODE_ENV?: string | undefined
  readonly HOST?: string | undefined
  readonly PUBLIC_URL?: string | undefined
  readonly WEB_URL?: string | undefined
  readonly SHOP_URL?: string | undefined
  readonly PORTONE_V1_URL?: string | undefined
  readonly PORTONE_V1_SDK_URL?: string | undefined
  readonly PORTONE_V1_KEY?: string | undefined
  readonly PORTONE_V1_SECRET?: string | undefined
  readonly MERCHANT_API_KEYS?: readonly MerchantKey[] | undefined
  readonly TOKEN_SECRET?: readonly string[] | undefined
  readonly NOTIFY_URL?: string | undefined
  readonly NOTIFY_SECRETS?: readonly string[] | undefined
  readonly NOTIFY_ALLOW_PRIVATE?: boolean | undefined
  readonly ALLOW_TEST_CHANNEL?: TestChannel | undefined
  readonly OBSERVE_ONLY?: boolean | undefined
}
export type TestChannel = 'true' | 'false' | 'even-in-production'

const TOKEN_SECRET_CHARACTERS_LIVE = 32
const addressNames = ['PUBLIC_URL', 'WEB_URL', 'PORTONE_V1_URL', 'PORTONE_V1_SDK_URL', 'SHOP_URL'] as const

/** Returns every reason to refuse a start, each as one line. No line quotes a value (P-03). */
export function refusalsOf(env: Deployment): readonly string[] {
  return [
    ...exampleRefusals(env),
    ...secretRefusals(env),
    ...addressRefusals(env),
    ...sandboxRefusals(env),
    ...testChannelRefusals(env),
    ...noticeRefusals(env),
  ]
}

/** Returns the warnings about settings that allow a start. */
export function warningsOf(env: Deployment): readonly string[] {
  const warnings: string[] = []
  if (isProduction(env) && env.MERCHANT_API_KEYS?.some(({ isPlain }) => isPlain) === true)
    warnings.push(
      'MERCHANT_API_KEYS holds plain-text keys: list sha256:<hex> digests instead, as .env.example shows',
    )
  if (env.ALLOW_TEST_CHANNEL === 'even-in-production')
    warnings.push(
      'ALLOW_TEST_CHANNEL=even-in-production: payments of a test channel count as money, orders are paid without any',
    )
  if (env.OBSERVE_ONLY === true)
    warnings.push(
      'OBSERVE_ONLY=true: nothing is sent to the gateway, no money goes back and no amount is fixed',
    )
  return warnings
}

const isProduction = ({ NODE_ENV }: Deployment): boolean => NODE_ENV === 'production'
/** Other machines can reach the server. */
const isPublic = ({ PUBLIC_URL }: Deployment): boolean => PUBLIC_URL !== undefined && !isLoopback(PUBLIC_URL)
const isSandbox = ({ PORTONE_V1_URL }: Deployment): boolean =>
  PORTONE_V1_URL !== undefined && isLoopback(PORTONE_V1_URL)
/** The built product runs against the sandbox, on this machine only. */
const isRehearsal = (env: Deployment): boolean => isSandbox(env) && !isPublic(env)

function exampleRefusals(env: Deployment): string[] {
  if (!isProduction(env) && !isPublic(env)) return []
  const reasons: string[] = []
  const example = (name: string, found: boolean | undefined): void => {
    if (found === true) reasons.push(`${name} is the example from .env.example: make your own`)
  }
  example(
    'MERCHANT_API_KEYS',
    env.MERCHANT_API_KEYS?.some(({ isExample }) => isExample),
  )
  example('TOKEN_SECRET', env.TOKEN_SECRET?.some(isExampleSecret))
  if (env.NOTIFY_URL !== undefined) example('NOTIFY_SECRETS', env.NOTIFY_SECRETS?.some(isExampleSecret))
  // The sandbox accepts only the example credentials, so a local rehearsal must use them.
  if (!isRehearsal(env)) {
    example('PORTONE_V1_KEY', isSandboxs(env.PORTONE_V1_KEY))
    example('PORTONE_V1_SECRET', isSandboxs(env.PORTONE_V1_SECRET))
  }
  return reasons
}

const isSandboxs = (value: string | undefined): boolean =>
  value !== undefined && (/^sandbox(-secret)?$/i.test(value) || isExampleSecret(value))

function isExampleSecret(secret: string): boolean {
  const decoded = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').toString('latin1')
  return /example/i.test(secret) || /example/i.test(decoded)
}

/** Refuses weak and duplicate secrets, and secrets with two purposes: whoever knows one would know the other. */
function secretRefusals(env: Deployment): string[] {
  const reasons: string[] = []
  const { MERCHANT_API_KEYS: keys = [], TOKEN_SECRET = [], NOTIFY_SECRETS = [] } = env
  const gateway = [env.PORTONE_V1_KEY, env.PORTONE_V1_SECRET].filter((value) => value !== undefined)
  if (isPublic(env) && TOKEN_SECRET.some(({ length }) => length < TOKEN_SECRET_CHARACTERS_LIVE))
    reasons.push(`TOKEN_SECRET needs at least ${TOKEN_SECRET_CHARACTERS_LIVE} characters on a public address`)
  for (const [name, values] of [
    ['MERCHANT_API_KEYS', keys.map(({ digest }) => digest)],
    ['TOKEN_SECRET', TOKEN_SECRET],
    ['NOTIFY_SECRETS', NOTIFY_SECRETS],
  ] as const)
    if (new Set(values).size < values.length) reasons.push(`${name} lists the same value twice`)
  if (!isProduction(env) && !isPublic(env)) return reasons
  const others = { TOKEN_SECRET, NOTIFY_SECRETS, 'PORTONE_V1_KEY or PORTONE_V1_SECRET': gateway }
  for (const [name, values] of Object.entries(others))
    if (values.some((value) => keys.some((key) => isKeyOf(key, value))))
      reasons.push(`MERCHANT_API_KEYS and ${name} share a value: each needs its own`)
  if (TOKEN_SECRET.some((value) => NOTIFY_SECRETS.includes(value)))
    reasons.push('TOKEN_SECRET and NOTIFY_SECRETS share a value: each needs its own')
  if (gateway.some((value) => TOKEN_SECRET.includes(value) || NOTIFY_SECRETS.includes(value)))
    reasons.push('PORTONE_V1_KEY or PORTONE_V1_SECRET is also a secret of this server: each needs its own')
  if (new Set(gateway).size < gateway.length && !isRehearsal(env))
    reasons.push('PORTONE_V1_SECRET is the same value as PORTONE_V1_KEY: one of them is wrong')
  return reasons
}

function addressRefusals(env: Deployment): string[] {
  const reasons: string[] = []
  for (const name of addressNames) {
    const url = env[name]
    if (url === undefined) continue
    if (hasCredentials(url))
      reasons.push(`${name} contains a user name or a password: addresses are shown and logged`)
    if (isPlain(url) && !isLoopback(url))
      reasons.push(`${name} is plain http and not loopback: payments need https`)
    if (name !== 'PORTONE_V1_SDK_URL' && name !== 'SHOP_URL' && /[?#]/.test(url))
      reasons.push(`${name} has a query or a fragment: paths are appended to it`)
    if (name !== 'PUBLIC_URL' && name !== 'PORTONE_V1_URL' && isPublic(env) && isLoopback(url))
      reasons.push(
        `${name} is on loopback while PUBLIC_URL is public: a customer’s browser would call its own machine`,
      )
  }
  return reasons
}

/** The demo shop and the sandbox's controls must not be reachable from other machines (P-08). */
function sandboxRefusals(env: Deployment): string[] {
  if (!isSandbox(env)) return []
  if (isPublic(env) || (env.WEB_URL !== undefined && !isLoopback(env.WEB_URL)))
    return [
      'PORTONE_V1_URL is a sandbox on loopback while PUBLIC_URL or WEB_URL is public: the demo shop would be open to everybody',
    ]
  return isProduction(env) && env.HOST !== undefined && !isLoopbackHost(env.HOST)
    ? ['HOST lets others in while PORTONE_V1_URL is a sandbox: the demo shop would be open to them']
    : []
}

/**
 * Test-channel payments move no money, so goods would be shipped unpaid. `even-in-production` allows it on purpose
 * (G-12).
 */
function testChannelRefusals(env: Deployment): string[] {
  return env.ALLOW_TEST_CHANNEL === 'true' && (isProduction(env) || isPublic(env)) && !isRehearsal(env)
    ? ['ALLOW_TEST_CHANNEL lets orders be paid without money: set even-in-production to allow that here']
    : []
}

/** A notice must not reach internal services (N-07). */
function noticeRefusals(env: Deployment): string[] {
  const { NOTIFY_URL: url } = env
  if (url === undefined) return []
  const reasons: string[] = []
  if ((env.NOTIFY_SECRETS ?? []).length === 0)
    reasons.push('NOTIFY_SECRETS is missing: every notice must be signed')
  if (hasCredentials(url))
    reasons.push(
      'NOTIFY_URL contains a user name or a password: notices are signed, and addresses are logged',
    )
  if (env.NOTIFY_ALLOW_PRIVATE !== true && isInternalUrl(url))
    reasons.push('NOTIFY_URL is a private address: set NOTIFY_ALLOW_PRIVATE=true if that is meant')
  else if (isPlain(url) && !isInternalUrl(url)) reasons.push('NOTIFY_URL is plain http')
  return reasons
}

/** Parse the URL, because `HTTP://…` is plain http too. */
const isPlain = (url: string): boolean => new URL(url).protocol === 'http:'

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}
