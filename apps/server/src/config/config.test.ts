import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { liveKey } from './merchant-keys.ts'
import { refusalLines, terminalLines } from '../commands/terminal-lines.ts'

const COLUMNS = 100

const good = {
  PORTONE_V1_KEY: 'key',
  PORTONE_V1_SECRET: 'secret',
  MERCHANT_API_KEYS: 'a-merchant-key-long-enough',
  TOKEN_SECRET: 'a-token-secret-long-enough-for-anybody',
  PUBLIC_URL: 'https://pay.shop.example',
}
const whsec = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`
const notify = {
  NOTIFY_URL: 'https://shop.example/notices',
  NOTIFY_SECRETS: whsec('a secret that is long enough'),
}

const hashed = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`
/** A key as .env.example has one made. */
const merchantKey = 'q7V3kq0yq0jv7b1W1m3o5m8m2hY4Jt0S'
/** What a shop sets to go live: the README's steps. */
const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://pay.shop.example',
  SHOP_URL: 'https://shop.example/',
  PORTONE_V1_KEY: '6432101203128231',
  PORTONE_V1_SECRET: 'jfGRPDnGqf3bXvXh0f0oFvXyZ1Qm4z',
  PORTONE_V1_USER_CODE: 'imp12345678',
  MERCHANT_API_KEYS: hashed(merchantKey),
  TOKEN_SECRET: 'nJ2c1b4h8Qm0o3kXv7Zs5tY9wE6rL1pA',
  ...notify,
}
/** The built product with a sandbox, for this machine alone: what the browser tests and a careful person start. */
const rehearsal = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'http://localhost:4000',
  PORTONE_V1_URL: 'http://127.0.0.1:4010',
  PORTONE_V1_SDK_URL: 'http://127.0.0.1:4010/v1/iamport.js',
  PORTONE_V1_KEY: 'sandbox',
  PORTONE_V1_SECRET: 'sandbox-secret',
  MERCHANT_API_KEYS: 'merchant-key-of-a-rehearsal',
  TOKEN_SECRET: 'token-secret-of-it',
}
const example: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(/=(.*)/s).slice(0, 2)),
)

/** Every reason and every warning that a test here brings about can be read in a terminal of 100 columns. */
const fits = (lines: string): void =>
  expect(lines.split('\n').filter(({ length }) => length > COLUMNS)).toEqual([])
const config = (environment: Readonly<Record<string, string | undefined>>) => {
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  for (const warning of read.value.warnings) fits(terminalLines(`Warning: ${warning}`))
  return read.value
}
const secrets = (environment: Readonly<Record<string, string | undefined>>) => config(environment).secrets
const refusals = (environment: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const read = readConfig(environment)
  if (read.ok) return []
  fits(refusalLines(read.problem))
  return read.problem
}

describe('read', () => {
  test('the real gateway, a file, safe policies: what holds when little is set', () => {
    expect(config(good)).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      webUrl: 'https://pay.shop.example',
      shopUrl: null,
      databaseUrl: 'file:./data/landfall.db',
      notify: null,
      portone: { url: 'https://api.iamport.kr' },
      sandboxMode: false,
      policy: { onRejected: 'cancel', onSurplus: 'cancel', onLate: 'accept', allowTestChannel: false },
      verifyDeadlineMs: 2_500,
      lookupTimeoutMs: 10_000,
      orphanAfterMs: 900_000,
    })
  })

  test('an empty variable is one that is not set; a slash at an address’s end is dropped', () => {
    expect(config({ ...good, SHOP_URL: '', PORT: ' ', WEB_URL: 'https://web.example//' })).toMatchObject({
      port: 4000,
      shopUrl: null,
      webUrl: 'https://web.example',
    })
  })

  test('secrets and keys come in lists, the first one signs', () => {
    const { merchantKeys, tokenSecrets } = secrets({
      ...good,
      MERCHANT_API_KEYS: `${good.MERCHANT_API_KEYS}, another-key-long-enough`,
      TOKEN_SECRET: 'the-new-secret-is-the-first-one-listed the-old-secret-still-verifies-what-it-signed',
    })
    expect([merchantKeys.length, tokenSecrets[0]]).toEqual([2, 'the-new-secret-is-the-first-one-listed'])
  })

  test('the sandbox is what listens on loopback, and only then is there a demo shop', () => {
    for (const url of [
      'http://127.0.0.1:4010',
      'http://localhost:4010',
      'http://[::1]:4010',
      'http://127.9.9.9',
    ])
      expect(config({ ...good, PUBLIC_URL: 'http://localhost:4000', PORTONE_V1_URL: url }).sandboxMode).toBe(
        true,
      )
    expect(config(good).sandboxMode).toBe(false)
  })

  test('.env.example is enough to develop with', () => {
    expect(config(example)).toMatchObject({ sandboxMode: true, port: 4000, warnings: [] })
    // P-08: and refused in production, each secret by name.
    const refused = refusals({ ...example, NODE_ENV: 'production' })
    for (const name of ['TOKEN_SECRET', 'MERCHANT_API_KEYS', 'NOTIFY_SECRETS'])
      expect(refused.join('\n')).toContain(`${name} is the example`)
  })
})

