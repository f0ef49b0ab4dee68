import { createDatabase, startPostgres } from '../testing/postgres.ts'
import { allRecorded, claimsWaiting, nothingLeft, openBooks, seed, type Range } from './books.ts'
import { inTurn, ordersOf, roundOf, warmUpOf, type Measured, type Run } from './figure.ts'
import { CONNECTIONS, load } from './load.ts'
import { cpuMicrosOf } from './processes.ts'
import { webhook } from './requests.ts'
import { openGateway, openServer } from './site.ts'
import { compared, verdict, type Row } from './table.ts'

const ask = { make: webhook, status: 200, recorded: true } as const

/** P8: the whole job on a Postgres of its own, which syncs each commit: one server, and two on the same database. */
export async function p8(run: Run): Promise<Row[]> {
  await using postgres = await startPostgres({ fsync: true })
  const rounds = await inTurn(run, 'P8', [
    [
      'one on Postgres',
      async () => {
        await using database = await createDatabase(postgres.url)
        return await roundOf(run, { side: 'landfall', databaseUrl: database.url }, ask)
      },
    ],
    ['two on Postgres', () => two(run, postgres.url)],
    ['own P2 on SQLite', () => roundOf(run, { side: 'landfall' }, ask)],
  ])
  return [
    compared(rounds, {
      figure: 'P8',
      what: 'whole job on Postgres',
      mine: 'one on Postgres',
      other: 'own P2 on SQLite',
      goal: 0.6,
    }),
    compared(rounds, {
      figure: 'P8',
      what: 'two servers on one Postgres',
      mine: 'two on Postgres',
      other: 'one on Postgres',
      goal: 1,
    }),
    {
      figure: 'P8',
      what: 'the same webhooks at both servers: recorded once each',
      measured: 'all',
      against: '',
      ratio: '',
      goal: 'no lost update',
      so: verdict(true),
    },
  ]
}

/** Two servers share the work; then both are told the same at the same time. A lost or doubled update fails the run. */
async function two({ options: { amount } }: Run, postgresUrl: string): Promise<Measured> {
  await using database = await createDatabase(postgresUrl)
  const both = { from: ordersOf(amount).count, count: warmUpOf(amount) }
  await seed(database.url, { from: 0, count: both.from + both.count })
  await using gateway = await openGateway()
  await using first = await openServer({ side: 'landfall' }, gateway, database.url)
  await using second = await openServer({ side: 'landfall' }, gateway, database.url)
  await using books = await openBooks(database.url)
  const half = ({ from, count }: Range, which: 0 | 1): Range =>
    which === 0
      ? { from, count: Math.floor(count / 2) }
      : { from: from + Math.floor(count / 2), count: Math.ceil(count / 2) }
  const told = (url: string, range: Range, rest?: () => Promise<void>) =>
    load(url, range.count, 200, (index) => webhook(range.from + index), {
      connections: CONNECTIONS / 2,
      ...(rest === undefined ? {} : { rest }),
    })
  const shared = async (range: Range): Promise<Measured> => {
    const before = cpuMicrosOf(first.pid) + cpuMicrosOf(second.pid)
    const startedAtMs = performance.now()
    let endedAtMs = startedAtMs
    const rest = async (): Promise<void> => {
      await nothingLeft(books, claimsWaiting)
      endedAtMs = performance.now()
    }
    const [a, b] = await Promise.all([
      told(first.url, half(range, 0), rest),
      told(second.url, half(range, 1), rest),
    ])
    await allRecorded(books, range)
    return {
      requestsPerSecond: (range.count / (endedAtMs - startedAtMs)) * 1_000,
      p50Ms: Math.max(a.p50Ms, b.p50Ms),
      p99Ms: Math.max(a.p99Ms, b.p99Ms),
      cpuMicros: (cpuMicrosOf(first.pid) + cpuMicrosOf(second.pid) - before) / range.count,
    }
  }
  await shared({ from: 0, count: warmUpOf(amount) })
  const measured = await shared({ from: warmUpOf(amount), count: amount })
  await Promise.all([told(first.url, both), told(second.url, both)])
  await nothingLeft(books, claimsWaiting)
  await allRecorded(books, both)
  return measured
}
