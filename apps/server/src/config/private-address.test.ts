import { describe, expect, test } from 'vitest'
import { isPrivateAddress } from './private-address.ts'

/** The first and the last address of every block, and its neighbours where they are public. */
describe('N-07: addresses that no notice is sent to', () => {
  test.for([
    ['this host and network', '0.0.0.0 0.255.255.255 :: ::1'],
    ['private', '10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255'],
    ['carrier-grade NAT', '100.64.0.0 100.127.255.255'],
    ['loopback', '127.0.0.1 127.255.255.255'],
    ['link-local and metadata', '169.254.0.0 169.254.169.254 fe80::1 fe80::1%eth0 febf:ffff::1'],
    ['protocol assignments and benchmarks', '192.0.0.0 192.0.0.255 198.18.0.0 198.19.255.255 2001:2::1'],
    ['documentation', '192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1 3fff:fff:ffff::1'],
    ['relays of 6to4', '192.88.99.1'],
    ['multicast, reserved, broadcast', '224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 ff02::1'],
    ['unique local, metadata among them', 'fc00::1 fd00:ec2::254 fdff:ffff::1'],
    ['site-local', 'fec0::1 feff::1'],
    ['discard only, and segment routing', '100::1 100:0:0:1::1 5f00::1'],
    ['IPv4-mapped', '::ffff:10.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254 0:0:0:0:0:ffff:c0a8:1'],
    ['IPv4-compatible and translated', '::10.0.0.1 ::7f00:1 ::ffff:0:10.0.0.1 ::8.8.8.8'],
    ['NAT64', '64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::10.0.0.1 64:ff9b:1:ffff::1'],
    ['6to4', '2002:a00:1:: 2002:7f00:1::1 2002:a9fe:a9fe::1 2002:808:808::1'],
    ['Teredo, ORCHID, drone tags', '2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff::1'],
    ['never given out', '1::1 4000::1 8000::1 e000::1'],
  ])('%s', ([, addresses = '']) => {
    for (const address of addresses.split(' '))
      expect([address, isPrivateAddress(address)]).toEqual([address, true])
  })

  test('public addresses are sent to, and a name is no address', () => {
    const open =
      '1.0.0.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 ' +
      '169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 ' +
      '198.20.0.0 223.255.255.255 ::ffff:8.8.8.8 2001:200::1 2001:4860:4860::8888 2003::1 2400:cb00::1 2606::1 3ffe::1'
    for (const address of open.split(' '))
      expect([address, isPrivateAddress(address)]).toEqual([address, false])
    for (const name of ['shop.example', '10.0.0', '10.0.0.1.nip.io', ''])
      expect(isPrivateAddress(name)).toBe(false)
  })
})
