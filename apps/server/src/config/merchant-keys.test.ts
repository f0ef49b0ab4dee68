import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { liveKey } from './merchant-keys.ts'
import { readConfig } from './config.ts'

const settings = {
  PORTONE_V1_KEY: 'key',
  PORTONE_V1_SECRET: 'secret',
  TOKEN_SECRET: 'a-token-secret-long-enough-for-anybody',
}
const read = (keys: string, more: Readonly<Record<string, string>> = {}) =>
  readConfig({ ...settings, ...more, MERCHANT_API_KEYS: keys })
const keysIn = (keys: string) => {
  const config = read(keys)
  if (!config.ok) throw new Error(config.problem.join('\n'))
  return config.value.secrets.merchantKeys
}
const reasons = (keys: string, more: Readonly<Record<string, string>> = {}): readonly string[] => {
  const config = read(keys, more)
  return config.ok ? [] : config.problem
}
const may = (keys: string, given: string) => {
  const key = liveKey(given, keysIn(keys))
  return key === null ? null : [key.name, key.scopes.join(' ')]
}

const live = { NODE_ENV: 'production', PUBLIC_URL: 'https://pay.shop.example' }
const secret = 'a-secret-of-the-till-of-this-shop'
const other = 'another-secret-of-this-very-shop'
const hashed = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
const everything = 'orders:write orders:read refunds notices'

describe('a key has a name and scopes', () => {
  test.for<[string, string, string]>([
    ['joined with +', `till:${secret}:orders:write+orders:read`, 'orders:write orders:read'],
    ['one alone', `till:${secret}:refunds`, 'refunds'],
    ['separated by commas, as entries are', `till:${secret}:orders:read,refunds`, 'orders:read refunds'],
    ['separated by blanks', `till:${secret}:orders:write orders:read refunds notices`, everything],
    ['both', `till:${secret}:notices, orders:read+refunds`, 'notices orders:read refunds'],
    ['twice the same', `till:${secret}:notices+notices notices`, 'notices'],
    ['by its SHA-256', `till:${hashed(secret)}:orders:read+refunds`, 'orders:read refunds'],
    ['by its SHA-256, in capitals', `till:${hashed(secret).toUpperCase()}:orders:read`, 'orders:read'],
  ])('scopes: %s', ([, keys, scopes]) => {
    expect(may(keys, secret)).toEqual(['till', scopes])
    expect(may(`${keys} books:${other}:notices`, secret)).toEqual(['till', scopes])
    expect(may(`books:${other}:notices ${keys}`, other)).toEqual(['books', 'notices'])
  })

  test('a key without a name is as before: `default`, with every scope', () => {
    for (const keys of [
      secret,
      hashed(secret),
      `till:${other}:notices ${secret}`,
      `${secret} till:${other}:notices`,
    ])
      expect([keys, may(keys, secret)]).toEqual([keys, ['default', everything]])
  })

  test('two keys may share a name, with scopes of their own, while one replaces the other', () => {
    const keys = `till:${secret}:orders:read+refunds till:${other}:orders:read`
    expect([may(keys, secret), may(keys, other)]).toEqual([
      ['till', 'orders:read refunds'],
      ['till', 'orders:read'],
    ])
  })

  test('neither the name, the whole entry nor the digest is the key', () => {
    const keys = `till:${hashed(secret)}:notices`
    for (const given of [
      'till',
      keys,
      `till:${secret}`,
      hashed(secret),
      hashed(secret).slice(7),
      `${secret}:notices`,
    ])
      expect([given, may(keys, given)]).toEqual([given, null])
  })

  test('P-03: of a named key too only the digest is held', () => {
    const held = JSON.stringify(keysIn(`till:${secret}:orders:read`))
    expect(held).not.toContain(secret)
    expect(held).toContain(hashed(secret).slice(7))
  })
})

