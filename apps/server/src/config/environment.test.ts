import { describe, expect, test } from 'vitest'
import { hashed, merchantKey, productionV2, refusals, whsec } from '../../testing/settings.ts'
import { Environment } from './environment.ts'

/** What a form refuses, and the sentence after the variable's name. */
type Form = { readonly refused: readonly string[]; readonly says: string }
const MS = 'of milliseconds '
const DAY_MS = 86_400_000
const whole = (least: number, most: number, of = ''): Form => ({
  refused: ['x', '1e3', '0x10', '1.5', '10s', '-1', String(least - 1), String(most + 1), '9'.repeat(30)],
  says: `needs a whole number ${of}from ${least} to ${most}`,
})
/** 0 keeps for ever. */
const days = (least: number): Form[] => [
  { refused: ['x', '1.5', '-1', '36501', '90d'], says: 'needs a whole number of days from 0 to 36500' },
  { refused: ['1', String(least - 1)], says: `needs 0, or at least ${least} days` },
]
const ms = (least: number, most: number): Form => whole(least, most, MS)
const word = (says: string): Form => ({ refused: ['x', 'TRUE', 'Cancel', '1', 'yes'], says: `needs ${says}` })
const web: Form = {
  refused: [
    'pay.shop.example',
    'javascript:alert(1)',
    'ftp://shop.example',
    'https://',
    'https:shop',
    '//shop.example',
  ],
  says: 'needs an address that begins with https:// or http://',
}
const origins: Form = {
  refused: [
    'shop.example',
    'https://shop.example/x',
    'https://*.shop.example',
    'https://a@shop.example',
    '*',
    'null',
  ],
  says: 'needs origins like https://shop.example: a scheme and a host, no path, no wildcard',
}
const blank: Form = { refused: ['a b', 'a\tb'], says: 'has a blank in it: copy it again' }
const missing = (says: string): Form => ({ refused: ['', ' ', '\n'], says: `is missing: ${says}` })

