import { startSandbox } from '@landfall/gateway-sandbox'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { createDatabase } from '../testing/postgres.ts'
import { readBooks } from './books.ts'
import { buyer, callProcedure, freePort, gatewayKeys, startServer, until } from './server-process.ts'
import { openShopBackend } from './shop-backend.ts'

const orderId = 'raced'
const RETURNS = 25
const WEBHOOKS = 25

/** Two server processes on one database; half of fifty returns and webhooks for one payment reach each, all at once. */
async function race(databaseUrl: string, folder: string): Promise<void> {
  await using gateway = await startSandbox(gatewayKeys)
  await using backend = await openShopBackend(() => false)
  const world = { folder, databaseUrl, gatewayUrl: gateway.url, noticeUrl: backend.url }
  await using first = startServer(world, await freePort())
  await using second = startServer(world, await freePort())
  for (const server of [first, second]) expect(await server.ready(), server.complaint()).toBe(true)
  const order = { orderId, name: '증명', amount: 5_000 }
  expect((await callProcedure(first.url, 'orders.register', order))?.status).toBe(200)
  const opened = gateway.open({ ...buyer, merchantUid: orderId, amount: 5_000 })
  if (!opened.ok) throw new Error(opened.errorMsg)
  await gateway.approve(opened.impUid)
  const at = (index: number): string => (index % 2 === 0 ? first.url : second.url)
  const come = (index: number): Promise<Response> =>
    fetch(
      `${at(index)}/complete?imp_uid=${opened.impUid}&merchant_uid=${orderId}&imp_success=true&n=${index}`,
      {
        redirect: 'manual',
      },
    )
  const tell = (index: number): Promise<Response> =>
    fetch(`${at(index)}/webhooks/portone`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ imp_uid: opened.impUid, merchant_uid: orderId, status: 'paid' }),
    })
  const answers = await Promise.all([
    ...Array.from({ length: RETURNS }, (_, index) => come(index)),
    ...Array.from({ length: WEBHOOKS }, (_, index) => tell(index)),
  ])
  expect(answers.slice(0, RETURNS).every(({ status }) => status === 303)).toBe(true)
  expect(answers.slice(RETURNS).every(({ status }) => status === 200)).toBe(true)
  await until('the shop is told', () => backend.told.length > 0)
  await until('nothing is left to do', async () => {
    const { receipts, notices } = await readBooks(databaseUrl)
    return [...receipts, ...notices].every(({ state }) => state !== 'waiting')
  })
  const books = await readBooks(databaseUrl)
  expect(books.orders).toMatchObject([{ orderId, status: 'paid', sequence: 1 }])
  expect(books.proofs).toMatchObject([{ orderId, paymentId: opened.impUid }])
  expect(new Set(backend.told.map(({ id, type }) => `${type} ${id}`)).size).toBe(1)
  expect(backend.told[0]?.type).toBe('payment.paid')
}

const engines = ['SQLite', 'Postgres'] as const

test.for(engines)(
  'K-01: two server processes on one %s, fifty returns and webhooks of one payment at once: one payment.paid',
  async (engine) => {
    const folder = mkdtempSync(join(tmpdir(), 'landfall-race-'))
    try {
      if (engine === 'SQLite') return await race(`file:${join(folder, 'landfall.db')}`, folder)
      await using database = await createDatabase(inject('postgresUrl'))
      await race(database.url, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
