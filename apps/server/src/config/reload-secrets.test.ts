import { describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { openLog } from '../log/log.ts'
import { reloadSecrets } from './reload-secrets.ts'
import { openSecrets } from './secrets.ts'

const whsec = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`
const started = {
  PORTONE_V1_KEY: 'key',
  PORTONE_V1_SECRET: 'secret',
  MERCHANT_API_KEYS: 'a-merchant-key-long-enough',
  TOKEN_SECRET: 'a-token-secret-long-enough-for-anybody',
  NOTIFY_URL: 'https://shop.example/notices',
  NOTIFY_SECRETS: whsec('a secret that is long enough'),
  PORTONE_V2_SECRET: 'v2-secret',
  PORTONE_V2_STORE_ID: 'store-1',
  PORTONE_V2_WEBHOOK_SECRETS: whsec('a webhook secret that is long enough'),
}
type Variables = Readonly<Record<string, string>>
const configOf = (variables: Variables) => {
  const read = readConfig(variables)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  return read.value
}

/** A server that has started, and reads these variables on SIGHUP. */
function reread(next: Variables, envFile: string | null = '/etc/landfall.env') {
  const { secrets: first, ...config } = { ...configOf(started), envFile }
  const lines: string[] = []
  const log = openLog('debug', { write: (line) => void lines.push(line) })
  const secrets = openSecrets(first)
  reloadSecrets({ config, secrets, log }, () => {
    const read = readConfig(next)
    return read.ok ? { ok: true, value: { ...read.value, envFile } } : read
  })
  return { first, now: secrets.current(), log: lines.join('') }
}

describe('on SIGHUP', () => {
  test('keys, token secrets and notice secrets are those of the file, and nothing else is told of', () => {
    const next = {
      ...started,
      MERCHANT_API_KEYS: 'till:another-key-long-enough:notices',
      TOKEN_SECRET: `a-new-token-secret-that-is-long-enough ${started.TOKEN_SECRET}`,
      NOTIFY_SECRETS: whsec('another secret that is long enough'),
      PORTONE_V2_WEBHOOK_SECRETS: `${whsec('another webhook secret that is enough')} ${started.PORTONE_V2_WEBHOOK_SECRETS}`,
    }
    const { now, log } = reread(next)
    expect(now).toEqual(configOf(next).secrets)
    expect(log.trim().split('\n')).toEqual([expect.stringContaining('keys and secrets are read again')])
    for (const secret of ['another-key', 'a-new-token', 'whsec_']) expect(log).not.toContain(secret)
  })

  test.for<[string, Variables]>([
    ['MERCHANT_API_KEYS', { MERCHANT_API_KEYS: 'till:another-key-long-enough:everything' }],
    ['MERCHANT_API_KEYS', { MERCHANT_API_KEYS: '' }],
    ['TOKEN_SECRET', { TOKEN_SECRET: 'short' }],
    ['NOTIFY_SECRETS', { NOTIFY_SECRETS: 'not-whsec' }],
    ['NOTIFY_SECRETS', { NOTIFY_SECRETS: '' }],
    // Without this the notices would go on, signed with nothing.
    ['NOTIFY_SECRETS', { NOTIFY_SECRETS: '', NOTIFY_URL: '' }],
    ['PORTONE_V2_WEBHOOK_SECRETS', { PORTONE_V2_WEBHOOK_SECRETS: 'not-whsec' }],
    ['PORTONE_V2_WEBHOOK_SECRETS', { PORTONE_V2_WEBHOOK_SECRETS: '' }],
    // Without this V2's webhooks would be refused until the next start.
    [
      'PORTONE_V2_WEBHOOK_SECRETS',
      { PORTONE_V2_WEBHOOK_SECRETS: '', PORTONE_V2_SECRET: '', PORTONE_V2_STORE_ID: '' },
    ],
    ['PORT', { PORT: 'http' }],
    ['PORTONE_V1_URL', { PORTONE_V1_URL: 'http://api.iamport.kr' }],
  ])('%s would not start: all secrets stay, and the log names the variable', ([name, bad]) => {
    const { first, now, log } = reread({
      ...started,
      TOKEN_SECRET: 'a-new-token-secret-that-is-long-enough',
      ...bad,
    })
    expect(now).toBe(first)
    expect(log).toContain(`"reason":"${name} `)
    expect(log).toContain('SIGHUP: keys and secrets stay as they were')
  })

  test('every reason is told at once', () => {
    const { log } = reread({ ...started, TOKEN_SECRET: 'short', MERCHANT_API_KEYS: 'short' })
    expect(log.trim().split('\n')).toHaveLength(2)
  })

  test('the address of the start goes on being told with the secrets of the file', () => {
    const next = { ...started, NOTIFY_URL: '', NOTIFY_SECRETS: whsec('another secret that is long enough') }
    const { now, log } = reread(next)
    expect(now.noticeSecrets).toEqual([next.NOTIFY_SECRETS])
    expect(log).toContain('other settings have changed as well')
  })

  test('what else has changed is said to wait for the next start', () => {
    expect(reread({ ...started, SHOP_URL: 'https://shop.example/' }).log).toContain(
      'other settings have changed',
    )
    expect(reread(started).log).not.toContain('other settings')
  })

  test('without a file there is nothing to read, and the log says so', () => {
    const { first, now, log } = reread(
      { ...started, TOKEN_SECRET: 'a-new-token-secret-that-is-long-enough' },
      null,
    )
    expect([now, log]).toEqual([first, expect.stringContaining('there is nothing to read again')])
  })
})