const forms: Readonly<Record<string, readonly Form[]>> = {
  NODE_ENV: [{ refused: ['prod', 'Production', 'staging'], says: 'needs production, development or test' }],
  ENV_FILE: [{ refused: ['/nowhere/.env'], says: 'names a file that cannot be read (ENOENT)' }],
  PORT: [whole(0, 65_535)],
  HOST: [
    {
      refused: ['http://0.0.0.0', '127.0.0.1:4000', '[::1]', 'a b', '10.0.0.0/8', '-x', '*'],
      says: 'needs an IP address or a host name, without a scheme and a port',
    },
  ],
  PUBLIC_URL: [web],
  WEB_URL: [web],
  SHOP_URL: [web],
  ALLOWED_ORIGINS: [origins],
  RETURN_ORIGINS: [origins],
  RETURN_MODE: [word('link or forward')],
  SHOP_NAME: [
    { refused: ['x'.repeat(41)], says: 'has more than 40 characters' },
    { refused: ['a\u202eb', 'a\u2028b'], says: 'holds control characters' },
  ],
  SHOP_LOGO_URL: [web, { refused: ["https://a'b.example/x"], says: 'has an odd host name' }],
  SHOP_CONTACT: [
    {
      refused: ['02-123-4567', 'tel:call', 'mailto:a@b', 'http://shop.example', 'javascript:alert(1)'],
      says: 'is not tel: with a number, mailto: with one address, or an https URL, such as tel:02-123-4567',
    },
  ],
  DATABASE_URL: [
    {
      refused: [
        'mysql://x',
        'postgres:x',
        'landfall.db',
        'file:',
        'file:./data/',
        'postgres://a b',
        'postgres://h:x/d',
      ],
      says: 'is neither a file: nor a postgres:// address',
    },
  ],
  PORTONE_V1_URL: [web],
  PORTONE_V1_KEY: [missing('the REST API key from the PortOne console'), blank],
  PORTONE_V1_SECRET: [missing('the REST API secret from the PortOne console'), blank],
  PORTONE_V1_USER_CODE: [blank],
  PORTONE_V1_SDK_URL: [web],
  PORTONE_V2_URL: [web],
  PORTONE_V2_SECRET: [missing('the V2 API secret from the PortOne console'), blank],
  PORTONE_V2_STORE_ID: [missing('the store’s id from the PortOne console, store-…'), blank],
  PORTONE_V2_CHANNEL_KEY: [blank],
  PORTONE_V2_WEBHOOK_SECRETS: [
    missing('the secrets that sign V2’s webhooks, from the PortOne console'),
    {
      refused: ['not-whsec', whsec('short'), 'whsec_'],
      says: 'needs secrets like whsec_<base64 of 24 bytes or more>, as the PortOne console shows',
    },
  ],
  MERCHANT_API_KEYS: [
    missing('a key for the shop’s programs'),
    { refused: [','], says: 'is missing' },
    { refused: ['short'], says: 'needs keys of at least 16 characters' },
    { refused: [hashed(merchantKey).slice(0, -1)], says: 'needs 64 hexadecimal digits after sha256:' },
  ],
  TOKEN_SECRET: [
    missing('a random secret of at least 32 characters'),
    { refused: [','], says: 'is missing: a random secret of at least 32 characters' },
    { refused: ['short', `${'x'.repeat(32)} y`], says: 'needs at least 16 characters in each' },
    {
      refused: ['x'.repeat(31), `${'x'.repeat(16)} ${'y'.repeat(32)}`],
      says: 'needs at least 32 characters in the first, which signs: put a new one in front of the present one',
    },
  ],
  NOTIFY_URL: [web],
  NOTIFY_SECRETS: [
    {
      refused: ['not-whsec', whsec('short'), 'whsec_'],
      says: 'needs secrets like whsec_<base64 of 24 bytes or more>',
    },
    { refused: ['', ','], says: 'is missing: every notice must be signed' },
  ],
  NOTIFY_ALLOW_PRIVATE: [word('true or false')],
  ALLOW_TEST_CHANNEL: [word('true, false or even-in-production')],
  ON_REJECTED: [word('cancel or review'), { refused: ['accept'], says: 'needs cancel or review' }],
  ON_SURPLUS: [word('cancel or review'), { refused: ['accept'], says: 'needs cancel or review' }],
  ON_LATE: [word('accept, cancel or review')],
  ON_CLOSED: [word('cancel or review'), { refused: ['accept'], says: 'needs cancel or review' }],
  ORDER_LIFE_MS: [ms(1_000, 365 * DAY_MS)],
  VIEW_TOKEN_LIFE_MS: [ms(60_000, 365 * DAY_MS)],
  ORPHAN_AFTER_MS: [ms(1_000, 7 * DAY_MS)],
  LOOKUP_TIMEOUT_MS: [ms(100, 60_000)],
  CANCEL_TIMEOUT_MS: [ms(1_000, 600_000)],
  CANCEL_SETTLE_MS: [ms(1_000, DAY_MS)],
  ADOPT_WITHIN_MS: [ms(1, 30 * DAY_MS)],
  ACCEPT_LATE_MS: [ms(1, 365 * DAY_MS)],
  ACCOUNT_LIFE_MAX_MS: [ms(60_000, 365 * DAY_MS)],
  OBSERVE_ONLY: [word('true or false')],
  VERIFY_DEADLINE_MS: [ms(1, 30_000)],
  NOTIFY_TIMEOUT_MS: [ms(100, 60_000)],
  WORK_LEASE_MS: [ms(1_000, 600_000)],
  SWEEP_INTERVAL_MS: [ms(10, DAY_MS)],
  SWEEP_BATCH: [whole(1, 1_000)],
  SWEEP_LIST_EVERY_MS: [ms(1_000, DAY_MS)],
  KEEP_ALIVE_MS: [ms(1_000, 3_600_000)],
  GATEWAY_CALLS_PER_SECOND: [whole(1, 1_000_000)],
  CLAIMS_KEPT_MS: [ms(60_000, 3_650 * DAY_MS)],
  CLAIMS_UNKNOWN_MAX: [whole(1, 10_000_000)],
  ORDERS_KEPT_DAYS: days(90),
  PAYMENT_DETAILS_KEPT_DAYS: days(30),
  TIMELINE_KEPT_DAYS: days(30),
  NOTICES_KEPT_DAYS: days(30),
  TRUSTED_PROXIES: [
    { refused: ['proxy', '10.0.0.0/33', '10.0.0'], says: 'needs addresses or networks like 10.0.0.0/8' },
    {
      refused: ['0.0.0.0/0', '::/0', '10.0.0.1 ::/00'],
      says: 'trusts everybody: name the proxies or their network',
    },
  ],
  ADDRESS_REQUESTS_PER_SECOND: [whole(1, 1_000_000)],
  LOG_LEVEL: [word('silent, fatal, error, warn, info or debug')],
}

describe('each variable', () => {
  test('is in the table', () => {
    // Any text is a list of names; `npx -y pnpm start` alone writes it.
    expect([...Object.keys(forms), 'ENV_FILE_NAMES'].toSorted()).toEqual(
      Object.keys(Environment.shape).toSorted(),
    )
  })

  test.for(Object.entries(forms))(
    '%s refuses a missing, wrong or unbounded value in one sentence',
    ([name, kinds]) => {
      for (const { refused, says } of kinds)
        for (const value of refused)
          expect([value, refusals({ ...productionV2, [name]: value })]).toEqual([value, [`${name} ${says}`]])
    },
  )

  test.for(Object.keys(forms))('%s may be empty when it has a usual value', (name) => {
    const isNeeded = forms[name]?.some(({ says }) => says.startsWith('is missing')) === true
    for (const value of ['', ' ', undefined])
      expect(refusals({ ...productionV2, [name]: value }).length).toBe(isNeeded ? 1 : 0)
  })
})
