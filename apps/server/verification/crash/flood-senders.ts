import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { z } from 'zod'

/**
 * Pours junk webhooks onto a server at a steady rate, whether or not the ones before have been answered: half of them name a real order, each
 * with a payment id of its own, half nothing anybody knows. Prints, as one line of JSON, how they were answered, and how long it was held up by a
 * server that had too many unanswered. A process of its own.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    order: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
  },
})
const asked = z
  .object({
    url: z.string(),
    order: z.string(),
    rate: z.coerce.number().positive(),
    seconds: z.coerce.number().positive(),
  })
  .parse(values)

const SOCKETS = 128
const TICK_MS = 10
/** Whoever has no answer by then never gets one, however slow the machine. */
const UNANSWERED_MS = 240_000
/** Answers that are waited for at once; what would be more than that is sent late, and counted as late. */
const UNANSWERED_MAX = 4_000

const pool = new Pool(asked.url, {
  connections: SOCKETS,
  headersTimeout: UNANSWERED_MS,
  bodyTimeout: UNANSWERED_MS,
})
const answers: Record<string, number> = {}
let underWay = 0

function send(number: number): Promise<void> {
  const namesOrder = number % 2 === 0
  underWay += 1
  const count = (status: string): void => {
    underWay -= 1
    answers[status] = (answers[status] ?? 0) + 1
  }
  const body = JSON.stringify({
    imp_uid: `imp_${namesOrder ? '8' : '9'}${String(number).padStart(11, '0')}`,
    merchant_uid: namesOrder ? asked.order : `theirs-${number}`,
    status: 'paid',
  })
  return pool
    .request({
      method: 'POST',
      path: '/webhooks/portone',
      headers: { 'content-type': 'application/json' },
      body,
    })
    .then(async (answer) => {
      await answer.body.dump()
      count(String(answer.statusCode))
    })
    .catch(() => count('none'))
}

const beganAtMs = performance.now()
let heldMs = 0
const sent: Array<Promise<void>> = []
const all = asked.rate * asked.seconds
while (sent.length < all) {
  const due = Math.min(all, Math.floor(((performance.now() - beganAtMs) * asked.rate) / 1_000))
  while (sent.length < due && underWay < UNANSWERED_MAX) sent.push(send(sent.length))
  const pausedAtMs = performance.now()
  await pause(TICK_MS)
  if (underWay >= UNANSWERED_MAX) heldMs += performance.now() - pausedAtMs
}
const tookMs = performance.now() - beganAtMs
await Promise.all(sent)
process.stdout.write(`${JSON.stringify({ sent: sent.length, tookMs, heldMs, answers })}\n`)
await pool.close()
