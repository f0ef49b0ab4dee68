import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { addressOf } from '../test/address-of.ts'
import * as express from './express.ts'
import * as hono from './hono.ts'
import { receive, type VerifiedNotice } from './index.ts'
import * as next from './next.ts'

const secretOf = (text: string): string => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`
const older = secretOf('older')
const newer = secretOf('newer')
const strange = secretOf('strange')
const body = JSON.stringify({
  type: 'payment.paid',
  timestamp: '2026-11-02T03:00:00.000Z',
  sequence: 1,
  data: { order: { orderId: 'ord-1', name: '제주 한라봉', status: 'paid' }, payment: null },
})
const MINUTE_MS = 60_000

type Sent = { readonly secret?: string; readonly sentAgoMs?: number; readonly text?: string }
function signed({ secret = older, sentAgoMs = 0, text = body }: Sent = {}): Record<string, string> {
  const at = new Date(Date.now() - sentAgoMs)
  return {
    'webhook-id': 'payment%2Epaid:ord-1:imp_1:0',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('payment%2Epaid:ord-1:imp_1:0', at, text),
  }
}
const request = (headers: Record<string, string>, text = body): Request =>
  new Request('https://shop.example/landfall', { method: 'POST', headers, body: text })
const reasonOf = async (...given: Parameters<typeof receive>): Promise<string> => {
  const received = await receive(...given)
  return received.ok ? 'taken' : received.reason
}

describe('a notice', () => {
  test('N-03: is taken with its id, as text, as bytes or as a request', async () => {
    const notice = { ...JSON.parse(body), id: 'payment%2Epaid:ord-1:imp_1:0' }
    expect(await receive(request(signed()), older)).toEqual({ ok: true, notice })
    expect(await receive({ headers: signed(), body }, older)).toEqual({ ok: true, notice })
    expect(await receive({ headers: signed(), body: Buffer.from(body) }, [older])).toEqual({
      ok: true,
      notice,
    })
  })

  test('N-06: is taken by either secret while they are exchanged', async () => {
    for (const secrets of [[older, newer], `${older}, ${newer}`]) {
      expect(await reasonOf(request(signed({ secret: older })), secrets)).toBe('taken')
      expect(await reasonOf(request(signed({ secret: newer })), secrets)).toBe('taken')
      expect(await reasonOf(request(signed({ secret: strange })), secrets)).toBe('wrong_signature')
    }
  })

  test('whose body changed by one character is refused', async () => {
    expect(await reasonOf(request(signed(), body.replace('ord-1', 'ord-2')), older)).toBe('wrong_signature')
    expect(await reasonOf(request(signed(), body.replace(':', ': ')), older)).toBe('wrong_signature')
  })

  test.each<[string, number, string]>([
    ['almost five minutes old', 5 * MINUTE_MS - 2_000, 'taken'],
    ['more than five minutes old', 5 * MINUTE_MS + 2_000, 'wrong_time'],
    ['almost five minutes ahead', -(5 * MINUTE_MS - 2_000), 'taken'],
    ['more than five minutes ahead', -(5 * MINUTE_MS + 2_000), 'wrong_time'],
  ])('%s', async (_, sentAgoMs, expected) => {
    expect(await reasonOf(request(signed({ sentAgoMs })), older)).toBe(expected)
  })

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s is unsigned',
    async (name) => {
      const { [name]: _, ...headers } = signed()
      expect(await reasonOf(request(headers), older)).toBe('unsigned')
      expect(await reasonOf({ headers, body }, older)).toBe('unsigned')
    },
  )

  test.each(['{}', 'null', '', '{"type":"x","data":{}}', 'x'])(
    'that is none is refused: %s',
    async (text) => {
      expect(await reasonOf({ headers: signed({ text }), body: text }, older)).toBe('unreadable')
    },
  )

  test('D-01: of more than a mebibyte is refused before it is read whole', async () => {
    const text = ' '.repeat(1024 * 1024 + 1)
    expect(await reasonOf(request(signed({ text }), text), older)).toBe('too_large')
    expect(await reasonOf({ headers: signed({ text }), body: text }, older)).toBe('too_large')
    const endless = new ReadableStream({ pull: (into) => into.enqueue(new Uint8Array(65_536)) })
    const sent = new Request('https://shop.example/', { method: 'POST', body: endless, duplex: 'half' })
    expect(await reasonOf(sent, older)).toBe('too_large')
  })

  test.each([undefined, '', [], ' , ', 'whsec_', 'whsec_%%%'])(
    'no receiver opens with %j',
    async (secrets) => {
      await expect(receive(request(signed()), secrets)).rejects.toThrow(TypeError)
      expect(() => next.notices(secrets, () => null)).toThrow(TypeError)
      expect(() => express.notices(secrets, () => null)).toThrow(TypeError)
    },
  )
})

type Take = (notice: VerifiedNotice) => unknown
type Post = (take: Take, headers: Record<string, string>, text?: string) => Promise<number>

/** Express as its documentation describes it: handlers in order, errors to 500. `parser` may have read the body before. */
const overExpress =
  (parser: (request: IncomingMessage & { body?: unknown }) => Promise<void>): Post =>
  async (take, headers, text = body) => {
    const handler = express.notices(older, take)
    const server = createServer((incoming, response) => {
      parser(incoming).then(
        () => handler(incoming, response, () => response.writeHead(500).end()),
        () => response.writeHead(500).end(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return (await fetch(addressOf(server), { method: 'POST', headers, body: text })).status
    } finally {
      server.close()
    }
  }
const overWeb =
  (handlerOf: (take: Take) => (request: Request) => Promise<Response>): Post =>
  async (take, headers, text = body) =>
    handlerOf(take)(request(headers, text)).then(
      ({ status }) => status,
      () => 500,
    )

describe.each<[string, Post]>([
  ['Express', overExpress(async () => undefined)],
  [
    'Express after express.raw()',
    overExpress(async (incoming) => {
      incoming.body = Buffer.concat(await incoming.toArray())
    }),
  ],
  ['Next', overWeb((take) => next.notices(older, take))],
  ['Hono', overWeb((take) => (raw) => hono.notices(older, take)({ req: { raw } }))],
])('the receiver for %s', (_, post) => {
  test('answers 204 after the shop has taken the notice', async () => {
    const taken: string[] = []
    const take: Take = async (notice) => {
      await Promise.resolve()
      taken.push(notice.data.order.orderId)
    }
    expect(await post(take, signed())).toBe(204)
    expect(taken).toEqual(['ord-1'])
  })

  test('answers 500 if the shop could not take it, so that it comes again', async () => {
    const take: Take = () => Promise.reject(new Error('no database'))
    expect(await post(take, signed())).toBe(500)
  })

  test('answers 401 and tells the shop nothing if the signature is wrong', async () => {
    const taken: unknown[] = []
    expect(await post((notice) => taken.push(notice), signed({ secret: strange }))).toBe(401)
    expect(await post((notice) => taken.push(notice), {})).toBe(401)
    expect(taken).toEqual([])
  })

  test('D-01: answers 413 to more than a mebibyte', async () => {
    expect(await post(() => null, signed(), ' '.repeat(1024 * 1024 + 1))).toBe(413)
  })
})

test('behind express.json() the receiver fails loudly instead of refusing each notice', async () => {
  const parsing = overExpress(async (incoming) => {
    incoming.body = JSON.parse(Buffer.concat(await incoming.toArray()).toString())
  })
  expect(await parsing(() => null, signed())).toBe(500)
})
