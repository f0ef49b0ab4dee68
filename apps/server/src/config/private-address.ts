import { BlockList, isIP } from 'node:net'

type Range = readonly [network: string, prefix: number]

/**
 * The blocks of the IANA IPv4 Special-Purpose Address Registry that are no public host's, and multicast. The
 * relay of 6to4 (192.88.99.0/24) is deprecated and stands here too.
 */
const specialIpv4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/**
 * IANA has allocated only `2000::/3`; every other IPv6 address is special or unassigned. Within it, these blocks of the IPv6
 * Special-Purpose Address Registry lead elsewhere: Teredo and its neighbours, documentation, and 6to4, which
 * embeds any IPv4 address.
 */
const publicIpv6: Range = ['2000::', 3]
const specialIpv6: readonly Range[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]
/** An IPv4 address in IPv6 notation. */
const mappedIpv4: Range = ['::ffff:0:0', 96]

function blockList(ranges: readonly Range[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, type)
  return list
}
const isSpecialIpv4 = blockList(specialIpv4, 'ipv4')
const isPublicIpv6 = blockList([publicIpv6], 'ipv6')
const isSpecialIpv6 = blockList(specialIpv6, 'ipv6')
const isMappedIpv4 = blockList([mappedIpv4], 'ipv6')

/**
 * True for every address that is not a public host's: loopback, private, link-local, metadata, multicast, documentation,
 * reserved, and IPv6 addresses that embed an IPv4 address (N-07). False for a name.
 */
export function isPrivateAddress(address: string): boolean {
  // Only a link-local address has a zone.
  if (address.includes('%')) return isIP(address) !== 0
  const version = isIP(address)
  if (version === 0) return false
  if (version === 4) return isSpecialIpv4.check(address, 'ipv4')
  if (isMappedIpv4.check(address, 'ipv6')) return isSpecialIpv4.check(address, 'ipv6')
  return !isPublicIpv6.check(address, 'ipv6') || isSpecialIpv6.check(address, 'ipv6')
}
