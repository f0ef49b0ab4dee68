// Whether a port is free, asked before anything is started.

import { createServer } from 'node:net'

/** The addresses something of ours, or something in our way, may listen on. */
const addresses = ['::', '0.0.0.0', '127.0.0.1', '::1']

/** Null when the port is free; else what the system says: EADDRINUSE, EACCES. */
export async function whyTaken(port: number): Promise<string | null> {
  for (const address of addresses) {
    const code = await listenOnce(port, address)
    // A machine without IPv6 has no such address to be taken.
    if (code !== null && code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') return code
  }
  return null
}

function listenOnce(port: number, address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(null)))
  })
}
