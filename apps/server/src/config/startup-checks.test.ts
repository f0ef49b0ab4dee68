import { describe, expect, test } from 'vitest'
import {
  exampleFile,
  hashed,
  merchantKey,
  production,
  productionV2,
  refusals,
  rehearsal,
  settingsIn,
  warnings,
} from '../../testing/settings.ts'

type Settings = Readonly<Record<string, string | undefined>>
const example = settingsIn(exampleFile).set
const away = { ...production, NODE_ENV: 'development' }
const shared = 'the-same-value-for-everything-xx'
const postgres = (rest: string): Settings => ({ DATABASE_URL: `postgres://u:pass@${rest}` })
const v2 = productionV2
const { PORTONE_V2_SECRET, PORTONE_V2_STORE_ID, PORTONE_V2_WEBHOOK_SECRETS } = productionV2
const credentialsV2 = { PORTONE_V2_SECRET, PORTONE_V2_STORE_ID, PORTONE_V2_WEBHOOK_SECRETS }
const isOfV2 = (name: string): boolean => name.startsWith('PORTONE_V2_')
const loopbackV2 = 'http://127.0.0.1:4011'
const digest = hashed(example['MERCHANT_API_KEYS'] ?? '')
const pick = (name: string, before = ''): Settings => ({ [name]: `${before}${example[name] ?? ''}` })

