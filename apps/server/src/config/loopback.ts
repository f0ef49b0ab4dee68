import { isIP } from 'node:net'
import { isPrivateAddress } from './private-address.ts'

/** The host without IPv6 brackets and without a final dot: `localhost.` is localhost. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$|\.$/g, '')

/** True for a URL on this machine. */
export const isLoopback = (url: string): boolean => isLoopbackHost(hostOf(url))

/**
 * True for a host name or an address on this machine. `127.0.0.1.evil.example` is somebody's domain name, not an address.
 */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'))

/**
 * True for URLs on loopback, private, link-local and metadata addresses, and for names that only an internal network
 * resolves (N-07).
 */
export function isInternalUrl(url: string): boolean {
  const host = hostOf(url)
  return isIP(host) === 0
    ? isLoopbackHost(host) ||
        !host.includes('.') ||
        /\.(internal|intranet|private|local|localdomain|lan|corp|home|home\.arpa|svc)$/.test(host)
    : isPrivateAddress(host)
}
