import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { verifySignature, type SignedMessage } from './signature.ts'

const nowMs = Date.UTC(2026, 10, 2, 3, 0, 0)
const secretOf = (text: string): string => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`
const secret = secretOf('the live secret')
const body = '{"type":"Transaction.Paid","data":{"paymentId":"ord-1"}}'

function signed(by = secret, atMs = nowMs, rawBody = body): SignedMessage {
  const signature = new Webhook(by).sign('msg_1', new Date(atMs), rawBody)
  const seconds = String(Math.floor(atMs / 1000))
  return {
    headers: [
      ['webhook-id', 'msg_1'],
      ['webhook-timestamp', seconds],
      ['Webhook-Signature', signature],
    ],
    rawBody,
  }
}

const outcome = (message: SignedMessage, secrets = [secret]) => {
  const verified = verifySignature(message, secrets, nowMs)
  return verified.ok ? verified.value.messageId : verified.problem
}

describe('a signed webhook', () => {
  afterEach(() => vi.useRealTimers())

  test('W-10: is taken when any live secret signed it, and refused when only a retired one did', () => {
    const next = secretOf('the next secret')
    expect(outcome(signed(secret), [secret, next])).toBe('msg_1')
    expect(outcome(signed(next), [secret, next])).toBe('msg_1')
    expect(outcome(signed(secretOf('a retired secret')), [secret, next])).toBe('no_matching_signature')
    expect(outcome(signed(), [])).toBe('no_matching_signature')
  })

  test('W-09: is refused unsigned, changed, older than five minutes, or from the future', () => {
    expect(outcome({ headers: [], rawBody: body })).toBe('missing_header')
    expect(outcome({ ...signed(), rawBody: `${body} ` })).toBe('no_matching_signature')
    expect(outcome(signed(secret, nowMs - 300_000))).toBe('msg_1')
    expect(outcome(signed(secret, nowMs - 301_000))).toBe('too_old')
    expect(outcome(signed(secret, nowMs + 300_000))).toBe('msg_1')
    expect(outcome(signed(secret, nowMs + 301_000))).toBe('too_new')
  })

  test('W-17: is refused when a header comes twice, in whatever spelling', () => {
    const { headers, rawBody } = signed()
    for (const [name, value] of headers)
      expect(outcome({ headers: [...headers, [name.toUpperCase(), value]], rawBody })).toBe('doubled_header')
  })

  test('of several signatures one must fit; other versions are passed over', () => {
    const message = signed()
    const fits = message.headers[2]?.[1] ?? ''
    const withSignature = (value: string): SignedMessage => ({
      ...message,
      headers: [...message.headers.slice(0, 2), ['webhook-signature', value]],
    })
    expect(outcome(withSignature(`v1a,xyz v1,AAAA ${fits}`))).toBe('msg_1')
    expect(outcome(withSignature(fits.replace('v1,', 'v2,')))).toBe('no_matching_signature')
    expect(outcome(withSignature(''))).toBe('missing_header')
  })

  test('agrees with the library’s verifier on generated messages', () => {
    vi.useFakeTimers({ now: nowMs })
    const messages = fc.record({
      id: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }).filter((id) => id.trim() === id),
      rawBody: fc.oneof(fc.json(), fc.string()),
      lateSeconds: fc.constantFrom(0, 299, 300, 301, -300, -301),
      by: fc.constantFrom(secret, secretOf('somebody else')),
      flip: fc.boolean(),
    })
    fc.assert(
      fc.property(messages, ({ id, rawBody, lateSeconds, by, flip }) => {
        const at = new Date(nowMs - lateSeconds * 1000)
        const signature = new Webhook(by).sign(id, at, rawBody)
        const sent = flip ? signature.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')) : signature
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': String(at.getTime() / 1000),
          'webhook-signature': sent,
        }
        const theirs = (() => {
          try {
            new Webhook(secret).verify(rawBody, headers, { jsonParse: false })
            return true
          } catch {
            return false
          }
        })()
        expect(verifySignature({ headers: Object.entries(headers), rawBody }, [secret], nowMs).ok).toBe(
          theirs,
        )
      }),
      { numRuns: 1_000 },
    )
  })
})
