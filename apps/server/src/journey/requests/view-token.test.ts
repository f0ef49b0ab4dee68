import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { testClock } from '../../../testing/clock.ts'
import { viewTokens, type Viewer } from './view-token.ts'

const startMs = Date.UTC(2026, 10, 2, 3, 0, 0)
const dayMs = 86_400_000
const [first, second] = ['the first secret of this test', 'the second secret of this test']
const viewer: Viewer = { scope: 'full', orderId: 'ord-1001', paymentId: null, sinceMs: startMs }
const text = (value: unknown): string => base64url.encode(JSON.stringify(value))

test('what is signed is read again; the same viewer gets the same token', async () => {
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const token = await sign(viewer, startMs + dayMs)
  expect(await read(token)).toEqual(viewer)
  expect(await sign(viewer, startMs + dayMs)).toBe(token)
  const outcome: Viewer = { scope: 'outcome', orderId: 'ord-1', paymentId: 'imp_1', sinceMs: startMs }
  expect(await read(await sign(outcome, startMs + dayMs))).toEqual(outcome)
})

test('a link made for an app knows the way back into it, and no scheme a browser acts upon', async () => {
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const inApp: Viewer = { ...viewer, appScheme: 'landfall-shop' }
  expect(await read(await sign(inApp, startMs + dayMs))).toEqual(inApp)
  expect(await read(await sign({ ...viewer, appScheme: 'javascript' }, startMs + dayMs))).toBe(null)
})

test('P-02: an expired token shows nothing', async () => {
  const clock = testClock(startMs)
  const { sign, read } = viewTokens(() => [first], clock)
  const token = await sign(viewer, startMs + dayMs)
  await clock.oversleep(dayMs - 1_000)
  expect(await read(token)).toEqual(viewer)
  await clock.oversleep(2_000)
  expect(await read(token)).toBe(null)
})

test('P-02: to the second: until its end it shows, from its end on it does not', async () => {
  const clock = testClock(startMs)
  const { sign, read } = viewTokens(() => [first], clock)
  const token = await sign(viewer, startMs + 60_000)
  await clock.oversleep(59_999)
  expect(await read(token)).toEqual(viewer)
  await clock.oversleep(1)
  expect(await read(token)).toBe(null)
  await clock.oversleep(1_000)
  expect(await read(token)).toBe(null)
})

test('P-01: what an outcome token shows is not widened by writing another scope, order or end into it', async () => {
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const narrow: Viewer = { scope: 'outcome', orderId: 'ord-1', paymentId: 'imp_1', sinceMs: startMs }
  const [header = '', payload = '', signature = ''] = (await sign(narrow, startMs + dayMs)).split('.')
  const claims: Record<string, unknown> = JSON.parse(new TextDecoder().decode(base64url.decode(payload)))
  // The same words in the same order are the same token: the test below could fail.
  expect(await read(`${header}.${text(claims)}.${signature}`)).toEqual(narrow)
  for (const change of [
    { s: 'full' },
    { o: 'ord-2' },
    { p: 'imp_2' },
    { exp: 9_999_999_999 },
    { iat: 0 },
    { a: 'x' },
  ])
    expect([change, await read(`${header}.${text({ ...claims, ...change })}.${signature}`)]).toEqual([
      change,
      null,
    ])
  // A signature of one token under the words of another, both ours.
  const other = (await sign(viewer, startMs + dayMs)).split('.')
  expect(await read(`${header}.${other[1] ?? ''}.${signature}`)).toBe(null)
})

test('a retired secret opens nothing, under its own name or under that of a live one', async () => {
  const clock = testClock(startMs)
  const retired = viewTokens(() => [first], clock)
  const live = viewTokens(() => [second], clock)
  const old = await retired.sign(viewer, startMs + dayMs)
  const [header = ''] = (await live.sign(viewer, startMs + dayMs)).split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  const claims = JSON.parse(new TextDecoder().decode(base64url.decode(old.split('.')[1] ?? '')))
  const renamed = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(new TextEncoder().encode(first))
  for (const token of [old, renamed]) expect(await live.read(token)).toBe(null)
  expect(await viewTokens(() => [second, first], clock).read(old)).toEqual(viewer)
})

