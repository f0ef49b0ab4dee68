import type { ValidVariables } from './environment.ts'
import { isLoopbackHost } from './loopback.ts'

/** Null for a file, and for a Postgres on this machine: buyers' data and a password do not leave it. */
function remoteDatabase({ DATABASE_URL: url = '' }: ValidVariables): ReadonlyMap<string, string> | null {
  if (!url.startsWith('postgres')) return null
  const { hostname, searchParams } = new URL(url)
  // Of a parameter that comes twice the driver uses the last.
  const settings = new Map(searchParams)
  const host = settings.get('host') ?? decodeURIComponent(hostname).replaceAll(/[[\]]/g, '')
  return host === '' || host.startsWith('/') || isLoopbackHost(host) ? null : settings
}

const TLS_MODES = ['require', 'verify-ca', 'verify-full', 'no-verify']

/** Reasons to refuse a start, each as one line. */
export function databaseRefusals(env: ValidVariables): string[] {
  if (/^file:(?:\/\/)?:memory:|[?&]mode=memory/.test(env.DATABASE_URL ?? ''))
    return ['DATABASE_URL keeps the database in memory: every order would be lost at a stop']
  const settings = remoteDatabase(env)
  return settings === null || TLS_MODES.includes(settings.get('sslmode') ?? '')
    ? []
    : ['DATABASE_URL names a Postgres on another machine without TLS: add sslmode=verify-full']
}

/** The database of `.env.example`. It holds the sandbox's orders, so a live gateway account must not use it. */
export const isDevelopmentDatabase = ({ DATABASE_URL: url = '' }: ValidVariables): boolean =>
  /^file:(?:.*\/)?development\.db(?:\?|$)/.test(url)

/** With `uselibpqcompat` the driver, like libpq, checks no certificate at `require` unless a CA is named. */
export function encryptsWithoutProof(env: ValidVariables): boolean {
  const settings = remoteDatabase(env)
  const mode = settings?.get('sslmode')
  const isLax = settings?.get('uselibpqcompat') === 'true' && !settings.has('sslrootcert')
  return mode === 'no-verify' || (mode === 'require' && isLax)
}
