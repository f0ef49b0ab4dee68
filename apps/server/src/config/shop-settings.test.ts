import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

type Variables = Readonly<Record<string, string>>

const live = {
  PORTONE_V1_KEY: 'key',
  PORTONE_V1_SECRET: 'secret',
  MERCHANT_API_KEYS: 'a-merchant-key-long-enough',
  TOKEN_SECRET: 'a-token-secret-long-enough-for-anybody',
  PUBLIC_URL: 'https://pay.shop.example',
}
const laptop = { ...live, PUBLIC_URL: 'http://localhost:4000' }
const sandbox = { ...laptop, PORTONE_V1_URL: 'http://127.0.0.1:4010' }

const settings = (variables: Variables, place: Variables = live) => {
  const read = readConfig({ ...place, ...variables })
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value.shop
}
const refusals = (variables: Variables, place: Variables = live): readonly string[] => {
  const read = readConfig({ ...place, ...variables })
  return read.ok ? [] : read.problem
}

const named = { SHOP_NAME: '뭍 상점' }

describe('read', () => {
  test('without them: no face, nobody calls from another origin, no frame, no returnTo, a link', () => {
    expect(settings({})).toEqual({ face: null, callers: [], frames: [], returnOrigins: [], forwards: false })
  })

  test('SHOP_URL’s origin may call and be returned to; only ALLOWED_ORIGINS may frame', () => {
    expect(settings({ SHOP_URL: 'https://shop.example/a?b' })).toMatchObject({
      callers: ['https://shop.example'],
      frames: [],
      returnOrigins: ['https://shop.example'],
    })
    expect(
      settings({
        SHOP_URL: 'https://shop.example/',
        ALLOWED_ORIGINS: 'https://m.shop.example, https://SHOP.example:443/ https://m.shop.example',
        RETURN_ORIGINS: 'https://m.shop.example',
      }),
    ).toMatchObject({
      callers: ['https://shop.example', 'https://m.shop.example'],
      frames: ['https://m.shop.example', 'https://shop.example'],
      returnOrigins: ['https://m.shop.example'],
    })
  })

  test('an empty list allows nobody', () => {
    expect(settings({ ALLOWED_ORIGINS: ' , ', RETURN_ORIGINS: ',' })).toMatchObject({
      callers: [],
      returnOrigins: [],
    })
  })

  test('the shop’s face', () => {
    expect(
      settings({ ...named, SHOP_LOGO_URL: 'https://cdn.example/a.svg?v=2', SHOP_CONTACT: 'tel:02-123-4567' }),
    ).toMatchObject({
      face: { name: '뭍 상점', logoUrl: 'https://cdn.example/a.svg?v=2', contact: 'tel:02-123-4567' },
    })
    expect(settings({ SHOP_CONTACT: 'https://shop.example/help' }).face).toEqual({
      name: null,
      logoUrl: null,
      contact: 'https://shop.example/help',
    })
  })

  test.each([
    'tel:1588-1234',
    'tel:+82-2-123-4567',
    'mailto:help@shop.example',
    'https://shop.example/q?a=1',
  ])('SHOP_CONTACT=%s', (contact) => {
    expect(settings({ SHOP_CONTACT: contact }).face?.contact).toBe(contact)
  })

  test('RETURN_MODE', () => {
    const at = { SHOP_URL: 'https://shop.example/' }
    expect(settings({ ...at, RETURN_MODE: 'forward' }).forwards).toBe(true)
    expect(settings({ ...at, RETURN_MODE: 'link' }).forwards).toBe(false)
    expect(settings({ RETURN_ORIGINS: 'https://m.shop.example', RETURN_MODE: 'forward' }).forwards).toBe(true)
  })

  test('loopback with a sandbox; without one it may call, but nobody is sent back to plain http', () => {
    const local = 'http://localhost:3000'
    expect(settings({ ALLOWED_ORIGINS: local, RETURN_ORIGINS: local }, sandbox)).toMatchObject({
      callers: [local],
      returnOrigins: [local],
    })
    expect(settings({ ALLOWED_ORIGINS: local }, laptop).callers).toEqual([local])
    expect(refusals({ RETURN_ORIGINS: local }, laptop)).toEqual([
      expect.stringMatching(/^RETURN_ORIGINS lists plain http on loopback/),
    ])
  })
})

