import type { Context } from 'hono'
import type { Env } from './answer.ts'

/**
 * The body of a request, or null once it is known to exceed `bytesMax`. Rejects when the client disconnects in the middle. Where there is a
 * socket the bytes come straight from it: a web stream around them would cost a third of a webhook's CPU time.
 */
export function readBody(c: Context<Env>, bytesMax: number): Promise<Uint8Array | null> {
  if (Number(c.req.header('content-length') ?? 0) > bytesMax) return Promise.resolve(null)
  const incoming = c.env?.incoming
  return incoming !== undefined && 'on' in incoming
    ? readSocket(incoming, bytesMax)
    : readStream(c.req.raw.body, bytesMax)
}

function readSocket(incoming: NodeJS.ReadableStream, bytesMax: number): Promise<Uint8Array | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= bytesMax) chunks.push(chunk)
      else resolve(null)
    })
    incoming.once('end', () => resolve(Buffer.concat(chunks)))
    incoming.once('error', reject)
  })
}

async function readStream(
  stream: AsyncIterable<Uint8Array> | null,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream ?? []) {
    size += chunk.length
    if (size > bytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