describe('P-08, G-12: contradictory settings do not start, and one sentence says why', () => {
  test.for<[string, Settings, Settings?]>([
    ['TOKEN_SECRET is the example', pick('TOKEN_SECRET')],
    ['TOKEN_SECRET is the example', pick('TOKEN_SECRET', `${production.TOKEN_SECRET},`)],
    ['TOKEN_SECRET is the example', pick('TOKEN_SECRET'), away],
    [
      'TOKEN_SECRET is the example',
      { ...pick('TOKEN_SECRET'), HOST: '0.0.0.0', PUBLIC_URL: undefined },
      away,
    ],
    ['MERCHANT_API_KEYS is the example', pick('MERCHANT_API_KEYS')],
    ['MERCHANT_API_KEYS is the example', { MERCHANT_API_KEYS: digest }],
    [
      'MERCHANT_API_KEYS is the example',
      { MERCHANT_API_KEYS: digest, HOST: '::', PUBLIC_URL: undefined },
      away,
    ],
    ['NOTIFY_SECRETS is the example', pick('NOTIFY_SECRETS')],
    ['PORTONE_V1_KEY is the example', pick('PORTONE_V1_KEY')],
    ['PORTONE_V1_SECRET is the example', pick('PORTONE_V1_SECRET')],
    ['PORTONE_V1_URL and PUBLIC_URL are the same', { PORTONE_V1_URL: production.PUBLIC_URL }],
    ['NOTIFY_URL is an address of the gateway', { NOTIFY_URL: 'https://api.iamport.kr/landfall' }],
    [
      'NOTIFY_URL is an address of Landfall',
      { WEB_URL: 'https://web.shop.example', NOTIFY_URL: 'https://web.shop.example/result/x' },
    ],
    ['TOKEN_SECRET lists the same', { TOKEN_SECRET: `${shared} ${shared}` }],
    [
      'NOTIFY_SECRETS lists the same',
      { NOTIFY_SECRETS: `${production.NOTIFY_SECRETS},${production.NOTIFY_SECRETS}` },
    ],
    ['MERCHANT_API_KEYS lists the same', { MERCHANT_API_KEYS: `${merchantKey} ${hashed(merchantKey)}` }],
    ['MERCHANT_API_KEYS and TOKEN_SECRET share', { MERCHANT_API_KEYS: hashed(shared), TOKEN_SECRET: shared }],
    ['MERCHANT_API_KEYS and NOTIFY_SECRETS share', { MERCHANT_API_KEYS: production.NOTIFY_SECRETS }],
    ['MERCHANT_API_KEYS and PORTONE_V1', { MERCHANT_API_KEYS: shared, PORTONE_V1_SECRET: shared }],
    ['TOKEN_SECRET and NOTIFY_SECRETS share', { TOKEN_SECRET: production.NOTIFY_SECRETS }],
    ['PORTONE_V1_KEY or PORTONE_V1_SECRET is also', { TOKEN_SECRET: shared, PORTONE_V1_SECRET: shared }],
    ['PORTONE_V1_SECRET is the same value', { PORTONE_V1_SECRET: production.PORTONE_V1_KEY }],
    ['PORTONE_V1_URL is a sandbox', { PORTONE_V1_URL: 'http://127.0.0.1:4010' }],
    ['PORTONE_V1_URL is a sandbox', { WEB_URL: 'https://web.example' }, rehearsal],
    ['PORTONE_V1_SDK_URL is on loopback', { PORTONE_V1_SDK_URL: 'http://localhost:4010/v1/iamport.js' }],
    ['PORTONE_V2_SECRET is the example', { ...v2, ...pick('PORTONE_V2_SECRET') }],
    ['PORTONE_V2_WEBHOOK_SECRETS is the example', { ...v2, ...pick('PORTONE_V2_WEBHOOK_SECRETS') }],
    ['PORTONE_V2_URL is plain http', { ...v2, PORTONE_V2_URL: 'http://api.portone.io' }],
    ['PORTONE_V2_URL has a path', { ...v2, PORTONE_V2_URL: 'https://api.portone.io/v2' }],
    ['PORTONE_V1_URL and PORTONE_V2_URL: one is a sandbox', { ...credentialsV2 }, rehearsal],
    [
      'PORTONE_V2_URL is a sandbox',
      { ...v2, PORTONE_V1_KEY: undefined, PORTONE_V1_SECRET: undefined, PORTONE_V2_URL: loopbackV2 },
    ],
    ['PORTONE_V2_SECRET is also', { ...v2, TOKEN_SECRET: shared, PORTONE_V2_SECRET: shared }],
    [
      'MERCHANT_API_KEYS and PORTONE_V2_SECRET share',
      { ...v2, MERCHANT_API_KEYS: shared, PORTONE_V2_SECRET: shared },
    ],
    ['PORTONE_V2_WEBHOOK_SECRETS is also', { ...v2, PORTONE_V2_WEBHOOK_SECRETS: production.NOTIFY_SECRETS }],
    ['WEB_URL is on loopback', { WEB_URL: 'http://localhost:5173' }],
    ['SHOP_URL is on loopback', { SHOP_URL: 'http://localhost:5173/' }],
    ['ALLOW_TEST_CHANNEL lets', { ALLOW_TEST_CHANNEL: 'true' }],
    ['ALLOW_TEST_CHANNEL lets', { ALLOW_TEST_CHANNEL: 'true' }, away],
    ['PUBLIC_URL contains a user', { PUBLIC_URL: 'https://user:pass@pay.shop.example' }],
    ['PORTONE_V1_URL contains a user', { PORTONE_V1_URL: 'https://user@api.iamport.kr' }],
    ['NOTIFY_URL contains a user', { NOTIFY_URL: 'https://:pass@shop.example/' }],
    ['NOTIFY_URL is plain http', { NOTIFY_URL: 'http://shop.example/' }],
    ['PUBLIC_URL has an odd host', { PUBLIC_URL: 'https://*.shop.example' }],
    ['WEB_URL has an odd host', { WEB_URL: 'https://web.shop.example;' }],
    ['PORTONE_V1_URL has an odd host', { PORTONE_V1_URL: "https://'api.iamport.kr'" }],
    ['PUBLIC_URL has a query', { PUBLIC_URL: 'https://pay.shop.example/?shop=1' }],
    ['PUBLIC_URL has a query', { PUBLIC_URL: 'https://pay.shop.example/?' }],
    ['WEB_URL has a query', { WEB_URL: 'https://pay.shop.example/#/' }],
    ['PORTONE_V1_URL has a query', { PORTONE_V1_URL: 'https://api.iamport.kr?x' }],
    ['PUBLIC_URL has a path', { PUBLIC_URL: 'https://shop.example/pay' }],
    ['PUBLIC_URL has a path', { PUBLIC_URL: 'https://shop.example/pay/' }],
    ['PUBLIC_URL has a path', { PUBLIC_URL: 'http://localhost:4000/pay' }, rehearsal],
    ['WEB_URL has a path', { WEB_URL: 'https://web.shop.example/screens' }],
    ['PORTONE_V1_URL has a path', { PORTONE_V1_URL: 'https://api.iamport.kr/v1' }],
    ['DATABASE_URL names a Postgres', postgres('db/landfall')],
    ['DATABASE_URL names a Postgres', postgres('10.0.0.5:5432/landfall')],
    ['DATABASE_URL names a Postgres', postgres('[2001:db8::5]/landfall')],
    ['DATABASE_URL names a Postgres', postgres('db.example/landfall?sslmode=disable')],
    ['DATABASE_URL names a Postgres', postgres('db.example/landfall?sslmode=prefer')],
    ['DATABASE_URL names a Postgres', postgres('db.example/landfall?sslmode=')],
    ['DATABASE_URL names a Postgres', postgres('db.example/l?sslmode=require&sslmode=disable')],
    ['DATABASE_URL names a Postgres', postgres('localhost/l?host=/run/postgresql&host=db.example')],
    ['DATABASE_URL keeps the database in memory', { DATABASE_URL: 'file::memory:' }],
    ['DATABASE_URL keeps the database in memory', { DATABASE_URL: 'file:l?mode=memory&cache=shared' }],
    ['NOTIFY_URL is an address of Landfall', { NOTIFY_URL: 'https://pay.shop.example/webhooks/portone' }],
    ['NOTIFY_URL is an address of Landfall', { NOTIFY_URL: 'https://pay.shop.example//complete' }],
    ['DATABASE_URL names a Postgres', postgres('localhost/landfall?host=db.example')],
    ['DATABASE_URL names a Postgres', postgres('db.example/landfall'), { ...rehearsal, NODE_ENV: undefined }],
    ['WORK_LEASE_MS must be longer', { WORK_LEASE_MS: '15000' }],
    ['WORK_LEASE_MS must be longer', { WORK_LEASE_MS: '20000' }],
    ['WORK_LEASE_MS must be longer', { NOTIFY_TIMEOUT_MS: '25000' }],
    ['WORK_LEASE_MS must be longer', { LOOKUP_TIMEOUT_MS: '12500' }, away],
    ['CANCEL_SETTLE_MS must be at least', { CANCEL_SETTLE_MS: '59999' }],
    ['CANCEL_SETTLE_MS must be at least', { CANCEL_TIMEOUT_MS: '600000', CANCEL_SETTLE_MS: '599999' }],
  ])('%s …', ([line, change, start = production]) => {
    const reasons = refusals({ ...start, ...change })
    expect(reasons).toEqual([expect.stringMatching(new RegExp(`^${line}`))])
    expect(reasons[0]).not.toMatch(/the-same-value|q7V3kq|pass@|pass\b/)
  })

  test('the demo shop in reach by HOST, whatever the deployment is called', () => {
    for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'shop.example'])
      for (const NODE_ENV of ['production', 'development', undefined])
        expect(refusals({ ...rehearsal, NODE_ENV, HOST })).toContainEqual(
          expect.stringMatching(/^HOST lets others in/),
        )
    expect(refusals({ ...example, HOST: '0.0.0.0' }).length).toBeGreaterThan(4)
  })

  test.for([
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://evil.example/127.0.0.1',
    'http://evil.example#localhost',
    'http://localhost@evil.example',
    'HTTP://evil.example',
    ' http://evil.example',
    'http://[::ffff:127.0.0.1]:4000',
    'http://[::ffff:10.0.0.1]',
    'http://[::]:4000',
    'http://0.0.0.0:4000',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://3232235777',
    'http://0xa.1',
    'http://xn--localhost-x.example',
  ])('G-03: plain http to other machines, however it is written: %s', (url) => {
    for (const name of ['PUBLIC_URL', 'WEB_URL', 'PORTONE_V1_URL', 'PORTONE_V1_SDK_URL', 'SHOP_URL'])
      expect(refusals({ ...production, [name]: url }).join('\n')).toContain(`${name} is plain http`)
  })

  test.for(
    (
      'https://127.0.0.1/x https://localhost/x https://localhost./x https://a.localhost/x https://10.1.2.3/ https://0.0.0.0/ ' +
      'https://169.254.169.254/latest/meta-data https://[::1]/ https://[fd00::1]/ https://[::ffff:169.254.169.254]/ ' +
      'https://[2002:7f00:1::]/ https://[64:ff9b:1::a00:1]/ https://[::7f00:1]/ https://0x7f.1/ https://2130706433/ ' +
      'https://metadata.google.internal/ https://printer.local/ https://backend/ https://shop.lan/ https://shop.home.arpa/ https://localhost.localdomain/ https://shop.corp/ https://web.default.svc/'
    ).split(' '),
  )('N-07: notices to %s, unless it is meant', (url) => {
    expect(refusals({ ...production, NOTIFY_URL: url })).toEqual([
      'NOTIFY_URL is a private address: set NOTIFY_ALLOW_PRIVATE=true if that is meant',
    ])
    expect(refusals({ ...production, NOTIFY_URL: url, NOTIFY_ALLOW_PRIVATE: 'true' })).toEqual([])
  })

  test('every reason at once: several of one variable, those of unreadable ones, and no false one', () => {
    const settings = {
      ...Object.fromEntries(Object.entries(example).filter(([name]) => !isOfV2(name))),
      NODE_ENV: 'production',
      PORT: 'http',
      PORTONE_V1_KEY: undefined,
      PORTONE_V1_URL: 'http://u:p@api.iamport.kr/v1?x',
      NOTIFY_ALLOW_PRIVATE: undefined,
      NOTIFY_SECRETS: 'unreadable',
      TOKEN_SECRET: example['NOTIFY_SECRETS'],
      ALLOW_TEST_CHANNEL: 'true',
    }
    const beginnings = refusals(settings).map((reason) => reason.split(/[:,]| to | that | and not /)[0] ?? '')
    expect(beginnings.toSorted()).toEqual([
      'ALLOW_TEST_CHANNEL lets orders be paid without money',
      'MERCHANT_API_KEYS is the example from .env.example',
      'NOTIFY_SECRETS needs secrets like whsec_<base64 of 24 bytes or more>',
      'NOTIFY_URL is a private address',
      'PORT needs a whole number from 0',
      'PORTONE_V1_KEY is missing',
      'PORTONE_V1_SECRET is the example from .env.example',
      'PORTONE_V1_URL contains a user name or a password',
      'PORTONE_V1_URL has a path',
      'PORTONE_V1_URL has a query or a fragment',
      'PORTONE_V1_URL is plain http',
      'TOKEN_SECRET is the example from .env.example',
    ])
    expect(refusals({}).length).toBe(4)
  })

  test('P-03: no reason quotes a value, which may be a secret in the wrong place', () => {
    const names = Object.keys({ ...production, ...settingsIn(exampleFile).usual }).filter(
      (name) => name !== 'ENV_FILE',
    )
    for (const name of names)
      expect(refusals({ ...production, [name]: 'S3CR3T x' }).join('\n')).not.toContain('S3CR3T')
  })
})

