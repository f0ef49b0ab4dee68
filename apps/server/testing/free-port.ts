import { once } from 'node:events'
import { createServer } from 'node:net'

const TRIES_MAX = 750
let nextPort = 20_000 + (process.pid % 8_000)

/** Finds a free port below the ephemeral range, from which the system could give it to another process before ours listens. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = (nextPort += 1)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port')
}
