import { Pool } from 'undici'
import { claimsWaiting, nothingLeft } from './books.ts'
import { inTurn, measure, otherWork, roundOf, type Run } from './figure.ts'
import { median } from './load.ts'
import { memoryOf } from './processes.ts'
import { comeBack, postTo, verify, webhook, type Make } from './requests.ts'
import { openSite } from './site.ts'
import { bounded, compared, type Row } from './table.ts'

const GATEWAY_MS = 50
const AT_ONCE = 256
/** Of those the bare server with its 64 sockets answers in a second. */
const SLOW_AMOUNT_MAX = 4_000

/** P3. */
export async function p3(run: Run): Promise<Row[]> {
  const slow = { ...run, options: { ...run.options, amount: Math.min(SLOW_AMOUNT_MAX, run.options.amount) } }
  const gateway = { delayMs: GATEWAY_MS }
  const ask = { status: 200, recorded: true, connections: AT_ONCE } as const
  const rounds = await inTurn(slow, 'P3', [
    ['landfall', () => roundOf(slow, { side: 'landfall', gateway }, { ...ask, make: verify })],
    ['limit', () => roundOf(slow, { side: 'limit', gateway }, { ...ask, make: postTo('/verify') })],
    [
      'returns',
      () => roundOf(slow, { side: 'landfall', gateway }, { make: comeBack, status: 303, recorded: true }),
    ],
  ])
  const { otherWork: busy } = rounds
  const of = (side: string, which: 'p50Ms' | 'p99Ms'): number[] =>
    (rounds.of.get(side) ?? []).map((round) => round[which])
  return [
    compared(rounds, {
      figure: 'P3',
      what: `gateway ${GATEWAY_MS} ms, ${AT_ONCE} verifies at once, recorded`,
      mine: 'landfall',
      other: 'limit',
      goal: 3,
    }),
    bounded(
      { figure: 'P3', what: 'their answer, with its look-up, p50', goal: GATEWAY_MS + 15, unit: 'ms' },
      of('landfall', 'p50Ms'),
      {
        against: `limit ${median(of('limit', 'p50Ms'))} ms`,
        otherWork: busy,
      },
    ),
    bounded(
      { figure: 'P3', what: 'return, 64 at once, p99', goal: GATEWAY_MS + 12, unit: 'ms' },
      of('returns', 'p99Ms'),
      { otherWork: busy },
    ),
  ]
}

const TEN = 10
const PAYMENTS_OF_TEN = 20
const WARM_UP = 400

/** P10, second half: ten claims of one new payment at the same moment. */
export async function tenAtOnce(run: Run): Promise<Row[]> {
  const orders = { from: 0, count: WARM_UP + PAYMENTS_OF_TEN }
  const busy = await otherWork()
  await using site = await openSite({ side: 'landfall', orders, gateway: { delayMs: GATEWAY_MS } })
  await measure(site, { make: verify, status: 200, recorded: true }, { from: 0, count: WARM_UP })
  await using sockets = openSockets(site.server.url)
  const slowest: number[] = []
  const lookups: number[] = []
  for (let index = WARM_UP; index < orders.count; index += 1) {
    const before = await site.gateway.counts()
    const makes = Array.from({ length: TEN }, (_, number) => (number % 2 === 0 ? verify : webhook))
    const took = await Promise.all(makes.map((make) => sockets.timed(make, index)))
    slowest.push(Math.max(...took.map(({ ms }) => ms)))
    await nothingLeft(site.books, claimsWaiting)
    lookups.push((await site.gateway.counts()).lookups - before.lookups)
  }
  const { tokens } = await site.gateway.counts()
  run.say(
    `P10 ten at once: ${PAYMENTS_OF_TEN} payments, slowest answer ${median(slowest).toFixed(0)} ms, ${median(lookups)} look-up`,
  )
  const figure = 'P10'
  return [
    bounded(
      { figure, what: 'ten at once of a new payment: the slowest answer', goal: GATEWAY_MS + 20, unit: 'ms' },
      slowest,
      { otherWork: busy },
    ),
    bounded({ figure, what: 'look-ups for ten at once, at worst', goal: 1, unit: '' }, [
      Math.max(...lookups),
    ]),
    bounded({ figure, what: 'tokens asked for, over all of them', goal: 1, unit: '' }, [tokens]),
  ]
}

