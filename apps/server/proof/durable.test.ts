import { spawnSync } from 'node:child_process'
import { startSandbox } from '@landfall/gateway-sandbox'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openDatabase, type Database } from '../src/store/db.ts'
import { readBooks } from './books.ts'
import {
  callProcedure,
  freePort,
  gatewayKeys,
  startServer,
  until,
  type World as Place,
} from './server-process.ts'
import { weakening } from './weakening.ts'

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-durable-'))
  try {
    await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const placeOf = (folder: string, gatewayUrl: string): Place => ({
  folder,
  databaseUrl: `file:${join(folder, 'landfall.db')}`,
  gatewayUrl,
  noticeUrl: null,
})

const tell = (url: string, number: number): Promise<number> =>
  fetch(`${url}/webhooks/portone`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      imp_uid: `imp_${String(number).padStart(12, '0')}`,
      merchant_uid: `ord-${number}`,
      status: 'paid',
    }),
  }).then(
    (answer) => answer.status,
    () => 0,
  )

const findStrace = (): string | null =>
  spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0 ? 'strace' : null

/** 2 is FULL: each commit is synced before it is acknowledged. 1, NORMAL, syncs only now and then. */
async function levelOf(db: Database): Promise<unknown> {
  const row: unknown = await db.query.get(sql`pragma synchronous`)
  return row
}

const open = (url: string): Promise<Database> => openDatabase(url, (run) => void setImmediate(run))

test('C-05 S-10 every connection to a new, a used and a reopened file runs at synchronous FULL, also the second one at the same time', () =>
  inFolder(async (folder) => {
    const url = `file:${join(folder, 'landfall.db')}`
    for (const use of ['new', 'used', 'reopened']) {
      const [first, second] = [await open(url), await open(url)]
      for (const db of [first, second])
        expect(Object.values({ ...Object(await levelOf(db)) }), use).toEqual([2])
      await first.close()
      await second.close()
    }
  }))

// The control: what counts as proof here does tell NORMAL from FULL.
test('a connection at NORMAL would be found out', () =>
  inFolder(async (folder) => {
    const db = await open(`file:${join(folder, 'landfall.db')}`)
    await db.query.run(sql`pragma synchronous = normal`)
    expect(Object.values({ ...Object(await levelOf(db)) })).toEqual([1])
    await db.close()
  }))

