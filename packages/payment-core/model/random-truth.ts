import type { GatewayName, Observation, PaymentStatus, Return } from '../src/index.ts'
import { NOW_MS, MINUTE_MS, seen } from '../test/samples.ts'
import { DAYS_AGO_MS, FOREIGN_AMOUNT } from './gateway.ts'

/** The successive records of one payment, oldest first. */
export type Life = readonly Observation[]

/** A reason to look up a payment, the order, or something unknown to the gateway. */
export type Claim = {
  readonly about: number | 'order' | 'nothing'
  readonly says: Return['says'] | null
}

/** Payments, the claims about them, and the gateway's progress at each claim. */
export type RandomTruth = {
  readonly lives: readonly Life[]
  readonly claims: readonly Claim[]
  readonly steps: readonly number[]
  readonly expiresAtMs: number
  /** The order's own; a payment through the other window has the other. */
  readonly gateway: GatewayName
}

const paths: ReadonlyArray<readonly PaymentStatus[]> = [
  ['ready'],
  ['ready', 'failed'],
  ['ready', 'paid'],
  ['ready', 'paid'],
  ['ready', 'failed', 'paid'],
  ['ready', 'awaiting_deposit'],
  ['ready', 'awaiting_deposit', 'failed'],
  ['ready', 'awaiting_deposit', 'paid'],
]
/** Before every deadline, and after the registration as far as the clocks agree. */
const BEGUN_AGO_MS = 90_000

/** Six claims are played in all orders; more are sampled. */
const CLAIMS_MAX = 8

/** `protocols` is a stream of its own: what a seed says of payments and claims does not depend on it. */
export function randomTruth(random: () => number, protocols: () => number): RandomTruth {
  const gatewayOr = (chance: number): GatewayName => (protocols() < chance ? 'portone-v2' : 'portone-v1')
  const below = (bound: number): number => Math.floor(random() * bound)
  const lives = Array.from({ length: 1 + below(3) }, (_, index) => randomLife(index, below))
  const count = 1 + below(CLAIMS_MAX)
  const claims = Array.from({ length: count }, () => randomClaim(lives.length, below))
  let reached = 0
  const steps = claims.map(() => (reached += below(3)))
  const gateway = gatewayOr(0.5)
  const ofGateway = (life: Life): Life => {
    const own = gatewayOr(gateway === 'portone-v2' ? 0.9 : 0.1)
    return life.map((seen) => ({ ...seen, gateway: own }))
  }
  return {
    lives: lives.map(ofGateway),
    claims,
    steps: [...steps, reached + 1],
    expiresAtMs: NOW_MS + (below(2) - 1) * MINUTE_MS,
    gateway,
  }
}

function randomClaim(lives: number, below: (bound: number) => number): Claim {
  const about = below(lives + 2)
  const says = ([null, 'success', 'failure', 'nothing'] as const)[below(4)] ?? null
  if (about === lives + 1) return { about: 'nothing', says }
  return { about: about === lives ? 'order' : about, says }
}

function randomLife(index: number, below: (bound: number) => number): Life {
  const path = paths[below(paths.length)] ?? ['ready']
  const flaw = ['none', 'none', 'none', 'none', 'amount', 'currency', 'channel', 'earlier', 'foreign'][
    below(9)
  ]
  const amount = flaw === 'amount' ? 13_999 : flaw === 'foreign' ? FOREIGN_AMOUNT : 14_000
  const facts = {
    paymentId: `imp_${index + 1}`,
    amounts: [amount],
    currencies: [flaw === 'currency' ? 'USD' : 'KRW'],
    testChannel: flaw === 'channel',
  }
  const account = path.includes('awaiting_deposit')
  const details = (status: PaymentStatus) => ({
    paidAtMs: status === 'paid' ? NOW_MS + index : null,
    accountDueAtMs: account && status !== 'ready' ? NOW_MS + MINUTE_MS : null,
    startedAtMs: NOW_MS - (flaw === 'earlier' ? DAYS_AGO_MS : BEGUN_AGO_MS) + index,
  })
  const life = path.map((status) => seen({ ...facts, status }, details(status)))
  if (path.at(-1) !== 'paid') return life
  return [...life, ...cancelsOf(facts, amount, details('paid'), below)]
}

/** Up to three console cancels, each with its own record. */
function cancelsOf(
  facts: Partial<Observation> & { readonly paymentId: string },
  amount: number,
  details: Parameters<typeof seen>[1],
  below: (bound: number) => number,
): Observation[] {
  const booked: Observation['cancels'] = []
  let total = 0
  return Array.from({ length: below(4) }).flatMap((_, at) => {
    const next = below(4) === 0 ? amount - total : Math.min(amount - total, 1 + below(6_000))
    if (next === 0) return []
    total += next
    booked.push({ id: `${facts.paymentId}-C${9 - at}`, amount: next, atMs: NOW_MS + at, reason: null })
    return [seen({ ...facts, status: 'cancelled', cancelledAmount: total, cancels: [...booked] }, details)]
  })
}