const HANGING = 64
const VERIFY_DEADLINE_MS = 2_500
/** An answer at its deadline is on its way a little longer. */
const DEADLINE_SLACK_MS = 250
const FLAT_MIB = 16
const RECOVERED_MS = 50

/** P12: 64 customers wait at any time while the gateway takes every call and answers none; then it is back. */
export async function p12(run: Run): Promise<Row[]> {
  const { seconds } = run.options
  const count = WARM_UP + HANGING * (Math.ceil((seconds * 1_000) / VERIFY_DEADLINE_MS) + 2) + 1
  const busy = await otherWork()
  await using site = await openSite({ side: 'landfall', orders: { from: 0, count } })
  await measure(site, { make: verify, status: 200, recorded: true }, { from: 0, count: WARM_UP })
  await using sockets = openSockets(site.server.url)
  await site.gateway.behave({ silent: true })
  const endsAtMs = performance.now() + seconds * 1_000
  const memory: number[] = []
  const took: number[] = []
  let [next, failed] = [WARM_UP, 0]
  while (performance.now() < endsAtMs) {
    const wave = await Promise.all(Array.from({ length: HANGING }, () => sockets.timed(verify, next++)))
    took.push(...wave.map(({ ms }) => ms))
    failed += wave.filter(({ status }) => status !== 200).length
    memory.push(memoryOf(site.server.pid).nowMiB)
    run.say(
      `P12 ${Math.max(0, (endsAtMs - performance.now()) / 1_000).toFixed(0)} s left: ${took.length} answered, ${failed} of them not with 200, ${memory.at(-1)?.toFixed(0)} MiB`,
    )
  }
  await site.gateway.behave({})
  const first = await sockets.timed(verify, count - 1)
  const half = Math.floor(memory.length / 2)
  return [
    bounded(
      {
        figure: 'P12',
        what: `black hole for ${seconds} s, ${HANGING} hanging: slowest answer`,
        goal: VERIFY_DEADLINE_MS + DEADLINE_SLACK_MS,
        unit: 'ms',
      },
      [Math.max(...took)],
      { otherWork: busy },
    ),
    bounded({ figure: 'P12', what: 'requests of those not answered 200', goal: 0, unit: '' }, [
      failed + (first.status === 200 ? 0 : 1),
    ]),
    bounded({ figure: 'P12', what: 'memory over the last half of it', goal: FLAT_MIB, unit: 'MiB more' }, [
      median(memory.slice(half)) - median(memory.slice(0, half)),
    ]),
    bounded({ figure: 'P12', what: 'first request after it', goal: RECOVERED_MS, unit: 'ms' }, [first.ms], {
      otherWork: busy,
    }),
  ]
}

type Timed = { readonly ms: number; readonly status: number }

/** As many sockets as needed, kept open, for requests that are timed one by one. */
export function openSockets(
  url: string,
): AsyncDisposable & { readonly timed: (make: Make, index: number) => Promise<Timed> } {
  const pool = new Pool(url, { connections: AT_ONCE, headersTimeout: 30_000 })
  return {
    timed: async (make, index) => {
      const { method = 'GET', path = '/', headers = {}, body = null } = make(index)
      const startedAtMs = performance.now()
      const answer = await pool.request({ method: method === 'POST' ? 'POST' : 'GET', path, headers, body })
      await answer.body.dump()
      return { ms: performance.now() - startedAtMs, status: answer.statusCode }
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}
