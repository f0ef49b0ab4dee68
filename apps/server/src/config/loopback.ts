import { isIP } from 'node:net'
import { isPrivateAddress } from './private-address.ts'

/** Without the brackets of IPv6 and the dot that may end a name: `localhost.` is localhost. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$|\.$/g, '')

/** The address leads to this machine and nowhere else. */
export const isLoopback = (url: string): boolean => isLoopbackHost(hostOf(url))

/** The same of a name or an address alone. What merely begins like one, such as `127.0.0.1.evil.example`, is a name of somebody's. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'))

/** Loopback, private, link-local and metadata addresses, and names that only an inner network knows (N-07). */
export function leadsInside(url: string): boolean {
  const host = hostOf(url)
  return isIP(host) === 0
    ? isLoopbackHost(host) || !host.includes('.') || /\.(internal|intranet|local|lan|home\.arpa)$/.test(host)
    : isPrivateAddress(host)
}