test('P-01: a token that brings its own key, or asks for another kind of one, is not listened to', async () => {
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const [header = '', payload = ''] = (await sign(viewer, startMs + dayMs)).split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const claims = JSON.parse(new TextDecoder().decode(base64url.decode(payload)))
  const own = (alg: string, extra: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, ...extra }).sign(privateKey)
  for (const token of [
    await own('ES256', {}),
    await own('ES256', { jwk }),
    await own('ES256', { jku: 'https://evil.example' }),
  ])
    expect(await read(token)).toBe(null)
  const critical = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid, b64: true, crit: ['b64'] })
    .sign(new TextEncoder().encode('another secret altogether'))
  expect(await read(critical)).toBe(null)
})

test('R-17: a token of 10 kB is none, though it were signed', async () => {
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const [header = ''] = (await sign(viewer, startMs + dayMs)).split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  const signed = (padding: string) =>
    new SignJWT({ s: 'full', o: 'ord-1001', iat: startMs / 1000, exp: startMs / 1000 + 60, padding })
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(new TextEncoder().encode(first))
  expect(await read(await signed('x'))).toEqual(viewer)
  expect(await read(await signed('x'.repeat(7_500)))).toBe(null)
  expect(await read('a'.repeat(10_000))).toBe(null)
})

test('a rotated secret still verifies while it is listed, and no longer once it is not', async () => {
  const clock = testClock(startMs)
  const old = await viewTokens(() => [first], clock).sign(viewer, startMs + dayMs)
  const rotated = viewTokens(() => [second, first], clock)
  expect(await rotated.read(old)).toEqual(viewer)
  expect(await viewTokens(() => [second], clock).read(await rotated.sign(viewer, startMs + dayMs))).toEqual(
    viewer,
  )
  expect(await viewTokens(() => [second], clock).read(old)).toBe(null)
})

test('secrets that are exchanged while it runs sign and verify from the next token on', async () => {
  let listed: readonly string[] = [first]
  const clock = testClock(startMs)
  const { sign, read } = viewTokens(() => listed, clock)
  const old = await sign(viewer, startMs + dayMs)
  listed = [second, first]
  const fresh = await sign(viewer, startMs + dayMs)
  expect(fresh).not.toBe(old)
  expect([await read(old), await read(fresh)]).toEqual([viewer, viewer])
  listed = [second]
  expect([await read(old), await read(fresh)]).toEqual([null, viewer])
})

test('another deployment’s token is nobody’s here', async () => {
  const clock = testClock(startMs)
  expect(
    await viewTokens(() => [second], clock).read(
      await viewTokens(() => [first], clock).sign(viewer, startMs + dayMs),
    ),
  ).toBe(null)
})

test('P-01: forged in any way it shows nothing, and nothing is thrown', async () => {
  const clock = testClock(startMs)
  const { sign, read } = viewTokens(() => [first], clock)
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
    '../..',
    '../../..',
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
  const { sign, read } = viewTokens(() => [first], testClock(startMs))
  const [header = ''] = (await sign(viewer, startMs + dayMs)).split('.')
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header)))
  const endless = await new SignJWT({ s: 'full', o: 'ord-1001', iat: startMs / 1000 })
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(new TextEncoder().encode(first))
  expect(await read(endless)).toBe(null)
})

test('P-02, P-03: a token carries the order’s id and nothing else of it, and fits an address', async () => {
  const token = await viewTokens(() => [first], testClock(startMs)).sign(viewer, startMs + dayMs)
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  expect(token.length).toBeLessThan(300)
  expect(JSON.parse(new TextDecoder().decode(base64url.decode(token.split('.')[1] ?? '')))).toEqual({
    s: 'full',
    o: 'ord-1001',
    iat: startMs / 1000,
    exp: startMs / 1000 + 86_400,
  })
})
