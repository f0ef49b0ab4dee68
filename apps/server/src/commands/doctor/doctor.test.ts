import { chmodSync } from 'node:fs'
import { createServer, request as forward } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { landfall } from '../../../testing/command.ts'
import { freePort } from '../../../testing/free-port.ts'
import { openInstallation, type Installation } from '../../../testing/installation.ts'
import { whsec } from '../../../testing/settings.ts'
import { pathOf } from '../../store/engines/sqlite.ts'
import { doctor, unusable, type Machine } from './doctor.ts'
import { checks, type Check } from './finding.ts'

let at: Installation
beforeAll(async () => void (at = await openInstallation()))
afterAll(() => at[Symbol.asyncDispose]())

const HOUR_MS = 3_600_000
const machine: Machine = {
  nowMs: () => Date.now(),
  measureDisk: () => ({ fileSystem: 0xef53, syncMs: 1.2 }),
}

/** What the doctor says with these changes of the settings: a row for each check, and the advice below it. */
async function examined(changes: Readonly<Record<string, string>> = {}, on: Partial<Machine> = {}) {
  let out = ''
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (out += text),
    environment: async () => ({ ENV_FILE: '/dev/null', ...at.environment, ...changes }),
    stop: () => new AbortController().signal,
  }
  const code = await doctor(terminal, { ...machine, ...on })
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  for (const value of [at.environment['TOKEN_SECRET'], ...Object.values(changes)])
    if (/secret|whsec/.test(value ?? '')) expect(out).not.toContain(value)
  const rows = [...out.matchAll(/^(right|wrong|not tried) +([a-z ]+): /gm)]
  const verdicts = Object.fromEntries(rows.map(([, verdict, check]) => [check ?? '', verdict]))
  expect(Object.keys(verdicts)).toEqual(checks)
  const wrong = checks.filter((check) => verdicts[check] === 'wrong')
  const told = (check: Check): string =>
    (new RegExp(`^\\S.{9} ${check}: (.*(?:\\n .*)*)`, 'm').exec(out)?.[1] ?? '').replaceAll(/\n +/g, ' ')
  return { code, out, wrong, told, verdicts }
}

