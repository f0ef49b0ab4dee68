import type { Server } from 'node:http'

/** Answers the port it listens on. A busy port is one clear error that names it. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is taken by another program' : error.message
      reject(new Error(`gateway sandbox: cannot listen on port ${port} of ${host}: ${why}`))
    })
    server.listen(port, host, () => {
      const address = server.address()
      if (address === null || typeof address === 'string')
        throw new Error('a listening TCP server has a port')
      resolve(address.port)
    })
  })
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)))
    // Kept-alive and half-answered connections would hold it open for ever.
    server.closeAllConnections()
  })
}
