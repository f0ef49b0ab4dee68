import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { refusalLines, terminalLines } from '../src/commands/terminal-lines.ts'
import { readConfig } from '../src/config/config.ts'

export const whsec = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`
export const hashed = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`

/** A key as .env.example has one made. */
export const merchantKey = 'q7V3kq0yq0jv7b1W1m3o5m8m2hY4Jt0S'

/** What a shop sets to go live: the README's steps. */
export const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://pay.shop.example',
  SHOP_URL: 'https://shop.example/',
  PORTONE_V1_KEY: '6432101203128231',
  PORTONE_V1_SECRET: 'jfGRPDnGqf3bXvXh0f0oFvXyZ1Qm4z',
  PORTONE_V1_USER_CODE: 'imp12345678',
  MERCHANT_API_KEYS: hashed(merchantKey),
  TOKEN_SECRET: 'nJ2c1b4h8Qm0o3kXv7Zs5tY9wE6rL1pA',
  NOTIFY_URL: 'https://shop.example/notices',
  NOTIFY_SECRETS: whsec('a secret that is long enough'),
}

/** The same with V2 besides. */
export const productionV2 = {
  ...production,
  PORTONE_V2_SECRET: 'b7Zq0mT4yK9wR2xV6nL1cJ8hG5fD3sA0',
  PORTONE_V2_STORE_ID: 'store-5a2c9b1e-7d4f-4c3a-8e6b-1f0d2c3b4a59',
  PORTONE_V2_WEBHOOK_SECRETS: whsec('a webhook secret that is long enough'),
}

/** The built product with a sandbox, for this machine alone: what the browser tests and a careful person start. */
export const rehearsal = {
  ...production,
  PUBLIC_URL: 'http://localhost:4000',
  PORTONE_V1_URL: 'http://127.0.0.1:4010',
  PORTONE_V1_SDK_URL: 'http://127.0.0.1:4010/v1/iamport.js',
  PORTONE_V1_KEY: 'sandbox',
  PORTONE_V1_SECRET: 'sandbox-secret',
}

export const exampleFile = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8')

/** The variables that a settings file sets, and those behind a `#` with the value that holds without them. */
export function settingsIn(file: string) {
  const [set, usual]: Array<Record<string, string>> = [{}, {}]
  for (const [, mark, name = '', value = ''] of file.matchAll(/^(# )?([A-Z][A-Z0-9_]+)=(.*)$/gm)) {
    const kind = mark === undefined ? set : usual
    if (kind !== undefined) kind[name] = value
  }
  return { set: set ?? {}, usual: usual ?? {} }
}

type Settings = Readonly<Record<string, string | undefined>>

/** What is said in a terminal of 100 columns. */
const COLUMNS = 100
const fits = (lines: string): void =>
  expect(lines.split('\n').filter(({ length }) => length > COLUMNS)).toEqual([])

/** The reasons not to start with these settings: each one line, in words of our own, readable in a terminal. */
export function refusals(settings: Settings): readonly string[] {
  const read = readConfig(settings)
  if (read.ok) return []
  fits(refusalLines(read.problem))
  for (const reason of read.problem) expect(reason).not.toMatch(/\n|Invalid|undefined|NaN/)
  return read.problem
}

/** What is told at each start with these settings. */
export function warnings(settings: Settings): readonly string[] {
  const read = readConfig(settings)
  if (!read.ok) throw new Error(read.problem.join('\n'))
  for (const warning of read.value.warnings) fits(terminalLines(`Warning: ${warning}`))
  return read.value.warnings
}