describe('refused at the start, in a sentence that quotes no value', () => {
  test.for<[string, string, RegExp]>([
    [
      'an unknown scope',
      `till:${secret}:orders:delete`,
      /^MERCHANT_API_KEYS has a scope that does not exist: there are orders:write, orders:read, refunds, notices$/,
    ],
    ['one of several', `till:${secret}:orders:read+refund`, /has a scope that does not exist/],
    ['capitals', `till:${secret}:Orders:Read`, /has a scope that does not exist/],
    ['a colon in the secret', `till:${secret}:more-of-it:orders:read`, /has a scope that does not exist/],
    ['no scope', `till:${secret}`, /needs name:secret:scopes/],
    ['an empty scope', `till:${secret}:`, /needs name:secret:scopes/],
    ['a plus too many', `till:${secret}:refunds+`, /has a scope that does not exist/],
    ['a scope before any key', `refunds till:${secret}:notices`, /has a scope without a named key before it/],
    ['a scope behind a key without a name', `${secret} refunds`, /has a scope without a named key before it/],
    [
      'a scope behind a digest without a name',
      `${hashed(secret)},orders:read`,
      /has a scope without a named key before it/,
    ],
    ['a short secret', 'till:secret:orders:read', /needs keys of at least 16 characters/],
    ['no name', `:${secret}:orders:read`, /needs names of at most 32 lower-case letters/],
    ['a name in capitals', `Till:${secret}:orders:read`, /needs names of/],
    ['a name that begins with a digit', `1till:${secret}:orders:read`, /needs names of/],
    ['a name of 33 letters', `${'t'.repeat(33)}:${secret}:orders:read`, /needs names of/],
    [
      'a digest with a digit too few',
      `till:${hashed(secret).slice(0, -1)}:orders:read`,
      /needs 64 hexadecimal digits/,
    ],
    [
      'a digest spelt otherwise',
      `till:${hashed(secret).replace('256:', '256-')}:orders:read`,
      /needs 64 hexadecimal digits/,
    ],
    ['a digest as a name', `${hashed(secret)}:orders:read`, /needs 64 hexadecimal digits/],
    [
      'the same secret under one name',
      `till:${secret}:notices till:${secret}:refunds`,
      /lists the same value twice/,
    ],
    [
      'the same secret under two names',
      `till:${secret}:notices books:${hashed(secret)}:notices`,
      /lists the same value twice/,
    ],
    [
      'the same secret with and without a name',
      `${secret} till:${secret}:notices`,
      /lists the same value twice/,
    ],
  ])('%s', ([, keys, sentence]) => {
    const said = reasons(keys)
    expect(said).toEqual([expect.stringMatching(sentence)])
    expect(said.join('')).toMatch(/^MERCHANT_API_KEYS /)
    for (const part of [secret, hashed(secret).slice(7, 40)]) expect(said.join('')).not.toContain(part)
  })

  test('names of 32 characters are names, and the reasons for several entries are told at once', () => {
    expect(may(`${'t'.repeat(30)}-_:${secret}:notices`, secret)).toEqual([`${'t'.repeat(30)}-_`, 'notices'])
    expect(reasons(`short till:${secret} till:${other}:nothing`)).toHaveLength(3)
  })

  test('P-08: the example key in production, under whatever name', () => {
    const example = 'example-merchant-key-not-for-production'
    for (const key of [
      'my-example-of-a-key',
      'till:my-example-of-a-key:notices',
      example,
      hashed(example),
      `till:${example}:notices`,
      `till:${hashed(example)}:notices`,
    ])
      expect([key, reasons(key, live)]).toEqual([
        key,
        [expect.stringMatching(/^MERCHANT_API_KEYS is the example/)],
      ])
  })

  test('a secret that is also the token secret', () => {
    expect(reasons(`till:${settings.TOKEN_SECRET}:notices`, live)).toEqual([
      expect.stringMatching(/^MERCHANT_API_KEYS and TOKEN_SECRET share a value/),
    ])
  })
})
