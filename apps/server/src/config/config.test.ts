import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  exampleFile,
  hashed,
  merchantKey,
  production,
  productionV2,
  rehearsal,
  settingsIn,
} from '../../testing/settings.ts'
import { readConfig } from './config.ts'
import { Environment } from './environment.ts'
import { liveKey } from './merchant-keys.ts'
import { offeredGateways } from '../journey/requests/demo-shop.ts'

const config = (environment: Readonly<Record<string, string | undefined>>) => {
  const read = readConfig(environment)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}
const secrets = (environment: Readonly<Record<string, string | undefined>>) => config(environment).secrets

describe('read', () => {
  test('the real gateway, a file, safe policies: what holds when little is set', () => {
    const { PORTONE_V1_KEY, PORTONE_V1_SECRET, MERCHANT_API_KEYS, TOKEN_SECRET, PUBLIC_URL } = production
    const little = { PORTONE_V1_KEY, PORTONE_V1_SECRET, MERCHANT_API_KEYS, TOKEN_SECRET, PUBLIC_URL }
    expect(config(little)).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      webUrl: 'https://pay.shop.example',
      shopUrl: null,
      databaseUrl: 'file:./data/landfall.db',
      notify: null,
      gateways: { 'portone-v1': { url: 'https://api.iamport.kr' }, 'portone-v2': null },
      sandboxMode: false,
      policy: { onRejected: 'cancel', onSurplus: 'cancel', onLate: 'accept', allowTestChannel: false },
      verifyDeadlineMs: 2_500,
      lookupTimeoutMs: 10_000,
      orphanAfterMs: 900_000,
      gatewayCallsPerSecond: 20,
      keepAliveMs: 90_000,
    })
  })

  test('an empty variable is one that is not set; blanks around a value and slashes at an address’s end are dropped', () => {
    const read = config({
      ...production,
      SHOP_URL: '',
      PORT: ' ',
      SWEEP_BATCH: ' 7\n',
      WEB_URL: 'https://web.example//',
    })
    expect(read).toMatchObject({
      port: 4000,
      shopUrl: null,
      webUrl: 'https://web.example',
      sweep: { batch: 7 },
    })
  })

  test('P-08: quotes that a container’s env file keeps are refused by name, and hide no other reason', () => {
    const secret = production.TOKEN_SECRET
    const quoted = { TOKEN_SECRET: `"${secret}"`, SHOP_NAME: `'랜드폴'`, PORT: '"4000"', HOST: '""' }
    expect(readConfig({ ...production, ...quoted, PROMPT: '"> "' })).toEqual({
      ok: false,
      problem: ['PORT', 'HOST', 'SHOP_NAME', 'TOKEN_SECRET'].map(
        (name) => `${name} is in quotes, which would be a part of it: leave them out`,
      ),
    })
    expect(
      readConfig({ ...production, PORT: '"4000"', SWEEP_BATCH: 'x', WEB_URL: 'http://a.example' }),
    ).toEqual({
      ok: false,
      problem: [
        expect.stringMatching(/^PORT is in quotes/),
        expect.stringMatching(/^SWEEP_BATCH needs/),
        expect.stringMatching(/^WEB_URL is plain http/),
      ],
    })
    expect(config({ ...production, SHOP_NAME: `"랜드폴" 상점's` }).shop.face?.name).toBe(`"랜드폴" 상점's`)
  })

  test('secrets and keys come in lists, the first one signs', () => {
    const [next, last] = ['n'.repeat(32), 'l'.repeat(32)]
    const keys = `${production.MERCHANT_API_KEYS}, another-key-long-enough`
    const { merchantKeys, tokenSecrets } = secrets({
      ...production,
      MERCHANT_API_KEYS: keys,
      TOKEN_SECRET: `${next},${last}`,
    })
    expect([merchantKeys.length, tokenSecrets]).toEqual([2, [next, last]])
  })

  test('the sandbox is what listens on loopback, and only then is there a demo shop', () => {
    for (const url of [
      'http://127.0.0.1:4010',
      'http://localhost:4010',
      'http://[::1]:4010',
      'http://127.9.9.9',
    ])
      expect(config({ ...rehearsal, PORTONE_V1_URL: url }).sandboxMode).toBe(true)
    expect(config(production).sandboxMode).toBe(false)
  })
})