describe('refused, in one line a reason that names the variable', () => {
  test.each<[RegExp, Variables]>([
    ...[
      '*',
      'null',
      'shop.example',
      'https://shop.example/a',
      'https://shop.example?a',
      'https://shop.example#a',
    ]
      .concat([
        'https://a@shop.example',
        'https://*.shop.example',
        'ftp://shop.example',
        "https://shop';example",
      ])
      .concat(['javascript:alert(1)', 'https://', 'https:shop.example'])
      .flatMap((origin): [RegExp, Variables][] => [
        [/^ALLOWED_ORIGINS needs origins like/, { ALLOWED_ORIGINS: `https://good.example ${origin}` }],
        [/^RETURN_ORIGINS needs origins like/, { RETURN_ORIGINS: origin }],
      ]),
    [/^ALLOWED_ORIGINS lists plain http/, { ALLOWED_ORIGINS: 'http://shop.example' }],
    [/^RETURN_ORIGINS lists plain http/, { RETURN_ORIGINS: 'https://good.example,http://shop.example' }],
    [/^ALLOWED_ORIGINS lists loopback while/, { ALLOWED_ORIGINS: 'http://localhost:3000' }],
    [/^RETURN_ORIGINS lists loopback while/, { RETURN_ORIGINS: 'https://127.0.0.1' }],
    [/^RETURN_MODE needs link or forward/, { RETURN_MODE: 'redirect' }],
    [/^RETURN_ORIGINS is missing, and SHOP_URL too/, { RETURN_MODE: 'forward' }],
    [/^SHOP_NAME has more than 40/, { SHOP_NAME: '뭍'.repeat(41) }],
    [/^SHOP_NAME holds control/, { SHOP_NAME: 'a\u202Eb' }],
    [/^SHOP_NAME holds control/, { SHOP_NAME: 'a\nb' }],
    [/^SHOP_NAME is missing/, { SHOP_LOGO_URL: 'https://cdn.example/a.svg' }],
    [
      /^SHOP_LOGO_URL needs an address that begins with https/,
      { ...named, SHOP_LOGO_URL: 'data:image/svg+xml,x' },
    ],
    [/^SHOP_LOGO_URL is plain http/, { ...named, SHOP_LOGO_URL: 'http://cdn.example/a.svg' }],
    [/^SHOP_LOGO_URL is on loopback/, { ...named, SHOP_LOGO_URL: 'http://localhost/a.svg' }],
    [/^SHOP_LOGO_URL contains a user name/, { ...named, SHOP_LOGO_URL: 'https://a:b@cdn.example/a.svg' }],
    [/^SHOP_LOGO_URL has an odd host/, { ...named, SHOP_LOGO_URL: 'https://*.example/a.svg' }],
    ...['02-123-4567', 'tel:', 'tel:call me', 'mailto:a', 'mailto:a@b.co?subject=x', 'mailto:a@b.co,c@d.co']
      .concat(['http://shop.example/', 'https://a@shop.example/', 'javascript:alert(1)', 'https://'])
      .map((contact): [RegExp, Variables] => [/^SHOP_CONTACT is not tel:/, { SHOP_CONTACT: contact }]),
  ])('%s: %j', (reason, variables) => {
    expect(refusals(variables)).toEqual([expect.stringMatching(reason)])
  })

  test('each with the others, at once', () => {
    const reasons = refusals({
      ALLOWED_ORIGINS: '*',
      RETURN_ORIGINS: 'http://shop.example',
      RETURN_MODE: 'x',
      SHOP_CONTACT: 'x',
      SHOP_LOGO_URL: 'https://cdn.example/a.svg',
    })
    expect(reasons.map((reason) => reason.replace(/ .*/, '')).toSorted()).toEqual([
      'ALLOWED_ORIGINS',
      'RETURN_MODE',
      'RETURN_ORIGINS',
      'SHOP_CONTACT',
      'SHOP_NAME',
    ])
  })
})
