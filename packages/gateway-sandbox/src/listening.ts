import type { Server } from 'node:http'

/** Returns the port. A busy port gives an error that names it. */
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
    // Keep-alive connections and open requests would keep the server open.
    server.closeAllConnections()
  })
}