describe('merchant keys', () => {
  test('by their SHA-256 or in the clear, several at once: each of them is live, and nothing like them', () => {
    const keys = ['first-key-of-this-shop', 'second-key-of-this-shop', 'third-key-of-this-shop']
    const [first = '', second = '', third = ''] = keys
    const listed = `${hashed(first)},${second} ${hashed(third).toUpperCase().replace('SHA', 'sha')}`
    const { merchantKeys } = secrets({ ...production, MERCHANT_API_KEYS: listed })
    for (const key of keys) expect([key, liveKey(key, merchantKeys)?.name]).toEqual([key, 'default'])
    // Who has read the configuration holds no key: the digest itself opens nothing.
    for (const wrong of [hashed(first), hashed(first).slice(7), `${first}x`, first.slice(1), '', ' '])
      expect([wrong, liveKey(wrong, merchantKeys)]).toEqual([wrong, null])
  })

  test('P-03, S-17: once read no key is held, so nothing that prints the configuration shows one', () => {
    const plain = 'a-merchant-key-long-enough'
    const read = config({ ...production, MERCHANT_API_KEYS: `${plain} ${hashed(merchantKey)}` })
    const printed = `${JSON.stringify(read)} ${inspect(read, { depth: 9 })}`
    expect(printed).toContain(hashed(merchantKey).slice(7))
    for (const key of [plain, merchantKey]) expect(printed).not.toContain(key)
  })
})

describe('the gateway', () => {
  const { PORTONE_V1_KEY, PORTONE_V1_SECRET: _, ...rest } = productionV2
  const v2Alone = { ...rest, PORTONE_V2_CHANNEL_KEY: 'channel-key-1' }

  test('is V1, V2 or both, each with what it needs', () => {
    const found = (environment: Readonly<Record<string, string>>) => {
      const { gateways, secrets: held } = config(environment)
      return [gateways['portone-v1']?.key, gateways['portone-v2']?.storeId, held.webhookKeys.length]
    }
    expect(found(production)).toEqual([PORTONE_V1_KEY, undefined, 0])
    expect(found(v2Alone)).toEqual([undefined, rest.PORTONE_V2_STORE_ID, 1])
    expect(found(productionV2)).toEqual([PORTONE_V1_KEY, rest.PORTONE_V2_STORE_ID, 1])
  })

  test('that is half configured, or not at all, is refused with the name of what is missing', () => {
    const missing = (environment: Readonly<Record<string, string>>): string[] => {
      const read = readConfig(environment)
      return read.ok ? [] : read.problem.map((reason) => reason.replace(/: .*/, ''))
    }
    const { PORTONE_V2_SECRET, PORTONE_V2_STORE_ID, PORTONE_V2_WEBHOOK_SECRETS, ...none } = rest
    expect(missing(none)).toEqual(['PORTONE_V1_KEY is missing', 'PORTONE_V1_SECRET is missing'])
    for (const given of [
      { PORTONE_V2_SECRET },
      { PORTONE_V2_STORE_ID },
      { PORTONE_V2_WEBHOOK_SECRETS },
      { PORTONE_V2_CHANNEL_KEY: 'channel-key-1' },
    ])
      expect(missing({ ...none, ...given })).toEqual(
        ['PORTONE_V2_SECRET', 'PORTONE_V2_STORE_ID', 'PORTONE_V2_WEBHOOK_SECRETS']
          .filter((name) => !(name in given))
          .map((name) => `${name} is missing`),
      )
    expect(missing({ ...none, PORTONE_V1_KEY, PORTONE_V2_SECRET })).toEqual([
      'PORTONE_V1_SECRET is missing',
      'PORTONE_V2_STORE_ID is missing',
      'PORTONE_V2_WEBHOOK_SECRETS is missing',
    ])
  })
})

describe('.env.example', () => {
  const { set, usual } = settingsIn(exampleFile)

  test('is enough to develop with, and P-08: refused in production, each secret by name', () => {
    expect(offeredGateways(config(set))).toEqual(['portone-v1', 'portone-v2'])
    expect(config(set)).toMatchObject({ sandboxMode: true, port: 4000, warnings: [] })
    const refused = readConfig({ ...set, NODE_ENV: 'production', HOST: '0.0.0.0' })
    for (const name of [
      'TOKEN_SECRET',
      'MERCHANT_API_KEYS',
      'NOTIFY_SECRETS',
      'PORTONE_V1_SECRET',
      'PORTONE_V2_SECRET',
      'PORTONE_V2_WEBHOOK_SECRETS',
    ])
      expect(refused.ok ? '' : refused.problem.join('\n')).toContain(`${name} is the example`)
  })

  test('lists every variable that is read, and no other but those of development', () => {
    const named = [...Object.keys(set), ...Object.keys(usual)]
    const others = named.filter((name) => !(name in Environment.shape))
    expect(others).toEqual([
      'WEB_PORT',
      'SANDBOX_PORT',
      'SANDBOX_V2_PORT',
      'SHOP_PORT',
      'SANDBOX_WEBHOOK_URL',
    ])
    expect(Object.keys(Environment.shape).filter((name) => !named.includes(name))).toEqual(['NODE_ENV'])
  })

  test('tells of each variable that stands behind a # what holds without it', () => {
    const told = Object.fromEntries(Object.entries(usual).filter(([name]) => name in Environment.shape))
    expect(Object.values(told).filter((value) => value !== '').length).toBeGreaterThan(25)
    for (const [name, value] of Object.entries(told))
      expect([name, config({ ...production, [name]: value })]).toEqual([name, config(production)])
  })
})