/** Tells a server on a reopened file about `count` payments, one after the other so that none shares its commit, and counts its syncs. */
async function syncsFor(folder: string, strace: string, count: number, weakened: boolean): Promise<number> {
  // Nobody there: no look-up's commit is counted for a webhook's.
  const place = placeOf(folder, 'http://127.0.0.1:9')
  await (await open(place.databaseUrl)).close()
  const trace = join(folder, `trace-${weakened}`)
  const preload = join(folder, 'weaken.cjs')
  writeFileSync(preload, weakening)
  const settings = {
    SWEEP_INTERVAL_MS: '3600000',
    ...(weakened ? { NODE_OPTIONS: `--require ${preload}` } : {}),
  }
  await using server = startServer(place, await freePort(), settings, [
    strace,
    '-f',
    '-qq',
    '-e',
    'trace=fsync,fdatasync',
    '-o',
    trace,
  ])
  try {
    expect(await server.ready(), server.complaint()).toBe(true)
    const syncs = (): number =>
      readFileSync(trace, 'utf8')
        .split('\n')
        .filter((line) => /f(data)?sync\(/.test(line)).length
    const before = syncs()
    for (let number = 0; number < count; number += 1) expect(await tell(server.url, number)).toBe(200)
    return syncs() - before
  } finally {
    // strace ends when the one it traces does: its only child.
    process.kill(Number(readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')), 'SIGKILL')
  }
}

test(
  'C-05 S-10 a server on a reopened file syncs at least once for each webhook it acknowledges, and at NORMAL it would not: counted by strace where there is one',
  () =>
    inFolder(async (folder) => {
      const strace = findStrace()
      if (strace === null) {
        process.stderr.write(
          'syncs not counted, there is no strace here: FULL was checked by the pragma of every connection alone\n',
        )
        return
      }
      const [full, normal] = [
        await syncsFor(folder, strace, 50, false),
        await syncsFor(folder, strace, 50, true),
      ]
      process.stderr.write(
        `syncs for 50 acknowledged webhooks, by strace: ${full} at FULL, ${normal} at NORMAL\n`,
      )
      expect(full).toBeGreaterThanOrEqual(50)
      expect(normal).toBeLessThan(50)
    }),
  60_000,
)

test(
  'C-08 a damaged file is refused at start with a sentence that says which file, and a way out; it is left as it was',
  () =>
    inFolder(async (folder) => {
      const place = placeOf(folder, 'http://127.0.0.1:9')
      const file = join(folder, 'landfall.db')
      const db = await open(place.databaseUrl)
      await db.close()
      const hole = openSync(file, 'r+')
      for (let page = 1; page < 12; page += 1)
        writeSync(hole, Buffer.alloc(2_048, 0x5a), 0, 2_048, page * 4_096)
      closeSync(hole)
      const damaged = readFileSync(file)
      await using server = startServer(place, await freePort())
      expect(await server.ended).toEqual({ code: 1, signal: null })
      expect(server.complaint()).toMatch(/landfall\.db is damaged .*put a backup in its place/s)
      expect(server.complaint().trim().split('\n')).toHaveLength(1)
      expect(readFileSync(file).equals(damaged)).toBe(true)
    }),
  30_000,
)

test(
  'C-10 SIGTERM under load: it ends within 10 s with code 0, and every webhook and order it acknowledged is stored',
  () =>
    inFolder(async (folder) => {
      await using gateway = await startSandbox(gatewayKeys)
      gateway.misbehave({ rest: 'slow', restMs: 300 })
      const place = placeOf(folder, gateway.url)
      await using server = startServer(place, await freePort())
      expect(await server.ready(), server.complaint()).toBe(true)
      const acknowledged: number[] = []
      const orders: string[] = []
      let next = 0
      const load = Array.from({ length: 24 }, async () => {
        while (server.isRunning()) {
          const number = (next += 1)
          if (number % 8 === 0) {
            const orderId = `ord-${number}`
            const answer = await callProcedure(server.url, 'orders.register', {
              orderId,
              name: '증명',
              amount: 1_000,
            })
            if (answer?.status === 200) orders.push(orderId)
          } else if ((await tell(server.url, number)) === 200) acknowledged.push(number)
          await pause(5)
        }
      })
      await until('there is load', () => acknowledged.length > 200)
      const sinceMs = Date.now()
      server.signal('SIGTERM')
      expect(await server.ended).toEqual({ code: 0, signal: null })
      expect(Date.now() - sinceMs).toBeLessThan(10_000)
      await Promise.all(load)
      const books = await readBooks(place.databaseUrl)
      const stored = new Set(books.receipts.map((row) => row.orderId))
      expect(acknowledged.filter((number) => !stored.has(`ord-${number}`))).toEqual([])
      expect(orders.filter((orderId) => !books.orders.some((row) => row.orderId === orderId))).toEqual([])
    }),
  60_000,
)

test(
  'C-10 SIGTERM while the gateway answers nothing at all: it still ends within 10 s with code 0',
  () =>
    inFolder(async (folder) => {
      await using gateway = await startSandbox(gatewayKeys)
      gateway.misbehave({ rest: 'slow', restMs: 60_000 })
      await using server = startServer(placeOf(folder, gateway.url), await freePort())
      expect(await server.ready(), server.complaint()).toBe(true)
      for (let number = 0; number < 40; number += 1) expect(await tell(server.url, number)).toBe(200)
      const sinceMs = Date.now()
      server.signal('SIGTERM')
      expect(await server.ended).toEqual({ code: 0, signal: null })
      expect(Date.now() - sinceMs).toBeLessThan(10_000)
    }),
  60_000,
)

test('C-06 a file that has reached its size limit: 503 and no 2xx for what is not stored, reads go on, and it recovers without a restart', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'landfall.db')
    const url = `file:${file}`
    const db = await open(url)
    const { orders } = db.tables
    const store = (orderId: string, size: number) =>
      db.atomically([
        (query) =>
          query
            .insert(db.tables.timeline)
            .values({
              entryId: orderId,
              orderId,
              paymentId: null,
              atMs: 0,
              event: 'x',
              fromStatus: null,
              toStatus: null,
              reason: 'x'.repeat(size),
            })
            .returning({ id: db.tables.timeline.entryId }),
      ])
    await store('before', 10)
    const pages = Object.values({ ...Object(await db.query.get(sql`pragma page_count`)) })
    await db.query.get(sql.raw(`pragma max_page_count = ${String(pages[0])}`))
    await expect(store('too much', 100_000)).rejects.toMatchObject({ name: 'StorageUnavailable' })
    expect(await db.query.select().from(orders)).toEqual([])
    expect(
      (await db.query.select({ id: db.tables.timeline.entryId }).from(db.tables.timeline)).map(
        (row) => row.id,
      ),
    ).toEqual(['before'])
    await db.query.get(sql`pragma max_page_count = 1000000`)
    expect(await store('after', 100_000)).toBe('done')
    await db.close()
    using reader = new DatabaseSync(file, { readOnly: true })
    expect(reader.prepare('select count(*) as n from timeline').get()).toEqual({ n: 2 })
  }))
