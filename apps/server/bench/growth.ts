import BetterSqlite3 from 'better-sqlite3'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inTurn, ordersOf, otherWork, roundOf, type Ask, type Run } from './figure.ts'
import { makeLarge } from './large.ts'
import { median } from './load.ts'
import { temporaryFolder } from './processes.ts'
import { webhook } from './requests.ts'
import { openGateway, openServer } from './site.ts'
import { bounded, compared, type Row } from './table.ts'

const LINES_PER_ORDER = 10
/** For each paid order so many that nobody has paid yet. */
const PENDING_SHARE = 0.1
/** Orders that `large.ts` makes come before those of the bench. */
const OURS = `order_id >= 'ord-1'`
/** Later than any run of this bench, and not so late that it would be taken for a wrong clock's. */
const FAR_MS = 3_600_000

type Large = { readonly path: string; readonly says: string }
let made: Promise<Large> | null = null

/** A database with a past, made once, and gone when this program ends. */
const largeDatabase = (run: Run): Promise<Large> => (made ??= openLarge(run))

async function openLarge({ options: { orders: paid }, say }: Run): Promise<Large> {
  const path = join(temporaryFolder().path, 'large.db')
  const pending = Math.round(paid * PENDING_SHARE)
  say(`making ${paid} paid orders with ${paid * LINES_PER_ORDER} lines of history, and ${pending} pending`)
  await makeLarge(path, { paid, pending, lines: LINES_PER_ORDER })
  const orders = numberIn(path, `select count(*) from orders where status = 'paid' and not ${OURS}`)
  const lines = numberIn(path, `select count(*) from timeline where not ${OURS}`)
  const says = `${orders.toLocaleString('en')} orders, ${lines.toLocaleString('en')} lines of history`
  return { path, says }
}

function numberIn(path: string, query: string): number {
  const raw = new BetterSqlite3(path, { readonly: true })
  try {
    return Number(raw.prepare(query).pluck().get())
  } finally {
    raw.close()
  }
}

function change(path: string, statements: string): void {
  const raw = new BetterSqlite3(path)
  raw.exec(statements)
  raw.pragma('wal_checkpoint(TRUNCATE)')
  raw.close()
}

/** Nothing waits and nothing is due: what is measured is the size of the file, not a backlog. */
const calm = (path: string): void =>
  change(
    path,
    `delete from receipts where state = 'waiting';
     update orders set due_at_ms = ${Date.now() + FAR_MS} where status = 'open' and due_at_ms < ${Date.now() + FAR_MS / 2}`,
  )

/** P5: the same rates and the same p99 as on an empty file. */
export async function p5(run: Run): Promise<Row[]> {
  const large = await largeDatabase(run)
  const size = ordersOf(run.options.amount).count
  // Each round has orders of its own, behind those of earlier runs in a file that is kept.
  let from = numberIn(large.path, `select count(*) from orders where ${OURS}`)
  const onLarge = async (ask: Ask, silent: boolean) => {
    calm(large.path)
    const wanted = { side: 'landfall', gateway: { silent }, databaseUrl: `file:${large.path}` } as const
    const measured = await roundOf(run, wanted, ask, from)
    from += size
    return measured
  }
  const onEmpty = (ask: Ask, silent: boolean) => roundOf(run, { side: 'landfall', gateway: { silent } }, ask)
  const rows: Row[] = []
  for (const [what, recorded] of [
    ['P1', false],
    ['P2', true],
  ] as const) {
    const ask = { make: webhook, status: 200, recorded }
    const rounds = await inTurn(run, `P5 ${what}`, [
      [large.says, () => onLarge(ask, !recorded)],
      ['empty', () => onEmpty(ask, !recorded)],
    ])
    const p99 = (side: string): number => median((rounds.of.get(side) ?? []).map((round) => round.p99Ms))
    rows.push(
      compared(rounds, {
        figure: 'P5',
        what: `${what} on a file of ${large.says}`,
        mine: large.says,
        other: 'empty',
        goal: 0.9,
      }),
      bounded(
        { figure: 'P5', what: `${what} there: p99 × an empty file’s`, goal: 1.3, unit: '×' },
        [p99(large.says) / Math.max(1, p99('empty'))],
        {
          against: `${p99(large.says).toFixed(0)} · ${p99('empty').toFixed(0)} ms`,
          otherWork: rounds.otherWork,
        },
      ),
    )
  }
  return rows
}

const STARTS = 5
const READY_MS_MAX = 60_000
const HOUR_MS = 3_600_000

/** P7: from the start of the process until it is ready, empty and with a past; and then to the first look that was due. */
export async function p7(run: Run): Promise<Row[]> {
  const large = await largeDatabase(run)
  const busy = await otherWork()
  const empty: number[] = []
  const ready: number[] = []
  const firstDue: number[] = []
  for (let round = 0; round < STARTS; round += 1) {
    using folder = temporaryFolder()
    empty.push((await startOn(`file:${folder.path}/landfall.db`)).readyAfterMs)
    // Half of what is pending is due, the rest within the hour.
    change(
      large.path,
      `update orders set lease_until_ms = 0, due_at_ms = ${Date.now() - HOUR_MS} + abs(random() % ${2 * HOUR_MS}) where status = 'open' and not ${OURS}`,
    )
    const started = await startOn(`file:${large.path}`, true)
    ready.push(started.readyAfterMs)
    firstDue.push(started.firstDueMs)
    run.say(
      `P7 round ${round + 1} of ${STARTS}: empty ${empty.at(-1)?.toFixed(0)} ms, large ${ready.at(-1)?.toFixed(0)} ms, first due look ${firstDue.at(-1)?.toFixed(0)} ms later`,
    )
  }
  const pending = numberIn(large.path, `select count(*) from orders where status = 'open' and not ${OURS}`)
  const with_ = `${large.says}, ${pending.toLocaleString('en')} orders pending`
  return [
    bounded({ figure: 'P7', what: 'start, empty: ready after', goal: 400, unit: 'ms' }, empty, {
      otherWork: busy,
    }),
    bounded({ figure: 'P7', what: `start, ${with_}: ready after`, goal: 5_000, unit: 'ms' }, ready, {
      otherWork: busy,
    }),
    bounded(
      { figure: 'P7', what: 'there, the first due look after that', goal: 1_000, unit: 'ms' },
      firstDue,
      { otherWork: busy },
    ),
  ]
}

async function startOn(
  databaseUrl: string,
  isDue = false,
): Promise<{ readyAfterMs: number; firstDueMs: number }> {
  await using gateway = await openGateway()
  await using server = await openServer({ side: 'landfall', readyMsMax: READY_MS_MAX }, gateway, databaseUrl)
  const readyAtMs = performance.now()
  while (isDue && (await gateway.counts()).lookups === 0) {
    if (performance.now() - readyAtMs > READY_MS_MAX) throw new Error('nothing that is due is looked up')
    await wait(5)
  }
  return { readyAfterMs: server.readyAfterMs, firstDueMs: performance.now() - readyAtMs }
}
