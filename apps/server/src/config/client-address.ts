import { BlockList, isIP } from 'node:net'

/** The most entries of the header that are read, from the right: longer than any real chain of proxies. */
const HOPS_MAX = 10

/**
 * The client address for rate limits; it authenticates nobody. It is the socket's address. When that is a configured
 * proxy, it is the rightmost entry of X-Forwarded-For, and so on from right to left. Entries from an untrusted peer are
 * ignored. At the first entry that is no address, the last trusted address is returned (W-18). Empty entries, which a list may contain, are
 * skipped (RFC 9110 §5.6.1).
 */
export function clientAddress(
  peer: string,
  forwardedFor: string,
  isProxy: (address: string) => boolean,
): string {
  let trusted = unmapIpv4(peer)
  const entries = forwardedFor
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  for (const entry of entries.slice(-HOPS_MAX).toReversed()) {
    const next = unmapIpv4(withoutPort(entry))
    if (!isProxy(trusted) || isIP(next) === 0) break
    trusted = next
  }
  return trusted
}

/** Some balancers write the client's port too: `203.0.113.9:51234`, `[2001:db8::1]:443`, in quotes or not. */
const withoutPort = (entry: string): string =>
  /^"?(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?"?$/i
    .exec(entry)
    ?.slice(1)
    .find((address) => address !== undefined) ?? entry

/** An IPv6 socket shows an IPv4 address as `::ffff:a.b.c.d`. */
const unmapIpv4 = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i

/** True for an IP address, and for a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [, address = '', prefix] = NETWORK.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128)
}

/** The shortest prefixes of private networks: 10.0.0.0/8 and fc00::/7. */
const PREFIX_MIN = { 4: 8, 6: 7 } as const

/** True for a network that holds a large part of all addresses: as a trusted proxy, anybody there could name any client address. */
export function trustsEverybody(network: string): boolean {
  const [, address = '', prefix] = NETWORK.exec(network) ?? []
  return prefix !== undefined && Number(prefix) < PREFIX_MIN[isIP(address) === 4 ? 4 : 6]
}

/** Returns a test for the addresses of the configured proxies. */
export function proxies(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [, address = '', prefix] = NETWORK.exec(network) ?? []
    const bits = isIP(address) === 4 ? 32 : 128
    list.addSubnet(address, prefix === undefined ? bits : Number(prefix), bits === 32 ? 'ipv4' : 'ipv6')
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/**
 * The key of a rate limit: an IPv4 address, or the /64 network of an IPv6 one. A subscriber owns a whole /64 and could
 * otherwise use a new address for each request.
 */
export function subscriberOf(address: string): string {
  if (isIP(address) !== 6) return address
  // The URL parser normalises an IPv6 address. It accepts no zone.
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname
    .slice(1, -1)
    .split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