/** A proxy before the server, which may change the headers of a request. */
async function openProxy(change: (headers: Record<string, unknown>) => void) {
  const { port } = new URL(at.url)
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers }
    headers['x-forwarded-for'] = `${String(headers['x-forwarded-for'])}, 198.51.100.7`
    change(headers)
    const passed = forward({ port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(passed)
  })
  const own = await freePort()
  await new Promise<void>((resolve) => void server.listen(own, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${own}`,
    [Symbol.dispose]: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

describe('doctor', () => {
  test('without a .env it says so before the reasons that follow from that', () => {
    const reasons = ['TOKEN_SECRET is missing']
    const advice = 'There is no .env: copy .env.example\nTOKEN_SECRET is missing'
    expect(unusable({ ENV_FILE: '' }, reasons)).toMatchObject({ verdict: 'wrong', advice })
    expect(unusable({ ENV_FILE: '/srv/.env' }, reasons)).toMatchObject({ advice: reasons[0] })
  })

  test('in front of a sandbox everything is right, and nothing of it is of an order', async () => {
    const { code, out, wrong, verdicts, told } = await examined()
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] })
    expect(Object.entries(verdicts).filter(([, verdict]) => verdict !== 'right')).toEqual([
      ['certificate', 'not tried'],
    ])
    expect(out).toMatch(/Nothing is wrong\.\n$/)
    expect(told('database')).toMatch(/landfall\.db: has the tables of this version$/)
    expect(told('gateway login')).toMatch(/accepts the key \(shop code imp00000000\)$/)
    const [notice] = at.notices
    expect(notice).toMatchObject({ type: 'landfall.test', id: expect.stringMatching(/^landfall-test-/) })
    expect(at.gateway.payments()).toEqual([])
  })

  test.each([
    ['a wrong key', { PORTONE_V1_KEY: 'another-key' }],
    ['a wrong secret', { PORTONE_V1_SECRET: 'another-secret' }],
  ])('%s of the gateway is named, and what needs a login is not tried', async (_, changes) => {
    const { code, wrong, told, verdicts } = await examined(changes)
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['gateway login'] })
    expect(told('gateway login')).toMatch(/refuses PORTONE_V1_KEY with PORTONE_V1_SECRET \(401\)/)
    expect(verdicts).toMatchObject({ 'gateway account': 'not tried', 'gateway amount': 'not tried' })
    expect(verdicts['clock']).toBe('right')
  })

  test('a notice secret that is not the shop’s is named', async () => {
    const { code, wrong, told } = await examined({ NOTIFY_SECRETS: whsec('another secret of the notices') })
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['notices'] })
    expect(told('notices')).toMatch(/with 401 .*the same NOTIFY_SECRETS/)
  })

  test('a closed notice port is named', async () => {
    const url = `http://127.0.0.1:${await freePort()}/notices`
    const { code, wrong, told } = await examined({ NOTIFY_URL: url })
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['notices'] })
    expect(told('notices')).toContain(`${url} is closed: nobody listens there`)
  })

  test.each([
    ['ahead of', HOUR_MS],
    ['behind', -HOUR_MS],
  ])(
    'K-01: a clock an hour off is named, %s the gateway’s, and explains the refused notice',
    async (side, offMs) => {
      const { code, wrong, told } = await examined({}, { nowMs: () => Date.now() + offMs })
      expect({ code, wrong }).toEqual({ code: 1, wrong: ['clock', 'notices'] })
      expect(told('clock')).toMatch(new RegExp(`this machine is (1 h 0 min|59 min) ${side} 127`))
      expect(told('notices')).toContain('The clock is wrong')
    },
  )

  test.each([
    [
      'X-Forwarded-For',
      'x-forwarded-for',
      /the proxy at 127\.0\.0\.1 strips X-Forwarded-For.*TRUSTED_PROXIES=127/,
    ],
    ['Authorization', 'authorization', /the proxy at 127\.0\.0\.1 strips Authorization/],
    ['all that it does not know', 'landfall-doctor', /strips the header landfall-doctor/],
  ])('W-18: a proxy that strips %s is named', async (_, header, sentence) => {
    using proxy = await openProxy((headers) => delete headers[header])
    const { code, wrong, told } = await examined({ PUBLIC_URL: proxy.url })
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['proxy headers'] })
    expect(told('proxy headers')).toMatch(sentence)
  })

  test('W-18: a proxy that passes on what its callers write, and one that is not listed, are named', async () => {
    using open = await openProxy((headers) => (headers['x-forwarded-for'] = '192.0.2.1'))
    expect((await examined({ PUBLIC_URL: open.url })).told('proxy headers')).toContain('that a caller writes')
    using unlisted = await openProxy(() => undefined)
    expect((await examined({ PUBLIC_URL: unlisted.url })).told('proxy headers')).toMatch(
      /comes from 127\.0\.0\.1, which TRUSTED_PROXIES does not list Set TRUSTED_PROXIES=127\.0\.0\.1/,
    )
  })

  test('a public address that Landfall does not answer is named', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`
    const { wrong, told, verdicts } = await examined({ PUBLIC_URL: closed })
    expect(wrong).toEqual(['webhook address'])
    expect(told('webhook address')).toContain(`${closed}/webhooks/portone is closed`)
    expect(verdicts['proxy headers']).toBe('not tried')
    // The sandbox answers everything, and is not Landfall.
    const other = await examined({ PUBLIC_URL: at.gateway.url })
    expect(other.told('webhook address')).toMatch(/is answered with \d+, and not by Landfall/)
  })

  test('called as a command it exits with 1 if something is wrong', async () => {
    const { code, out } = await landfall(['doctor'], { ...at.environment, PORT: 'http' })
    expect([code, out]).toEqual([1, expect.stringMatching(/^wrong {6}configuration: /)])
  })

  test('settings that start no server are told with every reason, and nothing is tried', async () => {
    const before = at.gateway.calls().length
    const { code, wrong, told } = await examined({ PORT: 'http', MERCHANT_API_KEYS: '' })
    expect({ code, wrong }).toEqual({ code: 1, wrong: ['configuration'] })
    expect(told('configuration')).toMatch(/PORT .*MERCHANT_API_KEYS is missing/)
    expect(at.gateway.calls()).toHaveLength(before)
  })

  test('C-05, P-04: a database that others can read, and a disk that loses what it took, are named', async () => {
    const path = pathOf(at.environment['DATABASE_URL'] ?? '')
    chmodSync(path, 0o644)
    const { wrong, told } = await examined({}, { measureDisk: () => ({ fileSystem: 0x01021994, syncMs: 1 }) })
    chmodSync(path, 0o600)
    expect(wrong).toEqual(['database', 'disk sync'])
    expect(told('database')).toContain(`run chmod 600 on ${path}`)
    expect(told('disk sync')).toContain('is in memory')
  })

  test('O-14: an observer sends the gateway nothing; before the first start there is no database to look at', async () => {
    const before = at.gateway.calls().length
    const url = `${at.environment['DATABASE_URL']}.not-yet`
    const { code, verdicts } = await examined({ OBSERVE_ONLY: 'true', DATABASE_URL: url })
    expect(code).toBe(0)
    expect(verdicts).toMatchObject({
      database: 'not tried',
      'gateway account': 'not tried',
      'gateway amount': 'not tried',
    })
    expect(
      at.gateway
        .calls()
        .slice(before)
        .map(({ path }) => path),
    ).toEqual(['/users/getToken'])
  })
})
