import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('./check-config.ts', import.meta.url))
const good = {
  PORTONE_V1_KEY: 'key',
  PORTONE_V1_SECRET: 'secret',
  MERCHANT_API_KEYS: 'a-merchant-key-long-enough',
  TOKEN_SECRET: 'a-token-secret-long-enough-for-anybody',
  NOTIFY_URL: 'https://shop.example/notices',
  NOTIFY_SECRETS: 'whsec_YSBzZWNyZXQgdGhhdCBpcyBsb25nIGVub3VnaA==',
}

function check(env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    env: { ...env },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a configuration that starts is 0; what it warns of is told', { timeout: 60_000 }, () => {
  expect(check(good)).toEqual({ status: 0, stdout: '', stderr: '' })
  const { status, stdout } = check({ ...good, ALLOW_TEST_CHANNEL: 'even-in-production' })
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^Warning: ALLOW_TEST_CHANNEL=even-in-production: /),
  ])
})

test('one that does not start is 1, and all reasons are told at once', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = check({ ...good, TOKEN_SECRET: '', PORT: 'http' })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^Landfall does not start:\n {2}PORT .*\n {2}TOKEN_SECRET .*\n$/)
})
