// Loaded with `--import` before a restore drill: the process may connect to the Postgres that its arguments name, and to nothing else. Any other
// attempt ends it with status 1.

import { Socket } from 'node:net'

const named = process.argv.find((word) => /^postgres(?:ql)?:\/\//.test(word))
const database = named !== undefined && URL.canParse(named) ? new URL(named) : null
const connect: unknown = Reflect.get(Socket.prototype, 'connect')

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

function isDatabase(target: string): boolean {
  if (database === null) return false
  const folder = database.searchParams.get('host')
  const port = database.port === '' ? '5432' : database.port
  if (folder?.startsWith('/') === true) return target === `${folder}/.s.PGSQL.${port}`
  return target === `${database.hostname.replaceAll(/[[\]]/g, '')}:${port}`
}

Object.defineProperty(Socket.prototype, 'connect', {
  value(this: Socket, ...given: readonly unknown[]): unknown {
    const target = targetOf(given)
    if (typeof connect === 'function' && isDatabase(target)) return Reflect.apply(connect, this, given)
    process.stderr.write(`The drill failed: something tried to connect to ${target}.\n`)
    process.exit(1)
  },
})
