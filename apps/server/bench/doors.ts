import { claimsWaiting, nothingLeft } from './books.ts'
import { inTurn, measure, ordersOf, roundOf, warmUpOf, type Measured, type Run } from './figure.ts'
import { median } from './load.ts'
import { comeBack, postTo, verify, webhook, webhookV2, type Make } from './requests.ts'
import { openSite } from './site.ts'
import { bounded, compared, doubt, verdict, type Row } from './table.ts'

/** P1. The gateway never answers on our side, so that what is measured is the intake: the look-ups begin all the same, and hang. */
export async function p1(run: Run): Promise<Row[]> {
  const rounds = await inTurn(run, 'P1', [
    [
      'landfall',
      () =>
        roundOf(
          run,
          { side: 'landfall', gateway: { silent: true } },
          { make: webhook, status: 200, recorded: false },
        ),
    ],
    [
      'limit',
      () => roundOf(run, { side: 'limit' }, { make: postTo('/claim'), status: 200, recorded: false }),
    ],
  ])
  const what = 'webhook stored durably and answered, gateway silent'
  return [compared(rounds, { figure: 'P1', what, mine: 'landfall', other: 'limit', goal: 0.8 })]
}

const wholeJob = { make: webhook, status: 200, recorded: true } as const
/** From the design's table, on a machine of this kind; no peer is installed here. */
const FASTEST_PEER = 2_030
const PEER_TIMES = 5

/** P2. Until all are recorded, not only answered. By V2 a webhook is signed, and one look-up is made for each payment: V2 has no look-up of several. */
export async function p2(run: Run): Promise<Row[]> {
  const rounds = await inTurn(run, 'P2', [
    ['landfall', () => roundOf(run, { side: 'landfall' }, wholeJob)],
    ['limit', () => roundOf(run, { side: 'limit' }, wholeJob)],
    [
      'by V2',
      () => roundOf(run, { side: 'landfall', protocol: 'portone-v2' }, { ...wholeJob, make: webhookV2 }),
    ],
  ])
  const ours = rounds.of.get('landfall') ?? []
  const rate = median(ours.map(({ requestsPerSecond }) => requestsPerSecond))
  const { otherWork } = rounds
  return [
    compared(rounds, {
      figure: 'P2',
      what: 'webhook → looked up → all recorded',
      mine: 'landfall',
      other: 'limit',
      goal: 1,
    }),
    compared(rounds, {
      figure: 'P2',
      what: 'the whole job by PortOne V2',
      mine: 'by V2',
      other: 'landfall',
      goal: 0.9,
    }),
    bounded(
      { figure: 'P2', what: 'answer, p99 of 64 connections', goal: 15, unit: 'ms' },
      ours.map(({ p99Ms }) => p99Ms),
      { otherWork },
    ),
    {
      figure: 'P2',
      what: 'against the fastest peer (quoted, not measured here)',
      measured: `${Math.round(rate).toLocaleString('en')}/s`,
      against: `${FASTEST_PEER.toLocaleString('en')}/s, quoted`,
      ratio: (rate / FASTEST_PEER).toFixed(2),
      goal: `≥ ${PEER_TIMES}`,
      so: doubt([ours], otherWork) ?? verdict(rate >= PEER_TIMES * FASTEST_PEER),
    },
  ]
}

/** P4. */
export async function p4(run: Run): Promise<Row[]> {
  const rounds = await inTurn(run, 'P4', [
    ['landfall', () => roundOf(run, { side: 'landfall' }, { make: verify, status: 200, recorded: true })],
    ['own P2', () => roundOf(run, { side: 'landfall' }, wholeJob)],
  ])
  return [
    compared(rounds, {
      figure: 'P4',
      what: 'payments.verify by tRPC, recorded',
      mine: 'landfall',
      other: 'own P2',
      goal: 0.5,
    }),
  ]
}

/** P10, first half: what comes once more about a finished payment. */
export async function repeats(run: Run): Promise<Row[]> {
  const asked: number[] = []
  const again = async (make: Make, status: number): Promise<Measured> => {
    const { measured, lookups } = await repeated(run, make, status)
    asked.push(lookups)
    return measured
  }
  const rounds = await inTurn(run, 'P10', [
    ['webhook', () => again(webhook, 200)],
    ['return', () => again(comeBack, 303)],
    [
      'bare JSON',
      () => roundOf(run, { side: 'limit' }, { make: postTo('/json'), status: 200, recorded: false }),
    ],
  ])
  const row = (mine: string): Row =>
    compared(rounds, {
      figure: 'P10',
      what: `${mine} of a finished payment`,
      mine,
      other: 'bare JSON',
      goal: 0.6,
    })
  return [
    row('webhook'),
    row('return'),
    bounded({ figure: 'P10', what: 'look-ups for those repeats, in the worst round', goal: 0, unit: '' }, [
      Math.max(...asked),
    ]),
  ]
}

async function repeated(
  run: Run,
  make: Make,
  status: number,
): Promise<{ measured: Measured; lookups: number }> {
  const { amount } = run.options
  const [from, count] = [warmUpOf(amount), amount]
  await using site = await openSite({
    side: 'landfall',
    orders: ordersOf(amount),
    profiled: run.options.profiled,
  })
  await measure(site, wholeJob, ordersOf(amount))
  const before = (await site.gateway.counts()).lookups
  await measure(site, { make, status, recorded: false }, { from: 0, count: from })
  const measured = await measure(site, { make, status, recorded: false }, { from, count })
  await nothingLeft(site.books, claimsWaiting)
  return { measured, lookups: (await site.gateway.counts()).lookups - before }
}