describe('starts', () => {
  test.for<[string, Settings]>([
    ['.env.example as it is', example],
    ['a typical production', production],
    ['production with keys in the clear', { ...production, MERCHANT_API_KEYS: merchantKey }],
    ['a token secret being changed', { ...production, TOKEN_SECRET: `${'n'.repeat(32)} ${'o'.repeat(32)}` }],
    ['Postgres by TLS', { ...production, ...postgres('db/landfall?sslmode=verify-full') }],
    [
      'Postgres by TLS, its CA named',
      { ...production, ...postgres('db/l?sslmode=require&sslrootcert=/ca.pem') },
    ],
    ['Postgres on this machine', { ...production, ...postgres('127.0.0.1:5432/landfall') }],
    ['Postgres by a socket', { ...production, ...postgres('localhost/l?host=/var/run/postgresql') }],
    ['Postgres by a socket in the address', { ...production, ...postgres('%2Fvar%2Frun%2Fpostgresql/l') }],
    ['its web elsewhere', { ...production, WEB_URL: 'https://web.shop.example' }],
    ['a proxy on another interface', { ...production, HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.0/8' }],
    [
      'a backend in its own network',
      { ...production, NOTIFY_URL: 'http://backend:8080/n', NOTIFY_ALLOW_PRIVATE: 'true' },
    ],
    ['a notice address with a query', { ...production, NOTIFY_URL: 'https://shop.example/notices?shop=1' }],
    ['the built product on this machine', rehearsal],
    [
      'on any loopback',
      { ...rehearsal, HOST: '::1', PUBLIC_URL: 'http://[::1]:4000', PORTONE_V1_URL: 'http://2130706433' },
    ],
    ['a rehearsal of a test channel', { ...rehearsal, ALLOW_TEST_CHANNEL: 'true' }],
    ['a rehearsal in short times', { ...rehearsal, WORK_LEASE_MS: '1000', CANCEL_SETTLE_MS: '1000' }],
    [
      'development with a test channel',
      { ...away, PUBLIC_URL: undefined, SHOP_URL: undefined, ALLOW_TEST_CHANNEL: 'true' },
    ],
  ])('%s', ([, settings]) => {
    expect(refusals(settings)).toEqual([])
  })

  test.for<[string, Settings]>([
    ['NOTIFY_URL is missing: no notice', { NOTIFY_URL: undefined }],
    ['MERCHANT_API_KEYS holds plain-text keys', { MERCHANT_API_KEYS: merchantKey }],
    ['ALLOW_TEST_CHANNEL=even-in-production', { ALLOW_TEST_CHANNEL: 'even-in-production' }],
    ['OBSERVE_ONLY=true', { OBSERVE_ONLY: 'true' }],
    ['CANCEL_TIMEOUT_MS is shorter', { CANCEL_TIMEOUT_MS: '59999' }],
    ['DATABASE_URL is the development database', { DATABASE_URL: 'file:./data/development.db' }],
    ['DATABASE_URL is the development database', { DATABASE_URL: 'file:development.db' }],
    ['DATABASE_URL is the development database', { DATABASE_URL: 'file:///srv/landfall/development.db' }],
    ['DATABASE_URL encrypts without', postgres('db/l?sslmode=no-verify')],
    ['DATABASE_URL encrypts without', postgres('db/l?sslmode=verify-full&sslmode=no-verify')],
    ['PUBLIC_URL is not set', { PUBLIC_URL: 'http://localhost:4000' }],
    ['PUBLIC_URL is not set', { PUBLIC_URL: undefined }],
    ['PUBLIC_URL is an address of a private', { PUBLIC_URL: 'https://192.168.0.10' }],
    ['PUBLIC_URL is an address of a private', { PUBLIC_URL: 'https://pay.internal' }],
    ['SWEEP_INTERVAL_MS is longer', { SWEEP_INTERVAL_MS: '60001' }],
    ['TOKEN_SECRET can be guessed', { TOKEN_SECRET: 'a1'.repeat(20) }],
    ['TOKEN_SECRET can be guessed', { TOKEN_SECRET: 'please-change-me-please-change-me' }],
    ['NOTIFY_SECRETS can be guessed', { NOTIFY_SECRETS: `whsec_${'A'.repeat(32)}` }],
    [
      'NOTIFY_SECRETS can be guessed',
      { NOTIFY_SECRETS: `whsec_${Buffer.from('my-password-is-a-secret!').toString('base64')}` },
    ],
    ['DATABASE_URL lies in', { DATABASE_URL: 'file:/dev/shm/landfall.db' }],
    ['SWEEP_LIST_EVERY_MS is longer', { SWEEP_LIST_EVERY_MS: '600001' }],
    ['KEEP_ALIVE_MS is not longer', { KEEP_ALIVE_MS: '60000', TRUSTED_PROXIES: '10.0.0.1' }],
    ['DATABASE_URL encrypts without', postgres('db/l?uselibpqcompat=true&sslmode=require')],
  ])('N-12, O-14, G-12: every start tells that %s …', ([line, change]) => {
    expect(warnings(production)).toEqual([])
    expect(warnings({ ...production, ...change })).toEqual([expect.stringMatching(new RegExp(`^${line}`))])
  })
})
