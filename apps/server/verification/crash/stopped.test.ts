import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { createDatabase } from '../../testing/postgres.ts'
import { readBooks } from './books.ts'
import { callProcedure, gatewayKeys, startServer, until } from './server-process.ts'
import { freePort } from '../../testing/free-port.ts'
import { openShopBackend } from './shop-backend.ts'

const LEASE_MS = 1_000
/** How long the gateway and the shop think: the first server must be stopped meanwhile. */
const SLOW_MS = 6_000
const settings = {
  WORK_LEASE_MS: String(LEASE_MS),
  SWEEP_INTERVAL_MS: '100',
  LOOKUP_TIMEOUT_MS: '60000',
  NOTIFY_TIMEOUT_MS: '60000',
}

/**
 * A server is stopped (SIGSTOP) with three pieces of work in its hands: a look-up, a cancel and a notice, each sent and not yet answered.
 * When its leases have run out another server does them. Then the first goes on and finds its answers: whatever it would write now must be
 * refused. Real time, with a lease of a second: how long it is makes no difference to who holds it.
 */
async function stopAndGoOn(databaseUrl: string, folder: string): Promise<void> {
  await using gateway = await startSandbox(gatewayKeys)
  await using backend = await openShopBackend(() => false)
  const world = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: backend.url }
  await using first = startServer(world, await freePort(), settings)
  expect(await first.ready(), first.complaint()).toBe(true)
  const open = async (orderId: string): Promise<string> => {
    expect(
      (await callProcedure(first.url, 'orders.register', { orderId, name: '증명', amount: 5_000 }))?.status,
    ).toBe(200)
    const opened = gateway.open({
      merchantUid: orderId,
      amount: 5_000,
      noticeUrl: `${first.url}/webhooks/portone`,
    })
    if (!opened.ok) throw new Error(opened.errorMsg)
    return opened.impUid
  }
  const status = async (orderId: string) =>
    (await readBooks(databaseUrl)).orders.find((row) => row.orderId === orderId)?.status
  const [looked, cancelled, told] = [await open('looked'), await open('cancelled'), await open('told')]
  await gateway.approve(cancelled)
  await until(
    'the order to cancel is paid and told',
    async () => (await status('cancelled')) === 'paid' && backend.told.length === 1,
  )
  // The receiver is slow and will say no: the notice of the third order is in the first server's hands. Its late *no* must not make a
  // notice that the second server has delivered meanwhile undelivered again.
  backend.think(SLOW_MS, 500)
  await gateway.approve(told)
  await until('the notice is on its way', () => backend.told.some((each) => each.orderId === 'told'))
  // The gateway is slow: a look-up and the look before a cancel are in the first server's hands.
  const before = gateway.calls().length
  gateway.misbehave({ rest: 'slow', restOn: 'lookup', restMs: SLOW_MS })
  await gateway.approve(looked)
  const asking = callProcedure(first.url, 'orders.cancel', {
    orderId: 'cancelled',
    amount: 2_000,
    reason: '변심',
    idempotencyKey: 'k',
  })
  const sent = (impUid: string) =>
    gateway
      .calls()
      .slice(before)
      .some(({ path }) => path === `/payments/${impUid}`)
  await until('both look-ups are on their way', () => sent(looked) && sent(cancelled))
  first.signal('SIGSTOP')
  gateway.behave()
  backend.think(0, 204)
  await using second = startServer(world, await freePort(), settings)
  expect(await second.ready(), second.complaint()).toBe(true)
  const isQuiet = async (): Promise<boolean> => {
    const books = await readBooks(databaseUrl)
    return (
      books.orders.map((row) => row.status).join() === 'partially_cancelled,paid,paid' &&
      books.notices.every((row) => row.state === 'delivered') &&
      books.receipts.every((row) => row.state === 'done') &&
      books.cancels.every((row) => row.state === 'done')
    )
  }
  await until('the second server has done all of it', isQuiet)
  const quiet = await readBooks(databaseUrl)
  first.signal('SIGCONT')
  await asking
  expect(await first.ready()).toBe(true)
  await pause(3 * LEASE_MS)
  expect(withoutLooks(await readBooks(databaseUrl))).toEqual(withoutLooks(quiet))
  expect(gateway.payments().find((row) => row.imp_uid === cancelled)?.cancel_history).toHaveLength(1)
  expect(new Set(backend.told.filter((each) => each.orderId === 'told').map(({ id }) => id)).size).toBe(1)
  expect(
    backend.told.filter((each) => each.orderId === 'told').length,
    'the second server told it again',
  ).toBeGreaterThan(1)
}

/**
 * Without the marks of a look. A late answer is stale: the corridor throws it away and asks again, as anybody may at any time, and that new
 * look moves the order's version and time of look and nothing else.
 */
function withoutLooks(books: Awaited<ReturnType<typeof readBooks>>) {
  return { ...books, orders: books.orders.map((row) => ({ ...row, version: 0, lookedAtMs: 0 })) }
}

// Broken on purpose: without `eq(notices.lease, row.lease)` in the store's `settleNotice` this fails, the delivered notice waits again.
test('K-02 S-15 a server stopped with work in its hands and continued after its leases have run out writes nothing, on SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-stopped-'))
  try {
    await stopAndGoOn(`file:${join(folder, 'landfall.db')}`, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('K-02 S-15 a server stopped with work in its hands and continued after its leases have run out writes nothing, on Postgres', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-stopped-'))
  try {
    await using database = await createDatabase(inject('postgresUrl'))
    await stopAndGoOn(database.url, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
