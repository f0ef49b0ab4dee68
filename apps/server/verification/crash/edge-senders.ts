import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { z } from 'zod'

/**
 * Keeps a number of sockets open that send their requests a byte a second, on every kind of route, and opens each anew when it is closed. Sends
 * strangers' returns at a steady rate meanwhile. Prints, as one line of JSON, how the returns were answered. A process of its own.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    sockets: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
  },
})
const asked = z
  .object({
    url: z.string(),
    sockets: z.coerce.number().int().nonnegative(),
    rate: z.coerce.number().int().nonnegative(),
    seconds: z.coerce.number().positive(),
  })
  .parse(values)

const begins = [
  'POST /webhooks/portone HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n',
  'POST /complete HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 60000\r\n\r\n',
  'POST /trpc/payments.verify HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n',
  'POST /trpc/orders.register HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n9999\r\n',
  'GET /complete?imp_uid=imp_1 HTTP/1.1\r\nhost: x\r\nx-slow: ',
] as const
const OPENED_AT_ONCE = 100
const TICK_MS = 20
const UNANSWERED_MAX = 500

const { hostname, port } = new URL(asked.url)
const open = new Set<Socket>()
let begun = 0
let isOver = false

function openSlow(): void {
  const begin = begins[begun % begins.length] ?? ''
  begun += 1
  const socket = connect(Number(port), hostname, () => socket.write(begin))
  open.add(socket)
  const ended = (): void => void open.delete(socket)
  socket.on('error', ended).on('close', ended).on('end', ended).resume()
}

async function keepSlow(): Promise<void> {
  while (!isOver) {
    for (let at = 0; at < OPENED_AT_ONCE && open.size < asked.sockets; at += 1) openSlow()
    await pause(TICK_MS)
  }
}

async function trickle(): Promise<void> {
  while (!isOver) {
    for (const socket of open) if (socket.writable) socket.write('a')
    await pause(1_000)
  }
}

const answers: Record<string, number> = {}
const pool = new Pool(asked.url, { connections: 64 })
let unanswered = 0

async function sendReturn(number: number): Promise<void> {
  unanswered += 1
  const path = `/complete?imp_uid=imp_9${String(number).padStart(11, '0')}&imp_success=true`
  const status = await pool.request({ method: 'GET', path }).then(
    async (answer) => {
      await answer.body.dump()
      return String(answer.statusCode)
    },
    () => 'none',
  )
  unanswered -= 1
  answers[status] = (answers[status] ?? 0) + 1
}

async function flood(): Promise<void> {
  const beganAtMs = performance.now()
  const all = asked.rate * asked.seconds
  const sent: Array<Promise<void>> = []
  while (sent.length < all) {
    const due = Math.min(all, Math.floor(((performance.now() - beganAtMs) * asked.rate) / 1_000))
    while (sent.length < due && unanswered < UNANSWERED_MAX) sent.push(sendReturn(sent.length))
    await pause(TICK_MS)
  }
  await Promise.all(sent)
  const leftMs = asked.seconds * 1_000 - (performance.now() - beganAtMs)
  await pause(Math.max(0, leftMs))
  isOver = true
}

await Promise.all([keepSlow(), trickle(), flood()])
for (const socket of open) socket.destroy()
process.stdout.write(`${JSON.stringify({ begun, answers })}\n`)
await pool.close()
