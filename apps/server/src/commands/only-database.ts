import { Socket } from 'node:net'

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

/** Where a call of `connect` leads: `host:port`, or the path of a Unix socket. */
function targetOf(given: readonly unknown[]): string {
  const [first, second] = Array.isArray(given[0]) ? given[0] : given
  if (typeof first === 'object' && first !== null) {
    const options = new Map<string, unknown>(Object.entries(first))
    const path = options.get('path')
    return (
      textOf(path) ?? `${textOf(options.get('host')) ?? 'localhost'}:${textOf(options.get('port')) ?? ''}`
    )
  }
  return typeof first === 'string' && !/^\d+$/.test(first)
    ? first
    : `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`
}

function isDatabase(database: URL | null, target: string): boolean {
  if (database === null) return false
  const folder = database.searchParams.get('host')
  const port = database.port === '' ? '5432' : database.port
  if (folder?.startsWith('/') === true) return target === `${folder}/.s.PGSQL.${port}`
  return target === `${database.hostname.replaceAll(/[[\]]/g, '')}:${port}`
}

/**
 * From now on this process may connect to the named Postgres, and to nothing else; a file needs no connection. Any other
 * attempt ends the process with status 1. It cannot be taken back.
 */
export function reachOnly(url: string): void {
  const database = /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : null
  const connect: unknown = Reflect.get(Socket.prototype, 'connect')
  Object.defineProperty(Socket.prototype, 'connect', {
    value(this: Socket, ...given: readonly unknown[]): unknown {
      const target = targetOf(given)
      if (typeof connect === 'function' && isDatabase(database, target))
        return Reflect.apply(connect, this, given)
      process.stderr.write(`The drill failed: something tried to connect to ${target}.\n`)
      process.exit(1)
    },
  })
}
