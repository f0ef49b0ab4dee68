import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

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

const config = (environment: Readonly<Record<string, string | undefined>>) => {
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}
const refusals = (environment: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const read = readConfig(environment)
  return read.ok ? [] : read.problem
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
    const { merchantKeys, tokenSecrets } = config({
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
    const lines = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8').split('\n')
    const example = Object.fromEntries(
      lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2)),
    )
    expect(config(example)).toMatchObject({ sandboxMode: true, port: 4000 })
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

  test('notices to a public address by plain http', () => {
    expect(refusals({ ...good, ...notify, NOTIFY_URL: 'http://shop.example/' }).join('\n')).toMatch(
      /NOTIFY_URL is plain http/,
    )
    expect(refusals({ ...good, ...notify })).toEqual([])
  })
})