describe('refused, in one line a reason that names the variable', () => {
  test.for<[string, Record<string, string | undefined>]>([
    ['PORTONE_V1_KEY', { PORTONE_V1_KEY: undefined }],
    ['PORTONE_V1_SECRET', { PORTONE_V1_SECRET: '' }],
    ['MERCHANT_API_KEYS', { MERCHANT_API_KEYS: undefined }],
    ['MERCHANT_API_KEYS', { MERCHANT_API_KEYS: 'short' }],
    ['MERCHANT_API_KEYS', { MERCHANT_API_KEYS: ' , ' }],
    ['TOKEN_SECRET', { TOKEN_SECRET: undefined }],
    ['TOKEN_SECRET', { TOKEN_SECRET: 'short' }],
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '70000' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'pay.shop.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'javascript:alert(1)' }],
    ['SHOP_URL', { SHOP_URL: 'javascript:alert(1)' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres:x' }],
    ['ON_REJECTED', { ON_REJECTED: 'accept' }],
    ['ON_SURPLUS', { ON_SURPLUS: 'accept' }],
    ['ON_LATE', { ON_LATE: 'never' }],
    ['ON_CLOSED', { ON_CLOSED: 'accept' }],
    ['ALLOW_TEST_CHANNEL', { ALLOW_TEST_CHANNEL: 'yes' }],
    ['LOOKUP_TIMEOUT_MS', { LOOKUP_TIMEOUT_MS: '0' }],
    ['SWEEP_BATCH', { SWEEP_BATCH: '-1' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['NOTIFY_SECRETS', { ...notify, NOTIFY_SECRETS: undefined }],
    ['NOTIFY_SECRETS', { ...notify, NOTIFY_SECRETS: 'not-whsec' }],
    ['NOTIFY_SECRETS', { ...notify, NOTIFY_SECRETS: whsec('short') }],
  ])('%s', ([name, change]) => {
    const reasons = refusals({ ...good, ...change })
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatch(new RegExp(`^${name} `))
    expect(reasons[0]).not.toContain('\n')
  })

  test('everything that is wrong is said at once', () => {
    expect(refusals({}).length).toBeGreaterThanOrEqual(4)
  })

  test('P-03: no reason quotes a secret', () => {
    const secret = 'S3CR3T'
    const said = refusals({
      ...good,
      TOKEN_SECRET: secret,
      MERCHANT_API_KEYS: secret,
      ...notify,
      NOTIFY_SECRETS: secret,
    }).join('\n')
    expect(said).not.toContain(secret)
  })

  test.for(['PUBLIC_URL', 'WEB_URL', 'PORTONE_V1_URL', 'PORTONE_V1_SDK_URL', 'SHOP_URL'])(
    'G-03: %s by plain http, unless on loopback',
    (name) => {
      expect(refusals({ ...good, [name]: 'http://pay.shop.example' }).join('\n')).toMatch(
        new RegExp(`^${name} is plain http`),
      )
    },
  )

  test('P-08: the sandbox behind a public address would open the demo shop to everybody', () => {
    expect(refusals({ ...good, PORTONE_V1_URL: 'http://127.0.0.1:4010' }).join('\n')).toMatch(/sandbox/)
  })

  test.for([
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://localhost./x',
    'https://a.localhost/x',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://metadata.google.internal/',
    'https://printer.local/',
  ])('N-07: notices to %s', (url) => {
    expect(refusals({ ...good, ...notify, NOTIFY_URL: url }).join('\n')).toMatch(
      /NOTIFY_URL is a private address/,
    )
    expect(refusals({ ...good, ...notify, NOTIFY_URL: url, NOTIFY_ALLOW_PRIVATE: 'true' })).toEqual([])
  })

  test.for(['https://backend/', 'https://shop.lan/', 'https://shop.home.arpa/', 'https://shop.intranet/'])(
    'N-07: notices to %s, a name only an inner network knows',
    (url) => {
      expect(refusals({ ...good, ...notify, NOTIFY_URL: url })).toEqual([
        'NOTIFY_URL is a private address: set NOTIFY_ALLOW_PRIVATE=true if that is meant',
      ])
    },
  )

  test('notices to a public address by plain http', () => {
    expect(refusals({ ...good, ...notify, NOTIFY_URL: 'http://shop.example/' }).join('\n')).toMatch(
      /NOTIFY_URL is plain http/,
    )
    expect(refusals({ ...good, ...notify })).toEqual([])
  })
})

describe('merchant keys', () => {
  test('by their SHA-256 or in the clear, several at once: each of them is live, and nothing like them', () => {
    const keys = ['first-key-of-this-shop', 'second-key-of-this-shop', 'third-key-of-this-shop']
    const [first = '', second = '', third = ''] = keys
    const { merchantKeys } = secrets({
      ...good,
      MERCHANT_API_KEYS: `${hashed(first)},${second} ${hashed(third).toUpperCase().replace('SHA', 'sha')}`,
    })
    for (const key of keys) expect([key, liveKey(key, merchantKeys)?.name]).toEqual([key, 'default'])
    // Who has read the configuration holds no key: the digest itself opens nothing.
    for (const wrong of [hashed(first), hashed(first).slice(7), `${first}x`, first.slice(1), '', ' '])
      expect([wrong, liveKey(wrong, merchantKeys)]).toEqual([wrong, null])
  })

  test('P-03, S-17: once read no key is held, so nothing that prints the configuration shows one', () => {
    const read = config({ ...good, MERCHANT_API_KEYS: `${good.MERCHANT_API_KEYS} ${hashed(merchantKey)}` })
    const printed = `${JSON.stringify(read)} ${inspect(read, { depth: 9 })}`
    expect(printed).toContain(hashed(merchantKey).slice(7))
    for (const key of [good.MERCHANT_API_KEYS, merchantKey]) expect(printed).not.toContain(key)
  })

  test('in the clear they start in production as well, with a warning that names none', () => {
    const { warnings } = config({ ...production, MERCHANT_API_KEYS: merchantKey })
    expect(warnings).toEqual([expect.stringMatching(/^MERCHANT_API_KEYS holds plain-text keys/)])
    expect(warnings.join('')).not.toContain(merchantKey)
    expect(config(production).warnings).toEqual([])
    expect(config({ ...good, MERCHANT_API_KEYS: merchantKey }).warnings).toEqual([])
  })

  test('the command .env.example gives makes what is read here', () => {
    const text = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8')
    expect(text).toContain(`printf 'sha256:%s\\n' "$(printf %s "$KEY" | sha256sum | cut -c1-64)"`)
  })
})

describe('starts', () => {
  test.for<[string, Record<string, string | undefined>]>([
    ['.env.example as it is', { ...example }],
    ['a typical production', production],
    ['production with keys in the clear', { ...production, MERCHANT_API_KEYS: merchantKey }],
    [
      'production while a token secret is changed',
      { ...production, TOKEN_SECRET: `${'n'.repeat(32)} ${'o'.repeat(32)}` },
    ],
    [
      'production on Postgres, whose address carries a password',
      { ...production, DATABASE_URL: 'postgres://a:b@db/landfall' },
    ],
    [
      'production below a path, with its web elsewhere',
      { ...production, PUBLIC_URL: 'https://shop.example/pay/', WEB_URL: 'https://web.shop.example' },
    ],
    ['production behind a proxy on another interface', { ...production, HOST: '0.0.0.0' }],
    [
      'production whose backend is in its own network',
      { ...production, NOTIFY_URL: 'http://backend:8080/notices', NOTIFY_ALLOW_PRIVATE: 'true' },
    ],
    ['a notice address with a query', { ...production, NOTIFY_URL: 'https://shop.example/notices?shop=1' }],
    ['the built product on this machine alone', rehearsal],
    [
      'the same on every name of loopback',
      {
        ...rehearsal,
        HOST: '::1',
        PUBLIC_URL: 'http://[::1]:4000',
        PORTONE_V1_URL: 'http://2130706433:4010',
      },
    ],
    ['the same with a test channel', { ...rehearsal, ALLOW_TEST_CHANNEL: 'true' }],
    [
      'development with the real gateway’s test channel',
      {
        ...production,
        NODE_ENV: 'development',
        PUBLIC_URL: undefined,
        SHOP_URL: undefined,
        ALLOW_TEST_CHANNEL: 'true',
      },
    ],
  ])('%s', ([, environment]) => {
    expect(refusals(environment)).toEqual([])
  })

  test('G-12: a rehearsal in production says in full that it is one, and every start says it again', () => {
    const read = config({ ...production, ALLOW_TEST_CHANNEL: 'even-in-production' })
    expect(read.policy.allowTestChannel).toBe(true)
    expect(read.warnings).toEqual([expect.stringMatching(/^ALLOW_TEST_CHANNEL=even-in-production/)])
    expect(config(production).policy.allowTestChannel).toBe(false)
  })
})

describe('P-08: refused in production, each by a line of its own', () => {
  const secret = 'the-same-value-for-everything-xx'
  test.for<[string, RegExp, Record<string, string | undefined>]>([
    ['the example token secret', /^TOKEN_SECRET is the example/, { TOKEN_SECRET: example['TOKEN_SECRET'] }],
    [
      'the example among others',
      /^TOKEN_SECRET is the example/,
      { TOKEN_SECRET: `${production.TOKEN_SECRET},${example['TOKEN_SECRET']}` },
    ],
    [
      'the example merchant key',
      /^MERCHANT_API_KEYS is the example/,
      { MERCHANT_API_KEYS: example['MERCHANT_API_KEYS'] },
    ],
    [
      'the example merchant key, hashed',
      /^MERCHANT_API_KEYS is the example/,
      { MERCHANT_API_KEYS: hashed(example['MERCHANT_API_KEYS'] ?? '') },
    ],
    [
      'the example notice secret',
      /^NOTIFY_SECRETS is the example/,
      { NOTIFY_SECRETS: example['NOTIFY_SECRETS'] },
    ],
    ['the sandbox’s key', /^PORTONE_V1_KEY is the example/, { PORTONE_V1_KEY: example['PORTONE_V1_KEY'] }],
    [
      'the sandbox’s secret',
      /^PORTONE_V1_SECRET is the example/,
      { PORTONE_V1_SECRET: example['PORTONE_V1_SECRET'] },
    ],
    [
      'a short token secret on a public address',
      /^TOKEN_SECRET needs at least 32/,
      { TOKEN_SECRET: 'x'.repeat(31) },
    ],
    ['the same token secret twice', /^TOKEN_SECRET lists the same/, { TOKEN_SECRET: `${secret} ${secret}` }],
    [
      'the same notice secret twice',
      /^NOTIFY_SECRETS lists the same/,
      { NOTIFY_SECRETS: `${notify.NOTIFY_SECRETS},${notify.NOTIFY_SECRETS}` },
    ],
    [
      'the same merchant key twice, once hashed',
      /^MERCHANT_API_KEYS lists the same/,
      { MERCHANT_API_KEYS: `${merchantKey} ${hashed(merchantKey)}` },
    ],
    [
      'one value as merchant key and token secret',
      /^MERCHANT_API_KEYS and TOKEN_SECRET share/,
      { MERCHANT_API_KEYS: hashed(secret), TOKEN_SECRET: secret },
    ],
    [
      'one value as merchant key and notice secret',
      /^MERCHANT_API_KEYS and NOTIFY_SECRETS share/,
      { MERCHANT_API_KEYS: notify.NOTIFY_SECRETS },
    ],
    [
      'one value as merchant key and the gateway’s secret',
      /^MERCHANT_API_KEYS and PORTONE_V1/,
      { MERCHANT_API_KEYS: secret, PORTONE_V1_SECRET: secret },
    ],
    [
      'one value as token and notice secret',
      /^TOKEN_SECRET and NOTIFY_SECRETS share/,
      { TOKEN_SECRET: notify.NOTIFY_SECRETS },
    ],
    [
      'one value as token secret and the gateway’s',
      /^PORTONE_V1_KEY or PORTONE_V1_SECRET is also/,
      { TOKEN_SECRET: secret, PORTONE_V1_SECRET: secret },
    ],
    [
      'the gateway’s key for its secret',
      /^PORTONE_V1_SECRET is the same value/,
      { PORTONE_V1_SECRET: production.PORTONE_V1_KEY },
    ],
    [
      'a digest with a digit too few',
      /^MERCHANT_API_KEYS needs 64/,
      { MERCHANT_API_KEYS: hashed(merchantKey).slice(0, -1) },
    ],
    [
      'the demo shop in reach, by PUBLIC_URL',
      /^PORTONE_V1_URL is a sandbox/,
      { PORTONE_V1_URL: 'http://127.0.0.1:4010' },
    ],
    [
      'the script of a customer’s own machine',
      /^PORTONE_V1_SDK_URL is on loopback/,
      { PORTONE_V1_SDK_URL: 'http://localhost:4010/v1/iamport.js' },
    ],
    ['screens on a customer’s own machine', /^WEB_URL is on loopback/, { WEB_URL: 'http://localhost:5173' }],
    [
      'a shop on a customer’s own machine',
      /^SHOP_URL is on loopback/,
      { SHOP_URL: 'http://localhost:5173/' },
    ],
    ['G-12: a test channel', /^ALLOW_TEST_CHANNEL lets/, { ALLOW_TEST_CHANNEL: 'true' }],
    [
      'G-12: a test channel on a public address, whatever it is called',
      /^ALLOW_TEST_CHANNEL lets/,
      { NODE_ENV: undefined, ALLOW_TEST_CHANNEL: 'true' },
    ],
    [
      'a public address with example secrets, whatever it is called',
      /^TOKEN_SECRET is the example/,
      { NODE_ENV: 'development', TOKEN_SECRET: example['TOKEN_SECRET'] },
    ],
    [
      'a password in PUBLIC_URL',
      /^PUBLIC_URL contains a user/,
      { PUBLIC_URL: 'https://user:pass@pay.shop.example' },
    ],
    [
      'a user in PORTONE_V1_URL',
      /^PORTONE_V1_URL contains a user/,
      { PORTONE_V1_URL: 'https://user@api.iamport.kr' },
    ],
    [
      'a password in NOTIFY_URL',
      /^NOTIFY_URL contains a user/,
      { NOTIFY_URL: 'https://:pass@shop.example/' },
    ],
    ['a query in PUBLIC_URL', /^PUBLIC_URL has a query/, { PUBLIC_URL: 'https://pay.shop.example/?shop=1' }],
    ['an empty query in PUBLIC_URL', /^PUBLIC_URL has a query/, { PUBLIC_URL: 'https://pay.shop.example/?' }],
    ['a fragment in WEB_URL', /^WEB_URL has a query/, { WEB_URL: 'https://pay.shop.example/#/' }],
    [
      'a query in PORTONE_V1_URL',
      /^PORTONE_V1_URL has a query/,
      { PORTONE_V1_URL: 'https://api.iamport.kr?x' },
    ],
  ])('%s', ([, line, change]) => {
    const reasons = refusals({ ...production, ...change })
    expect(reasons).toEqual([expect.stringMatching(line)])
    expect(reasons[0]).not.toMatch(/\n|the-same-value|q7V3kq|pass@/)
  })

  test('the demo shop in reach by HOST or by the web’s address', () => {
    for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'shop.example'])
      expect(refusals({ ...rehearsal, HOST })).toEqual([expect.stringMatching(/^HOST lets others in/)])
    expect(refusals({ ...rehearsal, WEB_URL: 'https://web.example' })).toEqual([
      expect.stringMatching(/^PORTONE_V1_URL is a sandbox/),
    ])
  })

  test.for([
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil.example/127.0.0.1',
    'http://evil.example#localhost',
    'http://localhost@evil.example',
    'HTTP://evil.example',
    ' http://evil.example',
    'http:evil.example',
    'http://[::ffff:127.0.0.1]:4000',
    'http://[::ffff:10.0.0.1]',
    'http://[::]:4000',
    'http://0.0.0.0:4000',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://3232235777',
    'http://0xa.1',
    'http://xn--localhost-x.example',
  ])('G-03: by plain http and not loopback, however it is written: %s', (url) => {
    for (const name of ['PUBLIC_URL', 'PORTONE_V1_URL', 'PORTONE_V1_SDK_URL'])
      expect(refusals({ ...production, [name]: url }).join('\n')).toContain(`${name} is plain http`)
  })

  test('all of them at once, those that cannot be read among them', () => {
    const names = refusals({
      ...example,
      NODE_ENV: 'production',
      PORT: 'http',
      PORTONE_V1_KEY: undefined,
      PORTONE_V1_URL: 'http://api.iamport.kr',
      NOTIFY_ALLOW_PRIVATE: undefined,
      ALLOW_TEST_CHANNEL: 'true',
    }).map((reason) => reason.split(' ')[0] ?? '')
    expect(names.toSorted()).toEqual([
      'ALLOW_TEST_CHANNEL',
      'MERCHANT_API_KEYS',
      'NOTIFY_SECRETS',
      'NOTIFY_URL',
      'PORT',
      'PORTONE_V1_KEY',
      'PORTONE_V1_SECRET',
      'PORTONE_V1_URL',
      'TOKEN_SECRET',
    ])
  })
})
