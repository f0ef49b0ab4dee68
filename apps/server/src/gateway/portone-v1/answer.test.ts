import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readResponse } from './answer.ts'

const waitFor = (headers: Record<string, string>) =>
  readResponse({ status: 429, headers, text: '' }, z.unknown())
const busy = (retryAfterMs: number) => ({ ok: false, problem: { kind: 'gateway_busy', retryAfterMs } })
const date = 'Mon, 02 Nov 2026 03:00:00 GMT'

test('G-13: a date in Retry-After counts from the answer’s own date, for whatever our clock says, up to ten minutes', () => {
  expect(waitFor({ date, 'retry-after': 'Mon, 02 Nov 2026 03:00:42 GMT' })).toEqual(busy(42_000))
  expect(waitFor({ date, 'retry-after': 'Mon, 02 Nov 2026 04:00:00 GMT' })).toEqual(busy(600_000))
  expect(waitFor({ date, 'retry-after': '7' })).toEqual(busy(7_000))
})

test('G-13: a date that has passed, one without the answer’s own, and nonsense count as five seconds', () => {
  for (const headers of [
    { date, 'retry-after': date },
    { date, 'retry-after': 'Mon, 02 Nov 2026 02:00:00 GMT' },
    { 'retry-after': 'Mon, 02 Nov 2026 03:00:42 GMT' },
    { date, 'retry-after': 'soon' },
    { date, 'retry-after': '-3' },
    { date },
  ])
    expect(waitFor(headers)).toEqual(busy(5_000))
})

describe('a failure', () => {
  const read = (status: number, body: unknown, asked: string | null = null) =>
    readResponse(
      { status, headers: {}, text: typeof body === 'string' ? body : JSON.stringify(body) },
      z.unknown(),
      asked,
    )
  const unknown = { ok: false, problem: { kind: 'unknown_payment', asked: 'imp_1' } }
  const refused = (status: number, code: number | null, message: string | null) => ({
    ok: false,
    problem: { kind: 'gateway_refused', status, code, message },
  })
  const unreadable = { ok: false, problem: { kind: 'gateway_unreadable', where: 'envelope' } }
  const none = '존재하지 않는 결제정보입니다.'

  test.each<[{ code: number; message?: unknown; [other: string]: unknown }]>([
    [{ code: 1, message: none }],
    [{ code: 1, message: none, response: null }],
    [{ code: -1, message: none, data: null }],
    [{ code: -1, message: none, data: { imp_uid: null } }],
    [{ code: 1 }],
    [{ code: 1, message: null }],
    [{ code: 1, message: { ko: none } }],
    [{ code: 1, message: none, response: null, timestamp: 'x', path: '/payments/imp_1' }],
  ])(
    'G-19: %j is the gateway’s word: with 404 the payment is unknown, with 200 and 4xx it is a refusal',
    (body) => {
      expect(read(404, body, 'imp_1')).toEqual(unknown)
      const message = typeof body.message === 'string' ? body.message : null
      for (const status of [200, 400, 403, 404, 409])
        expect(read(status, body)).toEqual(refused(status, body.code, message))
      expect(read(500, body, 'imp_1')).toEqual(refused(500, body.code, message))
    },
  )

  test.each([
    ['<html><h1>Not Found</h1></html>'],
    ['<!doctype html><title>403 Forbidden</title>'],
    [''],
    ['{"code":1,"mess'],
    [{ message: 'no Route matched with those values' }],
    [{ error: 'Not Found', status: 404 }],
    [{ code: 'NOT_FOUND', message: 'nothing here' }],
    [{ code: null, message: none }],
    [[{ code: 1 }]],
  ])('G-19, S-20: %j is nobody’s word, and concludes nothing with any status below 500', (body) => {
    for (const status of [200, 302, 400, 403, 404, 405])
      expect(read(status, body, 'imp_1')).toEqual(unreadable)
    for (const status of [401, 500, 502, 503])
      expect(read(status, body, 'imp_1')).toEqual(refused(status, null, null))
  })

  test('G-19, G-10: a payment that was asked about is unknown by the gateway’s text too, whatever its code', () => {
    for (const message of [none, '존재하지 않는 결제 정보입니다', '존재하지않는 결제정보입니다.'])
      for (const code of [1, -1]) expect(read(200, { code, message }, 'imp_1')).toEqual(unknown)
    const others = [
      { code: 0, message: none },
      { code: 1, message: '존재하지 않는 가맹점입니다.' },
      { code: 1, message: '취소할 결제건이 존재하지 않습니다.' },
      { code: -1, message: 'Unauthorized' },
      { code: 1 },
    ]
    for (const body of others) expect(read(200, body, 'imp_1')).not.toEqual(unknown)
    for (const status of [400, 403, 500])
      expect(read(status, { code: 1, message: none }, 'imp_1')).toEqual(refused(status, 1, none))
  })

  test('G-19: success without a response is one, where nothing is read of it', () => {
    expect(read(200, { code: 0 })).toMatchObject({ ok: true })
    expect(
      readResponse({ status: 200, headers: {}, text: '{"code":0}' }, z.object({ a: z.string() })),
    ).toMatchObject({
      problem: { kind: 'gateway_unreadable' },
    })
  })
})
