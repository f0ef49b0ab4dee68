import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calling, landfall } from '../../testing/command.ts'
import { freePort } from '../../testing/free-port.ts'
import { noticeSecret, openInstallation, type Installation } from '../../testing/installation.ts'
import { production, whsec } from '../../testing/settings.ts'
import { readConfig } from '../config/config.ts'
import { openHttp } from '../gateway/http.ts'
import { noticeRequest } from '../journey/follow-up/notice-request.ts'
import { stories } from './stories.ts'

// The commands that try a server and its shop: `trigger`, `replay`, `listen` and `keys`. `doctor` has a folder of its own.

let at: Installation
beforeAll(async () => void (at = await openInstallation()))
afterAll(() => at[Symbol.asyncDispose]())

const call = (...words: readonly string[]) => landfall(words, at.environment)

describe('trigger', () => {
  test('there are twelve stories, and --list has each with what it is about', async () => {
    const { code, out } = await call('trigger', '--list')
    expect(code).toBe(0)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(Object.keys(stories))
    expect(Object.keys(stories)).toHaveLength(12)
  })

  test.each(Object.entries(stories))('%s: Landfall says what the story expects', async (name, { steps }) => {
    const { code, out, error } = await call('trigger', name)
    expect({ code, error }).toEqual({ code: 0, error: '' })
    const said = steps.at(-1)?.says
    expect(out).toContain(`  Status: ${said?.status}. Notices: `)
    for (const type of said?.notices ?? []) expect(out).toMatch(new RegExp(`Notices: [^]*${type}\\s+\\(`))
    expect(out).toMatch(/\(times\s+of\s+Seoul\)\.$/m)
    expect(out).toMatch(/^ {2}\d\d:\d\d:\d\d {2}The shop registered the order/m)
    for (const line of out.split('\n'))
      if (!line.includes('://')) expect(line.length).toBeLessThanOrEqual(100)
    expect(out).toContain(`The customer’s screen: ${at.url}/complete/`)
  })

  test('an unknown story, a real gateway, a sandbox that is away and a wrong key are told in a sentence', async () => {
    expect(await call('trigger', 'paid')).toMatchObject({
      code: 2,
      error: expect.stringContaining("no story 'paid'"),
    })
    const others = [
      [{ PORTONE_V1_URL: 'https://api.iamport.kr' }, /no sandbox on this machine/],
      [{ PORTONE_V1_URL: `http://127.0.0.1:${await freePort()}` }, /The sandbox does not answer/],
      [{ LANDFALL_KEY: 'another-key-than-the-servers' }, /does not know the key/],
      [{ LANDFALL_URL: `http://127.0.0.1:${await freePort()}` }, /Landfall does not answer/],
    ] as const
    for (const [changes, sentence] of others) {
      const { code, error } = await landfall(['trigger', 'pay'], { ...at.environment, ...changes })
      expect([code, error]).toEqual([1, expect.stringMatching(sentence)])
    }
  })
})

describe('replay', () => {
  const timesOf = (id: string): number => at.notices.filter((notice) => notice.id === id).length
  const delivered = (id: string, times: number) =>
    expect.poll(() => timesOf(id), { timeout: 10_000 }).toBe(times)

  test('N-10: notices of an order, of an id, and since a time are sent again under their ids', async () => {
    const [, orderId = ''] = /^Order (\S+):/.exec((await call('trigger', 'pay')).out) ?? []
    const paidId = (): string => at.notices.findLast(({ type }) => type === 'payment.paid')?.id ?? ''
    await expect.poll(() => paidId().includes(orderId), { timeout: 10_000 }).toBe(true)
    const id = paidId()
    await delivered(id, 1)
    expect(await call('replay', '--order', orderId)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 notice is sent again\./),
    })
    await delivered(id, 2)
    expect(await call('replay', '--notice', id)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 /) })
    await delivered(id, 3)
    expect(await call('replay', '--since', '90m')).toMatchObject({ code: 0 })
    await delivered(id, 4)
    const inFuture = await call('replay', '--since', '2999-01-01T00:00Z')
    expect(inFuture).toMatchObject({ code: 2, error: expect.stringContaining('--since needs') })
  })

  test('what it cannot do is told: no wish, two wishes, an unknown order, a key that is only known by its digest', async () => {
    expect((await call('replay')).code).toBe(2)
    expect((await call('replay', '--order', '1', '--since', '2h')).code).toBe(2)
    expect(await call('replay', '--order', 'nobody')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/\w+/),
    })
    const settings = { ...at.environment, MERCHANT_API_KEYS: production.MERCHANT_API_KEYS }
    expect(await landfall(['replay', '--since', '2h'], settings)).toMatchObject({
      code: 2,
      error: expect.stringContaining('Set LANDFALL_KEY'),
    })
  })
})

