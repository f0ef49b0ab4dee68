import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { freePort } from '../../../testing/free-port.ts'
import { freshDatabase } from '../../../testing/fresh-database.ts'
import { adminOf } from '../../../testing/postgres.ts'
import { DatabaseUnusable, openDatabase } from './open.ts'
import { checkPostgres, reportOf } from './postgres-settings.ts'

const now = (run: () => void): void => void setImmediate(run)
const startError = (url: string): Promise<unknown> =>
  openDatabase(url, now).then(
    async (db) => {
      await db.close()
      return 'it opened'
    },
    (error: unknown) => error,
  )

/** What a pooler does to the bytes that a client sends. */
type Pooler = (bytes: Buffer, isFirst: boolean) => Buffer

/** A pooler on loopback in front of the run's Postgres. */
async function pooled(url: string, changes: Pooler) {
  const folder = new URL(url).searchParams.get('host') ?? ''
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const upstream = connect(`${folder}/.s.PGSQL.5432`)
    sockets.push(client, upstream)
    let isFirst = true
    client.on('data', (bytes: Buffer) => {
      upstream.write(changes(bytes, isFirst))
      isFirst = false
    })
    upstream.pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
  })
  const port = await freePort()
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const address = new URL(url)
  address.searchParams.delete('host')
  address.host = `127.0.0.1:${port}`
  return {
    url: address.href,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Drops startup parameters, as PgBouncer's `ignore_startup_parameters` does. */
const dropping =
  (...names: readonly string[]): Pooler =>
  (bytes, isFirst) => {
    if (!isFirst) return bytes
    const parts = bytes.subarray(8, -1).toString('latin1').split('\0').slice(0, -1)
    const kept = parts.filter((_, index) => !names.includes(parts[index - (index % 2)] ?? ''))
    const body = Buffer.from(`${kept.map((part) => `${part}\0`).join('')}\0`, 'latin1')
    const head = Buffer.alloc(8)
    head.writeInt32BE(body.length + 8)
    bytes.copy(head, 4, 4, 8)
    return Buffer.concat([head, body])
  }

/** Keeps no session: what was listened for is forgotten with the transaction. The pauses of the wait for it are shorter, to save seconds. */
const forgetting: Pooler = (bytes) =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/listen \w+/, (text) => 'select 1'.padEnd(text.length))
      .replace('pg_sleep(0.02)', 'pg_sleep(0.00)'),
    'latin1',
  )

describe('Postgres: what a start reads back', () => {
  test('settings that a crash of the machine makes matter are told', async () => {
    await using database = await freshDatabase('postgres')
    const db = await openDatabase(database.url, now)
    // The run's server is fast and forgetful.
    expect(db.report).toEqual({
      settings: 'Postgres: fsync off, full_page_writes off, synchronous_commit on',
      warnings: [
        expect.stringMatching(/^Postgres runs with fsync=off/),
        expect.stringMatching(/^Postgres runs with full_page_writes=off/),
      ],
    })
    await db.close()
    expect(reportOf({ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' }).warnings).toEqual([])
  })

  test.for(['synchronous_commit', 'default_transaction_isolation', 'statement_timeout'])(
    'Landfall’s own %s holds, whatever the database says',
    async (name) => {
      await using database = await freshDatabase('postgres')
      const admin = await adminOf(database.url)
      const value =
        { synchronous_commit: 'off', default_transaction_isolation: "'serializable'" }[name] ?? '0'
      await admin.ask(`alter database ${new URL(database.url).pathname.slice(1)} set ${name} = ${value}`)
      await admin.end()
      expect((await checkPostgres(database.url)).settings).toContain('synchronous_commit on')
    },
  )

  test('S-10: a pooler that drops the settings does not start where the database’s own are weaker, and starts where they hold', async () => {
    await using database = await freshDatabase('postgres')
    await using pooler = await pooled(
      database.url,
      dropping('options', 'statement_timeout', 'idle_in_transaction_session_timeout'),
    )
    const name = new URL(database.url).pathname.slice(1)
    const admin = await adminOf(database.url)
    const error = await startError(pooler.url)
    expect(error).toBeInstanceOf(DatabaseUnusable)
    expect(String(error)).toMatch(
      /settings from Landfall: statement_timeout, idle_in_transaction_session_timeout\. Conn/,
    )
    await admin.ask(`alter database ${name} set synchronous_commit = off`)
    expect(String(await startError(pooler.url))).toMatch(
      /settings from Landfall: synchronous_commit, statement_timeout/,
    )
    await admin.ask(`alter database ${name} reset all`)
    for (const each of ['statement_timeout', 'idle_in_transaction_session_timeout'])
      await admin.ask(`alter database ${name} set ${each} = '10s'`)
    await admin.end()
    expect(await startError(pooler.url)).toBe('it opened')
  })

  test('K-05: a pooler that keeps no sessions does not start: it would deliver no messages', async () => {
    await using database = await freshDatabase('postgres')
    await using pooler = await pooled(database.url, forgetting)
    expect(String(await startError(pooler.url))).toMatch(/delivers no messages: a pooler in transaction mode/)
  })

  test('a server that takes no writes does not start', async () => {
    await using database = await freshDatabase('postgres')
    const admin = await adminOf(database.url)
    await admin.ask(
      `alter database ${new URL(database.url).pathname.slice(1)} set default_transaction_read_only = on`,
    )
    await admin.end()
    expect(String(await startError(database.url))).toMatch(/is read-only\. Name the primary server/)
  })
})
