import { expect, test } from 'vitest'
import { clientAddress, isNetwork, proxies, subscriberOf, trustsEverybody } from './client-address.ts'

const gateways = '52.78.100.19' // an address PortOne really sends from: worth forging
const isProxy = proxies(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7'])

test('W-18: what an unbelieved peer writes into X-Forwarded-For is ignored', () => {
  expect(clientAddress('203.0.113.9', gateways, isProxy)).toBe('203.0.113.9')
  expect(clientAddress('203.0.113.9', `${gateways}, 10.0.0.1`, isProxy)).toBe('203.0.113.9')
  expect(clientAddress('127.0.0.1', gateways, proxies([]))).toBe('127.0.0.1')
})

test('W-18: a configured proxy is believed about who stood before it, and nobody further left', () => {
  expect(clientAddress('10.1.2.3', '198.51.100.4', isProxy)).toBe('198.51.100.4')
  expect(clientAddress('10.1.2.3', `${gateways}, 198.51.100.4`, isProxy)).toBe('198.51.100.4')
  expect(clientAddress('10.1.2.3', `${gateways}, 198.51.100.4,192.0.2.7 , 10.9.9.9`, isProxy)).toBe(
    '198.51.100.4',
  )
  expect(clientAddress('::ffff:10.1.2.3', '2001:db8:2::5', isProxy)).toBe('2001:db8:2::5')
  expect(clientAddress('2001:db8:1::9', '::ffff:198.51.100.4', isProxy)).toBe('198.51.100.4')
})

test('W-18: at the first word that is no address the last one believed stands', () => {
  for (const garbage of [
    '',
    'unknown',
    '198.51.100.4:',
    '198.51.100.4:x',
    '[198.51.100.4',
    '<script>',
    '10.0.0.1.5',
    '_hidden',
    ',,,',
    ' ',
  ])
    expect(clientAddress('10.1.2.3', garbage, isProxy)).toBe('10.1.2.3')
  expect(clientAddress('10.1.2.3', `${gateways}, nonsense, 10.4.4.4`, isProxy)).toBe('10.4.4.4')
  expect(clientAddress('10.1.2.3', `${gateways}, ${'10.0.0.1, '.repeat(1_000)}`, isProxy)).toBe('10.0.0.1')
  expect(clientAddress('', gateways, isProxy)).toBe('')
})

test('W-18, D-07: a balancer may write the client’s port beside its address', () => {
  for (const entry of ['198.51.100.4:8080', '"198.51.100.4:8080"', `${gateways}:1, 198.51.100.4:65535`])
    expect(clientAddress('10.1.2.3', entry, isProxy)).toBe('198.51.100.4')
  for (const entry of ['[2001:db8:2::5]:443', '"[2001:db8:2::5]:443"', '[2001:db8:2::5]'])
    expect(clientAddress('10.1.2.3', entry, isProxy)).toBe('2001:db8:2::5')
  expect(clientAddress('10.1.2.3', '198.51.100.4:80, 10.9.9.9:80', isProxy)).toBe('198.51.100.4')
})

test('W-18, D-07: an empty entry is none, and hides no customer', () => {
  for (const entry of ['198.51.100.4,', '198.51.100.4, ,10.9.9.9', ', ,198.51.100.4, , ', '198.51.100.4,\t,'])
    expect(clientAddress('10.1.2.3', entry, isProxy)).toBe('198.51.100.4')
})

test('W-18: half of all addresses are no network of proxies', () => {
  for (const network of ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '8.0.0.0/7', '::/0', '2000::/3', '::/6'])
    expect([network, trustsEverybody(network)]).toEqual([network, true])
  for (const network of ['10.0.0.0/8', 'fc00::/7', '192.0.2.7', '::1'])
    expect([network, trustsEverybody(network)]).toEqual([network, false])
})

test('a proxy is an address or a network, and nothing else', () => {
  expect(['10.0.0.0/8', '::1', '2001:db8::/32', '192.0.2.7'].every(isNetwork)).toBe(true)
  expect(
    ['', 'proxy.example', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', 'loopback'].some(
      isNetwork,
    ),
  ).toBe(false)
})

test('D-03: an IPv6 subscriber is one however many addresses of their network they use', () => {
  expect(subscriberOf('203.0.113.9')).toBe('203.0.113.9')
  const one = subscriberOf('2001:db8:0:7::1')
  expect(one).toBe('2001:db8:0:7::/64')
  for (const other of [
    '2001:db8:0:7:ffff:1:2:3',
    '2001:0DB8:0000:0007::',
    '2001:db8:0:7::192.0.2.1',
    '2001:db8:0:7::1%eth0',
  ])
    expect(subscriberOf(other)).toBe(one)
  expect(subscriberOf('2001:db8:0:8::1')).not.toBe(one)
  expect(subscriberOf('::1')).toBe('0:0:0:0::/64')
  expect(subscriberOf('nonsense')).toBe('nonsense')
})
