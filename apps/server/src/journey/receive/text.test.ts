import { describe, expect, test } from 'vitest'
import { buy, go, orderId, screenOf, tell, tokenIn } from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

/** Every log line is JSON without control characters. */
function expectPlainLog(world: World): void {
  expect(world.logs.length).toBeGreaterThan(0)
  for (const line of world.logs) {
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    expect(JSON.parse(line)).toMatchObject({ msg: expect.any(String) })
  }
}

/** A failed return through the order's link, followed until the screen shows it. */
async function failedWith(world: World, query: string) {
  const { impUid, returnUrl } = await buy(world)
  const answer = await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&${query}`)
  expect(answer.status).toBe(303)
  const token = tokenIn(answer)
  await world.until('settled', async () => (await screenOf(world, token)).kind === 'failed', 20_000)
  const screen = await screenOf(world, token)
  if (screen.kind !== 'failed') throw new Error(screen.kind)
  return screen
}

describe('a return', () => {
  test.for([
    ['EUC-KR bytes', '%BB%E7%BF%EB%C0%DA%20%C3%EB%BC%D2'],
    ['an encoding that breaks off', '%EC%82%AC%EC%9A'],
    ['surrogates spelled as bytes', '%ED%A0%80'],
  ])('R-14: %s in error_msg are nobody’s text, and are not shown', async ([, bytes]) => {
    await using world = await startWorld()
    expect(await failedWith(world, `error_msg=${bytes}`)).toMatchObject({
      message: null,
      reason: 'not_completed',
    })
    expectPlainLog(world)
  })

  test('R-14: a percent sign that encodes nothing stays a percent sign', async () => {
    await using world = await startWorld()
    expect(await failedWith(world, 'error_msg=100%+%ZZ+%')).toMatchObject({ message: '100% %ZZ %' })
  })

  test('R-14: 10 kB with markup, bidi marks and half a character is shown as 300 characters of text', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world)
    const evil = `</script><b>\u202Eexe.\uD83D\u2066${'😀'.repeat(5_000)}`
    await world.anyone.payments.verify.mutate({
      imp_uid: impUid,
      merchant_uid: orderId,
      imp_success: false,
      error_msg: evil,
      token,
    })
    await world.until('settled', async () => (await screenOf(world, token)).kind === 'failed', 20_000)
    const screen = await screenOf(world, token)
    const message = screen.kind === 'failed' ? (screen.message ?? '') : ''
    expect(message).toMatch(/^<\/script><b> exe\. 😀+…$/u)
    expect([...message]).toHaveLength(300)
    for (const line of world.logs) expect(line).not.toContain('exe.')
  })

  test('R-17: lists and doubled ids are refused, polluting names ignored, and no answer quotes any of them', async () => {
    await using world = await startWorld()
    const ids = `merchant_uid=${orderId}`
    for (const [query, status] of [
      ['imp_uid=imp_1&imp_uid=imp_2', 400],
      ['imp_uid[]=imp_evil', 400],
      ['imp_uid[0]=imp_evil', 400],
      ['imp_uid%5B%22%3Cevil%3E%5D=1', 400],
      [`${ids}&__proto__[evil]=1&constructor.prototype.evil=1&constructor[prototype][evil]=1`, 303],
      [`${ids}&__proto__=evil&toString=evil&hasOwnProperty=evil`, 303],
    ] as const) {
      const answer = await go(`${world.url}/complete?${query}`)
      expect([query, answer.status]).toEqual([query, status])
      expect((await answer.text()) + (answer.headers.get('location') ?? '')).not.toContain('evil')
    }
    expect([Reflect.get({}, 'evil'), Object.keys(Object.prototype)]).toEqual([undefined, []])
    expectPlainLog(world)
  })
})

describe('a webhook', () => {
  test('W-13, W-19: lone surrogates in a webhook’s text are accepted like other text', async () => {
    await using world = await startWorld()
    for (const field of ['status', 'cancellation_id', 'merchant_uid'])
      expect([field, (await tell(world, `{"imp_uid":"imp_1","${field}":"x\\ud800"}`)).status]).toEqual([
        field,
        200,
      ])
    expectPlainLog(world)
  })

  test('R-16, W-13: a content type with control characters is refused, and logged without them', async () => {
    await using world = await startWorld()
    expect((await tell(world, '{}', 'text/\u009B2Jx\u00FF')).status).toBe(415)
    expectPlainLog(world)
    expect(world.logs.join('')).toContain('unsupported_content')
  })

  test('R-17: prototype-polluting names are ordinary fields, in JSON and in a form', async () => {
    await using world = await startWorld()
    const form = 'application/x-www-form-urlencoded'
    expect(
      (await tell(world, '{"imp_uid":"imp_1","__proto__":{"evil":1},"constructor":{"prototype":{}}}')).status,
    ).toBe(200)
    expect((await tell(world, '{"__proto__":{"imp_uid":"imp_1"}}')).status).toBe(400)
    expect((await tell(world, 'imp_uid=imp_1&__proto__=x&constructor=y', form)).status).toBe(200)
    expect((await tell(world, '__proto__[imp_uid]=imp_1', form)).status).toBe(400)
    expect(Reflect.get({}, 'evil')).toBe(undefined)
  })
})

test('P-03: a call of an unknown procedure is logged without its invented name', async () => {
  await using world = await startWorld()
  expect((await go(`${world.url}/trpc/evil.token`)).status).toBe(404)
  await go(`${world.url}/trpc/payments.screen,evil?batch=1`)
  await go(`${world.url}/trpc/payments.screen`)
  expect(world.logs.join('')).not.toContain('evil')
  expect(world.logs.join('')).toContain('"route":"/trpc/payments.screen"')
})
