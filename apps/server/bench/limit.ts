import type BetterSqlite3 from 'better-sqlite3'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Pool } from 'undici'
import { openFile } from '../src/store/engines/sqlite.ts'
import { limitWrites } from './limit-writes.ts'

/**
 * The limit each figure is held against: what this machine gives when nothing but the job itself is done. Plain `node:http`, no framework, no
 * schema, no ORM, better-sqlite3 itself with synchronous=FULL and one commit at the end of each tick, the same tables and indexes.
 *
 *     POST /json                a bare JSON answer
 *     POST /claim               the claim stored, then the answer
 *     POST /webhooks/portone    the same; behind the answer one look-up over HTTP, then status, proof, timeline and notice recorded and the claim settled
 *     POST /verify              the whole of it, and the answer when all is recorded
 */
const SOCKETS = 64
const raw = openFile((process.env['DATABASE_URL'] ?? '').replace(/^file:/, ''))
const pool = new Pool(process.env['GATEWAY_URL'] ?? '', { connections: SOCKETS, pipelining: 1 })
const writes = limitWrites(raw)
const commit = groupCommit(raw)

const stored = JSON.stringify({ status: 'stored' })
function answer(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

createServer((request, response) => {
  const path = request.url ?? ''
  if (path === '/readyz') return answer(response, stored)
  read(request)
    .then((body) => serve(path, body, response))
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      if (!response.headersSent) response.writeHead(500).end()
    })
}).listen(Number(process.env['PORT']), '127.0.0.1')

async function serve(path: string, body: unknown, response: ServerResponse): Promise<void> {
  if (path === '/json') return answer(response, stored)
  const [paymentId, orderId] = [fieldOf(body, 'imp_uid'), fieldOf(body, 'merchant_uid')]
  const receiptId = `webhook|${paymentId}|${orderId}||paid||`
  await commit(() => writes.claim(receiptId, orderId, paymentId, Date.now()))
  if (path === '/verify') {
    await finish(receiptId, orderId, paymentId)
    return answer(response, JSON.stringify({ screen: 'paid', orderId, paymentId }))
  }
  answer(response, stored)
  if (path !== '/claim') await finish(receiptId, orderId, paymentId)
}

async function finish(receiptId: string, orderId: string, paymentId: string): Promise<void> {
  const { body } = await pool.request({
    method: 'GET',
    path: `/payments/${paymentId}`,
    headers: { authorization: 'token' },
  })
  const seen = paymentIn(await body.json())
  const { name, amount, version } = writes.expected(orderId)
  if (
    fieldOf(seen, 'status') !== 'paid' ||
    numberOf(seen, 'amount') !== amount ||
    fieldOf(seen, 'merchant_uid') !== orderId
  )
    throw new Error(`${paymentId} does not pay ${orderId}`)
  const nowMs = Date.now()
  const texts = {
    facts: factsOf(orderId, paymentId, amount, nowMs),
    notice: noticeOf(orderId, paymentId, name, amount),
  }
  await commit(() => writes.paid({ receiptId, orderId, paymentId, version, ...texts, nowMs }))
}

const factsOf = (orderId: string, paymentId: string, amount: number, nowMs: number): string =>
  JSON.stringify({
    paymentId,
    orderId,
    status: 'paid',
    amounts: [amount],
    currencies: ['KRW'],
    cancelledAmount: 0,
    cancels: [],
    test: false,
    paidAtMs: nowMs,
    method: 'card',
  })

/** The text the shop will get: it is signed and sent as it is stored. */
const noticeOf = (orderId: string, paymentId: string, name: string, amount: number): string =>
  JSON.stringify({
    type: 'payment.paid',
    timestamp: new Date().toISOString(),
    sequence: 1,
    data: {
      order: { orderId, name, amount, currency: 'KRW', status: 'paid', balance: amount, review: null },
      payment: {
        paymentId,
        status: 'paid',
        standing: 'kept',
        amount,
        cancelledAmount: 0,
        currency: 'KRW',
        method: 'card',
      },
    },
  })

function hasField<N extends string>(value: unknown, name: N): value is Record<N, unknown> {
  return typeof value === 'object' && value !== null && name in value
}
const paymentIn = (answered: unknown): unknown => (hasField(answered, 'response') ? answered.response : null)
function fieldOf(value: unknown, name: string): string {
  const field = hasField(value, name) ? value[name] : null
  if (typeof field !== 'string') throw new Error(`no ${name}`)
  return field
}
const numberOf = (value: unknown, name: string): number =>
  hasField(value, name) ? Number(value[name]) : Number.NaN

function read(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('error', reject)
    request.on('end', () => {
      try {
        const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
        resolve(value)
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** All writes of one tick in one transaction, one sync for all. */
function groupCommit(database: BetterSqlite3.Database): (write: () => void) => Promise<void> {
  const [begin, end] = [database.prepare('begin immediate'), database.prepare('commit')]
  let queue: Array<{ readonly write: () => void; readonly done: () => void }> = []
  const flush = (): void => {
    const batch = queue
    queue = []
    begin.run()
    for (const { write } of batch) write()
    end.run()
    for (const { done } of batch) done()
  }
  return (write) =>
    new Promise((resolve) => {
      queue.push({ write, done: resolve })
      if (queue.length === 1) setImmediate(flush)
    })
}
