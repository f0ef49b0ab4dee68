import { BlockList, isIP } from 'node:net'

/** More hops than any chain of proxies has; what stands further left in the header is not looked at. */
const HOPS_MAX = 10

/**
 * Where a request comes from, for counting alone: an address proves nothing. It is the socket's, unless that is a configured proxy, which is
 * then believed about who stood before it, and so on from the right. What an unbelieved peer writes into the header is ignored, and at the
 * first word that is no address the last one believed stands (W-18).
 */
export function clientAddress(
  peer: string,
  forwardedFor: string,
  isProxy: (address: string) => boolean,
): string {
  let believed = plain(peer)
  for (const said of forwardedFor.split(',').slice(-HOPS_MAX).toReversed()) {
    const next = plain(said.trim())
    if (!isProxy(believed) || isIP(next) === 0) break
    believed = next
  }
  return believed
}

/** An IPv4 address as it is seen through an IPv6 socket is that address. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i

/** An address, or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [, address = '', prefix] = NETWORK.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(prefix ?? 0) <= (version === 4 ? 32 : 128)
}

/** Tells the configured proxies' addresses from all others. */
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

/** What is counted together: an IPv4 address, or the /64 that one subscriber has of IPv6, who could otherwise be somebody new at each request. */
export function subscriberOf(address: string): string {
  if (isIP(address) !== 6) return address
  // The URL standard writes each IPv6 address in one way, without a zone.
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname
    .slice(1, -1)
    .split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
