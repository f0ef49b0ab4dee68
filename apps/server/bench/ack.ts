import { createServer } from 'node:net'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { start } from './processes.ts'

/**
 * How long a webhook waits for its 200, at a steady rate, with synchronous=FULL, while the gateway takes calls and never answers (W-15):
 * `node bench/ack.ts [--rate 300] [--seconds 20]`. Sent when they are due, whether or not the ones before have been answered, and timed from then.
 */
const { values } = parseArgs({
  options: { rate: { type: 'string', default: '300' }, seconds: { type: 'string', default: '20' } },
})
const [rate, seconds] = [Number(values.rate), Number(values.seconds)]

const silence = createServer((socket) => socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1')
await once(silence, 'listening')
const address = silence.address()
const gatewayPort = address !== null && typeof address === 'object' ? address.port : 0

async function run(
  url: string,
  forSeconds: number,
  from: number,
): Promise<{ waits: number[]; failures: number }> {
  const waits: number[] = []
  let failures = 0
  const beganAtMs = performance.now()
  const all: Array<Promise<void>> = []
  for (let number = 0; number < rate * forSeconds; number += 1) {
    const dueAtMs = beganAtMs + (number * 1_000) / rate
    if (dueAtMs > performance.now()) await pause(dueAtMs - performance.now())
    all.push(
      tell(url, from + number).then((status) => {
        if (status === 200) waits.push(performance.now() - dueAtMs)
        else failures += 1
      }),
    )
  }
  await Promise.all(all)
  return { waits, failures }
}

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
    async (answer) => {
      await answer.body?.cancel()
      return answer.status
    },
    () => 0,
  )

{
  await using server = await start('built/main.js', ({ folder, url }) => ({
    PUBLIC_URL: url,
    DATABASE_URL: `file:${folder}/landfall.db`,
    PORTONE_V1_URL: `http://127.0.0.1:${gatewayPort}`,
    PORTONE_V1_KEY: 'bench',
    PORTONE_V1_SECRET: 'bench',
    MERCHANT_API_KEYS: 'merchant-key-of-the-bench',
    TOKEN_SECRET: 'token-secret-of-the-bench-0123456789abcdef',
    LOG_LEVEL: 'fatal',
  }))
  await run(server.url, 2, 0)
  const { waits, failures } = await run(server.url, seconds, 1_000_000)
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  console.log(
    `${cpus().length} cores, node ${process.version}; ${rate}/s for ${seconds} s, gateway silent: ${waits.length} answered 200, ${failures} not`,
  )
  console.log(
    `p50 ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms  p99.9 ${at(0.999)} ms  max ${at(1)} ms`,
  )
  process.exitCode = failures === 0 && Number(at(0.99)) < 250 ? 0 : 1
}
silence.close()
process.exit()