describe('listen', () => {
  const body = JSON.stringify({
    type: 'payment.paid',
    sequence: 1,
    data: { order: { orderId: 'ord-1', status: 'paid', name: '드립백' } },
  })

  async function listening(...words: readonly string[]) {
    const command = calling(['listen', '--port', '0', ...words], at.environment)
    await expect.poll(command.out).toContain('Ctrl-C ends.')
    const url = /NOTIFY_URL=(\S+)/.exec(command.out())?.[1] ?? ''
    const { http, close } = openHttp()
    const send = async (secret: string): Promise<number | null> => {
      const receiver = { url, secrets: [secret], deadlineMs: 5_000 }
      const answer = await http(noticeRequest({ id: 'payment%2Epaid:ord-1', body, at: new Date() }, receiver))
      return answer.ok ? answer.value.status : null
    }
    return {
      ...command,
      send,
      [Symbol.asyncDispose]: async () => {
        await close()
        command.stop()
        expect(await command.ended).toMatchObject({ code: 0 })
      },
    }
  }

  test('N-06: a signed notice is printed and answered 204; one of another secret is refused and printed', async () => {
    await using command = await listening()
    expect(await command.send(noticeSecret)).toBe(204)
    expect(command.out()).toMatch(
      /^\d\d:\d\d:\d\d {2}payment\.paid {2}order ord-1 \(paid\) {2}no\. 1 {2}→ 204$/m,
    )
    expect(await command.send(whsec('another secret of the notices'))).toBe(401)
    expect(command.out()).toMatch(/a notice with a wrong signature or time is refused {2}→ 401$/m)
  })

  test('with --forward the shop gets body and headers as they came, and its answer is Landfall’s; a closed shop is 502', async () => {
    const got: { readonly body: string; readonly headers: Readonly<Record<string, unknown>> }[] = []
    const shop = createServer((request, response) => {
      text(request).then(
        (came) => {
          got.push({ body: came, headers: request.headers })
          response.writeHead(418).end()
        },
        () => response.destroy(),
      )
    })
    const port = await freePort()
    await new Promise<void>((resolve) => void shop.listen(port, '127.0.0.1', resolve))
    await using command = await listening('--forward', `http://127.0.0.1:${port}/landfall`)
    expect(await command.send(noticeSecret)).toBe(418)
    expect(got).toEqual([
      {
        body,
        headers: expect.objectContaining({
          'webhook-id': 'payment%2Epaid:ord-1',
          'webhook-timestamp': expect.stringMatching(/^\d+$/),
          'webhook-signature': expect.stringMatching(/^v1,/),
          'content-type': 'application/json',
        }),
      },
    ])
    shop.close()
    shop.closeAllConnections()
    expect(await command.send(noticeSecret)).toBe(502)
    expect(command.out()).toMatch(/→ 502 \(.*ECONNREFUSED/)
  })

  test('an address of another machine, a port in use and settings without a secret are refused', async () => {
    const away = await call('listen', '--forward', 'https://shop.example/landfall')
    expect(away).toMatchObject({ code: 2, error: expect.stringContaining('of this machine') })
    const taken = await call('listen', '--port', String(at.environment['PORT']))
    expect(taken).toMatchObject({ code: 1, error: expect.stringContaining('cannot be used') })
    const { NOTIFY_SECRETS: _, ...settings } = at.environment
    expect((await landfall(['listen'], settings)).code).toBe(2)
  })
})

describe('keys', () => {
  test('P-03: a production server starts with them, the shop’s key fits its digest, and no two calls are alike', async () => {
    const [one, other] = [await call('keys'), await call('keys')]
    const settingsIn = (out: string): Record<string, string> =>
      Object.fromEntries(
        [...out.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
      )
    const fresh = settingsIn(one.out)
    expect(Object.keys(fresh)).toEqual(['MERCHANT_API_KEYS', 'TOKEN_SECRET', 'NOTIFY_SECRETS'])
    const read = readConfig({ ...production, ...fresh })
    expect(read).toMatchObject({ ok: true, value: { warnings: [] } })
    const [, key = ''] = /^# LANDFALL_KEY=([0-9a-f]{64})$/m.exec(one.out) ?? []
    const plain = readConfig({ ...production, ...fresh, MERCHANT_API_KEYS: key })
    const digestIn = (config: typeof read) => config.ok && config.value.secrets.merchantKeys[0]?.digest
    expect(digestIn(plain)).toBe(digestIn(read))
    for (const [name, value] of Object.entries(settingsIn(other.out))) expect(fresh[name]).not.toBe(value)
    for (const line of one.out.split('\n')) expect(line.length).toBeLessThanOrEqual(105)
  })
})
