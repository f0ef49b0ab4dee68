import { base64url, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { testClock } from '../testing/clock.ts'
import { viewTokens, type Viewer } from './view-token.ts'

const startMs = Date.UTC(2026, 10, 2, 3, 0, 0)
const dayMs = 86_400_000
const [first, second] = ['the first secret of this test', 'the second secret of this test']
const viewer: Viewer = { scope: 'full', orderId: 'ord-1001', paymentId: null, sinceMs: startMs }
const text = (value: unknown): string => base64url.encode(JSON.stringify(value))

test('what is signed is read again; the same viewer gets the same token', async () => {
  const { sign, read } = viewTokens([first], testClock(startMs))
  const token = await sign(viewer, startMs + dayMs)
  expect(await read(token)).toEqual(viewer)
  expect(await sign(viewer, startMs + dayMs)).toBe(token)
  const outcome: Viewer = { scope: 'outcome', orderId: 'ord-1', paymentId: 'imp_1', sinceMs: startMs }
  expect(await read(await sign(outcome, startMs + dayMs))).toEqual(outcome)
})

test('a link made for an app knows the way back into it, and no scheme a browser acts upon', async () => {
  const { sign, read } = viewTokens([first], testClock(startMs))
  const inApp: Viewer = { ...viewer, appScheme: 'landfall-shop' }
  expect(await read(await sign(inApp, startMs + dayMs))).toEqual(inApp)
  expect(await read(await sign({ ...viewer, appScheme: 'javascript' }, startMs + dayMs))).toBe(null)
})

test('P-02: an expired token shows nothing', async () => {
  const clock = testClock(startMs)
  const { sign, read } = viewTokens([first], clock)
  const token = await sign(viewer, startMs + dayMs)
  await clock.oversleep(dayMs - 1_000)
  expect(await read(token)).toEqual(viewer)
  await clock.oversleep(2_000)
  expect(await read(token)).toBe(null)
})

test('a rotated secret still verifies while it is listed, and no longer once it is not', async () => {
  const clock = testClock(startMs)
  const old = await viewTokens([first], clock).sign(viewer, startMs + dayMs)
  const rotated = viewTokens([second, first], clock)
  expect(await rotated.read(old)).toEqual(viewer)
  expect(await viewTokens([second], clock).read(await rotated.sign(viewer, startMs + dayMs))).toEqual(viewer)
  expect(await viewTokens([second], clock).read(old)).toBe(null)
})

test('another deployment’s token is nobody’s here', async () => {
  const clock = testClock(startMs)
  expect(
    await viewTokens([second], clock).read(await viewTokens([first], clock).sign(viewer, startMs + dayMs)),
  ).toBe(null)
})

test('P-01: forged in any way it shows nothing, and nothing is thrown', async () => {
  const clock = testClock(startMs)
  const { sign, read } = viewTokens([first], clock)
  const good = await sign(viewer, startMs + dayMs)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const kid = String(JSON.parse(new TextDecoder().decode(base64url.decode(header))).kid)
  const claims = { s: 'full', o: 'ord-9', iat: startMs / 1000, exp: startMs / 1000 + 86_400 }
  const key = (secret: string): Uint8Array => new TextEncoder().encode(secret)
  const signed = (body: Record<string, unknown>, alg = 'HS256', secret = first) =>
    new SignJWT(body).setProtectedHeader({ alg, kid }).sign(key(secret))
  const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
  const forged: readonly string[] = [
    '',
    '.',
    '..',
    'x',
    'a.b.c',
    '%00',
    '../../etc',
    'é'.repeat(10),
    good.repeat(20),
    `${header}.${text(claims)}.${signature}`,
    `${header}.${payload}.${flipped}`,
    `${header}.${payload}.`,
    `${text({ alg: 'none', kid })}.${text(claims)}.`,
    `${text({ alg: 'none', kid })}.${text(claims)}.${signature}`,
    `${text({ alg: 'HS256' })}.${payload}.${signature}`,
    `${text({ alg: 'HS256', kid: '__proto__' })}.${payload}.${signature}`,
    await signed(claims, 'HS512'),
    await signed(claims, 'HS256', second),
    await signed({ ...claims, s: 'admin' }),
    await signed({ ...claims, o: '../../x' }),
    await signed({ ...claims, o: { $gt: '' } }),
    await signed({ s: 'full', o: 'ord-9', exp: claims.exp }),
  ]
  for (const token of forged)
    expect([token.slice(0, 80), await read(token)]).toEqual([token.slice(0, 80), null])
})

test('a token that never expires is none of ours', async () => {
  const { sign, read } = viewTokens([first], testClock(startMs))
  const [header = ''] = (await sign(viewer, startMs + dayMs)).split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  const endless = await new SignJWT({ s: 'full', o: 'ord-1001', iat: startMs / 1000 })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(new TextEncoder().encode(first))
  expect(await read(endless)).toBe(null)
})

test('P-02, P-03: a token carries the order’s id and nothing else of it, and fits an address', async () => {
  const token = await viewTokens([first], testClock(startMs)).sign(viewer, startMs + dayMs)
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(token.length).toBeLessThan(300)
  expect(JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? '')))).toEqual({
    s: 'full',
    o: 'ord-1001',
    iat: startMs / 1000,
    exp: startMs / 1000 + 86_400,
  })
})
