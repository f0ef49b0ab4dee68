import { databaseRefusals } from './database-checks.ts'
import { gatewayRefusals, sandboxAddress } from './gateway-settings.ts'
import { isOpen, isPublic, isRehearsal, isSandbox, isServing } from './deployment-kind.ts'
import { isLoopback, isInternalUrl } from './loopback.ts'
import type { ValidVariables } from './environment.ts'
import { exampleRefusals, secretRefusals } from './secret-checks.ts'
import { shopRefusals } from './shop-settings.ts'

const addressNames = [
  'PUBLIC_URL',
  'WEB_URL',
  'PORTONE_V1_URL',
  'PORTONE_V1_SDK_URL',
  'PORTONE_V2_URL',
  'SHOP_URL',
  'SHOP_LOGO_URL',
] as const

const gatewayAddressNames = ['PORTONE_V1_URL', 'PORTONE_V2_URL'] as const

/**
 * Returns every reason to refuse a start, each as one line. No line quotes a value (P-03). Invalid variables are absent from
 * `env`; `unread` names them, so that none is called missing.
 */
export function refusalsOf(env: ValidVariables, unread: ReadonlySet<string> = new Set()): readonly string[] {
  return [
    ...gatewayRefusals(env, unread),
    ...exampleRefusals(env),
    ...secretRefusals(env),
    ...addressRefusals(env),
    ...sandboxRefusals(env),
    ...testChannelRefusals(env),
    ...noticeRefusals(env, unread),
    ...databaseRefusals(env),
    ...timeRefusals(env),
    ...shopRefusals(env, { isSandbox: isSandbox(env), isPublic: isPublic(env) }),
  ]
}

/** Signs that the URL parser takes in a host, and no host has. */
const ODD_HOST = /[^a-z0-9._:[\]-]/

/** Paths are appended to these addresses. */
const isBase = (name: (typeof addressNames)[number]): boolean =>
  name === 'PUBLIC_URL' || name === 'WEB_URL' || isGateways(name)
const isGateways = (name: (typeof addressNames)[number]): boolean =>
  name === 'PORTONE_V1_URL' || name === 'PORTONE_V2_URL'

function addressRefusals(env: ValidVariables): string[] {
  const reasons: string[] = []
  for (const name of addressNames) {
    const url = env[name]
    if (url === undefined) continue
    if (hasCredentials(url))
      reasons.push(`${name} contains a user name or a password: addresses are shown and logged`)
    if (isPlain(url) && !isLoopback(url))
      reasons.push(`${name} is plain http and not loopback: payments need https`)
    if (isBase(name) && ODD_HOST.test(new URL(url).hostname))
      reasons.push(`${name} has an odd host name: name one host, without a wildcard`)
    if (isBase(name) && /[?#]/.test(url))
      reasons.push(`${name} has a query or a fragment: paths are appended to it`)
    if (isBase(name) && /[^/]/.test(new URL(url).pathname))
      reasons.push(`${name} has a path: name the host alone, Landfall has its own paths there`)
    if (name !== 'PUBLIC_URL' && !isGateways(name) && isPublic(env) && isLoopback(url))
      reasons.push(
        `${name} is on loopback while PUBLIC_URL is public: a customer’s browser would call its own machine`,
      )
  }
  for (const name of gatewayAddressNames)
    if (!isSandbox(env) && isSameOrigin(env[name], env.PUBLIC_URL))
      reasons.push(`${name} and PUBLIC_URL are the same address: one is the gateway, the other is Landfall`)
  return reasons
}

const isSameOrigin = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && new URL(one).origin === new URL(other).origin

/** The demo shop and the sandbox's controls must not be reachable from other machines (P-08). */
function sandboxRefusals(env: ValidVariables): string[] {
  const name = sandboxAddress(env)
  if (name === null) return []
  if (isPublic(env) || (env.WEB_URL !== undefined && !isLoopback(env.WEB_URL)))
    return [
      `${name} is a sandbox on loopback while PUBLIC_URL or WEB_URL is public: the demo shop would be open to everybody`,
    ]
  return isOpen(env)
    ? [`HOST lets others in while ${name} is a sandbox: the demo shop would be open to them`]
    : []
}

/**
 * Test-channel payments move no money, so goods would be shipped unpaid. `even-in-production` allows it on purpose
 * (G-12).
 */
function testChannelRefusals(env: ValidVariables): string[] {
  return env.ALLOW_TEST_CHANNEL === 'true' && isServing(env) && !isRehearsal(env)
    ? ['ALLOW_TEST_CHANNEL lets orders be paid without money: set even-in-production to allow that here']
    : []
}

/** A notice must not reach internal services (N-07). */
function noticeRefusals(env: ValidVariables, unread: ReadonlySet<string>): string[] {
  const { NOTIFY_URL: url } = env
  if (url === undefined) return []
  const reasons: string[] = []
  if ((env.NOTIFY_SECRETS ?? []).length === 0 && !unread.has('NOTIFY_SECRETS'))
    reasons.push('NOTIFY_SECRETS is missing: every notice must be signed')
  if (hasCredentials(url))
    reasons.push(
      'NOTIFY_URL contains a user name or a password: notices are signed, and addresses are logged',
    )
  if (env.NOTIFY_ALLOW_PRIVATE !== true && isInternalUrl(url))
    reasons.push('NOTIFY_URL is a private address: set NOTIFY_ALLOW_PRIVATE=true if that is meant')
  else if (isPlain(url) && !isInternalUrl(url)) reasons.push('NOTIFY_URL is plain http')
  if (isOwnAddress(url, env))
    reasons.push('NOTIFY_URL is an address of Landfall itself: notices go to the shop')
  if (!isSandbox(env) && gatewayAddressNames.some((name) => isSameOrigin(url, env[name])))
    reasons.push('NOTIFY_URL is an address of the gateway: notices go to the shop')
  return reasons
}

/** The shop may share Landfall's origin, but not its paths. */
const isOwnAddress = (url: string, { PUBLIC_URL, WEB_URL }: ValidVariables): boolean =>
  [PUBLIC_URL, WEB_URL].some((own) => isSameOrigin(url, own)) &&
  /^\/+(?:webhooks|complete|result|trpc|v1)(?:\/|$)/.test(new URL(url).pathname)

/** A rehearsal may shorten its times, to see what follows. */
function timeRefusals(env: ValidVariables): string[] {
  if (isRehearsal(env)) return []
  const reasons: string[] = []
  const { WORK_LEASE_MS: leaseMs, NOTIFY_TIMEOUT_MS: noticeMs, LOOKUP_TIMEOUT_MS: lookupMs } = env
  // A look-up waits as long for its turn as for its answer.
  if (leaseMs !== undefined && (leaseMs <= (noticeMs ?? 0) || leaseMs <= 2 * (lookupMs ?? 0)))
    reasons.push(
      'WORK_LEASE_MS must be longer than NOTIFY_TIMEOUT_MS and than twice LOOKUP_TIMEOUT_MS: two servers would do the same work',
    )
  const { CANCEL_SETTLE_MS: settleMs, CANCEL_TIMEOUT_MS: cancelMs } = env
  if (settleMs !== undefined && cancelMs !== undefined && settleMs < cancelMs)
    reasons.push(
      'CANCEL_SETTLE_MS must be at least CANCEL_TIMEOUT_MS: a cancel would be sent again while it is under way',
    )
  return reasons
}

/** Parse the URL, because `HTTP://…` is plain http too. */
const isPlain = (url: string): boolean => new URL(url).protocol === 'http:'

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}
