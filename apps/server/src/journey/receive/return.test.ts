import { request as rawRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import {
  buy,
  comeBack,
  expectPaidOnce,
  go,
  isPaid,
  looks,
  orderId,
  orderOf,
  register,
  screenOf,
  tellOf,
  tokenIn,
} from '../../../testing/shopper.ts'
import { startWorld, type World } from '../../../testing/world.ts'

/** An order with an approved payment, which only the browser's return reports. */
async function paidInSilence(world: World) {
  world.gateway.misbehave({ webhook: 'never' })
  const bought = await buy(world)
  await world.gateway.approve(bought.impUid)
  return bought
}

const ids = ({ impUid, orderId: id }: { impUid: string; orderId: string }): string =>
  `imp_uid=${impUid}&merchant_uid=${id}`
const outward = (world: World): number =>
  world.gateway.calls().filter(({ method, path }) => method === 'GET' && !path.includes('prepare')).length

describe('303 to the screen, paid whatever the flag says', () => {
  test.for(['normal', 'success', 'none', 'wrong', 'twice', 'post', 'euc_kr'] as const)(
    'R-02, R-03, R-04, R-20: a paid customer who comes back the «%s» way sees *paid*, and the shop is told once',
    async (redirect) => {
      await using world = await startWorld()
      world.gateway.misbehave({ redirect, webhook: 'never' })
      const { impUid } = await buy(world)
      const answer = await comeBack(await world.gateway.approve(impUid))
      expect(answer.status).toBe(303)
      const token = tokenIn(answer)
      await world.until('paid', async () => (await screenOf(world, token)).kind === 'paid')
      await expectPaidOnce(world, impUid)
    },
  )

  test.for([
    'imp_success=True',
    'imp_success=1',
    'imp_success=',
    'success=true&imp_success=false',
    'error_code=F400&error_msg=nope',
    'imp_success=%00',
  ])('R-04: «%s» decides nothing: the look-up does', async (flag) => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await paidInSilence(world)
    expect((await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&${flag}`)).status).toBe(303)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
  })

  test('R-01: a claimed success for an unpaid order leaves it open, and the shop hears nothing', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl, token } = await buy(world)
    expect((await go(`${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=true`)).status).toBe(
      303,
    )
    await world.pass(30_000)
    expect(await orderOf(world)).toMatchObject({ status: 'open', balance: 0, notices: [] })
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking', because: 'confirming' })
    expect(world.receiver.attempts).toEqual([])
  })

  test('R-05: through the order’s link without a V1 id: the ids of other versions are ignored', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await paidInSilence(world)
    expect(
      (await go(`${returnUrl}?paymentId=${orderId}&code=FAILURE&message=x&pgCode=1&payment_id=y`)).status,
    ).toBe(303)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
  })

  test('R-06: the window never opened: only an order id returns, and the recorded state is shown', async () => {
    await using world = await startWorld()
    const { returnUrl } = await register(world)
    world.gateway.misbehave({ noWindow: true })
    const opened = world.gateway.open({ merchantUid: orderId, amount: 14_000, mRedirectUrl: returnUrl })
    if (opened.ok || opened.redirectUrl === null) throw new Error('the window opened')
    const answer = await go(opened.redirectUrl)
    expect(answer.status).toBe(303)
    const token = tokenIn(answer)
    expect(await world.anyone.payments.verify.mutate({ token })).toMatchObject({ kind: 'checking' })
    await world.until('settled', async () => (await screenOf(world, token)).kind === 'failed', 15_000)
    expect(await screenOf(world, token)).toMatchObject({ reason: 'window_not_opened', tryAgain: true })
    expect((await orderOf(world)).status).toBe('open')
  })

  test('R-06, R-21: the Cordova script loses every id: the order’s own link still leads to *paid*', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await paidInSilence(world)
    expect(
      (await go(`${returnUrl}?imp_success=false&error_code=IAMPORT_CORDOVA&error_msg=closed`)).status,
    ).toBe(303)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
    expect((await go(returnUrl)).status).toBe(303)
  })

  test('R-08: without a cookie the link’s holder sees the order, and a stranger with the ids sees only the outcome', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    const own = await go(`${bought.returnUrl}?${ids(bought)}`)
    expect(own.headers.get('set-cookie')).toBe(null)
    await world.until('paid', () => isPaid(world))
    expect(await screenOf(world, tokenIn(own))).toMatchObject({
      kind: 'paid',
      scope: 'full',
      order: { orderId, amount: 14_000 },
    })
    const stranger = await go(`${world.url}/complete?${ids(bought)}&imp_success=true`)
    const seen = await screenOf(world, tokenIn(stranger))
    expect(seen).toMatchObject({ kind: 'paid', scope: 'outcome', order: null, payment: null })
    expect(JSON.stringify({ ...seen, token: '' })).not.toMatch(/14000|한라봉|ord-1001|MOI|receipt\?/)
  })

  test('R-10: a return that is faster than the gateway shows *checking*, and is looked up again until the gateway knows it', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid, returnUrl, token } = await buy(world)
    expect(
      (await go(`${returnUrl}?imp_uid=imp_999999999999&merchant_uid=${orderId}&imp_success=true`)).status,
    ).toBe(303)
    expect(await world.anyone.payments.verify.mutate({ token })).toMatchObject({ kind: 'checking' })
    await world.pass(20_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking' })
    await world.gateway.approve(impUid)
    await world.until('paid', () => isPaid(world), 20_000)
    await expectPaidOnce(world, impUid)
  })

  test('R-11, P-01: an unknown order and somebody else’s paid order look the same to a viewer who names only the order', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await paidInSilence(world)
    await go(`${returnUrl}?imp_uid=${impUid}`)
    await world.until('paid', () => isPaid(world))
    const ask = async (id: string) => {
      const answer = await go(`${world.url}/complete?merchant_uid=${id}&imp_success=true`)
      const token = tokenIn(answer)
      const early = await world.anyone.payments.verify.mutate({ token })
      const alike = { ...early, token: '' }
      return {
        status: answer.status,
        size: (await answer.text()).length,
        location: answer.headers.get('location')?.length,
        token,
        alike,
      }
    }
    const [unknown, foreign] = [await ask('ord-9999'), await ask(orderId)]
    expect({ ...unknown, token: '' }).toEqual({ ...foreign, token: '' })
    expect(unknown.alike).toMatchObject({ kind: 'checking', order: null })
    await world.pass(61_000)
    for (const { token } of [unknown, foreign])
      expect(await screenOf(world, token)).toMatchObject({ kind: 'not_found', order: null })
    await expect(world.merchant.orders.get.query({ orderId: 'ord-9999' })).rejects.toMatchObject({
      data: { kind: 'unknown_order' },
    })
  })

  test('R-11, S-22: while the gateway is away a payment that is not recorded is being checked, and is not found only once the gateway says so', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ rest: 'down' })
    const answer = await go(`${world.url}/complete?imp_uid=imp_999999999999&imp_success=true`)
    const token = tokenIn(answer)
    await world.anyone.payments.verify.mutate({ token })
    await world.pass(120_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking', final: false })
    world.gateway.misbehave({ rest: 'normal' })
    await world.anyone.payments.verify.mutate({ token })
    expect(await screenOf(world, token)).toMatchObject({ kind: 'not_found', final: true })
  })

  test('R-11: `payments.verify` with an order id alone answers without a gateway call, so its time reveals nothing', async () => {
    await using world = await startWorld({ env: { LOOKUP_TIMEOUT_MS: '2000' } })
    await register(world)
    world.gateway.misbehave({ rest: 'slow', restMs: 1_500 })
    for (const id of [orderId, 'ord-9999']) {
      const startedAtMs = performance.now()
      const screen = await world.anyone.payments.verify.mutate({ merchant_uid: id, imp_success: 'true' })
      expect(screen).toMatchObject({ kind: 'checking', order: null })
      expect(performance.now() - startedAtMs).toBeLessThan(1_000)
    }
  })

  test('R-12: another order’s payment, same price, offered with one’s own order: the order is the one the gateway names', async () => {
    await using world = await startWorld()
    const theirs = await paidInSilence(world)
    const mine = await buy(world, { orderId: 'ord-2002' })
    expect(
      (await go(`${mine.returnUrl}?imp_uid=${theirs.impUid}&merchant_uid=ord-2002&imp_success=true`)).status,
    ).toBe(303)
    await world.until('theirs is paid', () => isPaid(world))
    await world.pass(5_000)
    expect(await orderOf(world, 'ord-2002')).toMatchObject({ status: 'open', balance: 0, notices: [] })
    const screen = await screenOf(world, mine.token)
    expect(screen.kind).toBe('checking')
    const stranger = await go(
      `${world.url}/complete?imp_uid=${theirs.impUid}&merchant_uid=ord-2002&imp_success=true`,
    )
    expect(await screenOf(world, tokenIn(stranger))).toMatchObject({ kind: 'checking', order: null })
    await expectPaidOnce(world, theirs.impUid)
  })

  test('R-13: one paid payment offered for a second order pays the first alone', async () => {
    await using world = await startWorld()
    const first = await paidInSilence(world)
    await go(`${first.returnUrl}?${ids(first)}&imp_success=true`)
    await world.until('paid', () => isPaid(world))
    const second = await buy(world, { orderId: 'ord-2002' })
    for (let again = 0; again < 3; again += 1)
      await go(`${second.returnUrl}?imp_uid=${first.impUid}&merchant_uid=ord-2002&imp_success=true`)
    await world.pass(10_000)
    expect(await orderOf(world, 'ord-2002')).toMatchObject({ status: 'open', balance: 0 })
    await expectPaidOnce(world, first.impUid)
  })

  test('R-14: markup, script, bidi marks and 3 kB in error_msg are shown as shortened text and appear in no URL', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await buy(world)
    const evil = `"><script>alert(1)</script>\u202Eexe.\u0007${'가'.repeat(700)}`
    const answer = await go(
      `${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&error_msg=${encodeURIComponent(evil)}`,
    )
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/result\/[\w.-]+$/)
    expect(await answer.text()).not.toContain('script')
    const token = tokenIn(answer)
    await world.until('settled', async () => (await screenOf(world, token)).kind === 'failed', 20_000)
    const screen = await screenOf(world, token)
    if (screen.kind !== 'failed' || screen.message === null) throw new Error('no message')
    expect(screen.message).toContain('<script>alert(1)</script>')
    expect([...screen.message].length).toBeLessThanOrEqual(300)
    for (const mark of ['\u202E', '\u0007']) expect(screen.message).not.toContain(mark)
  })

  test('R-14, S-09: text in a return without the order’s link never appears on the order’s screen', async () => {
    await using world = await startWorld()
    const { impUid, token } = await buy(world)
    for (const query of [
      `merchant_uid=${orderId}`,
      `imp_uid=${impUid}&merchant_uid=${orderId}`,
      `imp_uid=imp_1&merchant_uid=${orderId}`,
    ])
      await go(`${world.url}/complete?${query}&imp_success=false&error_msg=call+010-1234-5678`)
    await world.pass(30_000)
    expect(JSON.stringify(await screenOf(world, token))).not.toContain('010-1234')
  })

  test('S-22, S-09: a stranger who knows an order’s id cannot turn its customer’s screen to *failed* while they are paying', async () => {
    await using world = await startWorld()
    const { token } = await buy(world)
    for (const query of [`merchant_uid=${orderId}`, `imp_uid=imp_123&merchant_uid=${orderId}`])
      await go(`${world.url}/complete?${query}&imp_success=false`)
    await world.pass(240_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'checking' })
  })

  test('S-25, R-22: a return without the order’s link changes no screen: no flag, no text, no *pay again*', async () => {
    await using world = await startWorld()
    const { impUid, token: own } = await buy(world)
    await world.gateway.close(impUid, 'ready')
    const answer = await go(
      `${world.url}/complete?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&error_msg=words`,
    )
    await world.pass(200_000)
    const shown = await screenOf(world, tokenIn(answer))
    expect(shown).toMatchObject({ kind: 'checking', scope: 'outcome', order: null })
    expect(JSON.stringify(await screenOf(world, own))).not.toContain('words')
    expect((await screenOf(world, own)).kind).toBe('checking')
  })

  test('R-15: URLs in the query are never followed', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl, token } = await paidInSilence(world)
    const answer = await go(
      `${returnUrl}?imp_uid=${impUid}&next=//evil.example&return_url=https://evil.example&redirect=javascript:alert(1)`,
    )
    expect(answer.headers.get('location')).toBe(`${world.url}/result/${token}`)
    await world.until('paid', () => isPaid(world))
    const screen = await screenOf(world, token)
    expect(screen.shopUrl).toBe('https://shop.example/')
    expect(JSON.stringify(screen)).not.toContain('evil')
  })

  test('R-16: CR, LF, ESC and NUL split no header and no log line', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await buy(world)
    const dirt = encodeURIComponent('x\r\nset-cookie: a=b\r\n\r\n\u001B[31m\u0000')
    const answer = await go(
      `${returnUrl}?imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=false&error_code=${dirt}&error_msg=${dirt}`,
    )
    expect(answer.status).toBe(303)
    expect(answer.headers.get('set-cookie')).toBe(null)
    await world.pass(2_000)
    for (const line of world.logs) {
      for (const control of ['\r', '\n', '\u001B', '\u0000']) expect(line.trimEnd()).not.toContain(control)
      expect(() => JSON.parse(line)).not.toThrow()
    }
  })

  test('R-18: coming back again after *paid*, also with a flag that says false, changes nothing', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    const { returnUrl, token, impUid } = bought
    await go(`${returnUrl}?${ids(bought)}`)
    await world.until('paid', () => isPaid(world))
    for (const flag of ['imp_success=false&error_msg=no', 'imp_success=true', 'error_code=F1', '']) {
      expect((await go(`${returnUrl}?${ids(bought)}&${flag}`)).status).toBe(303)
      expect(await world.anyone.payments.verify.mutate({ token })).toMatchObject({ kind: 'paid' })
    }
    await world.pass(20_000)
    expect(await screenOf(world, token)).toMatchObject({ kind: 'paid' })
    await expectPaidOnce(world, impUid)
  })

  test('R-20: a cross-site form POST without cookie ends on the same screen as a GET', async () => {
    await using world = await startWorld()
    const { impUid, returnUrl, token } = await paidInSilence(world)
    const headers = {
      origin: 'https://inicis.example',
      'content-type': 'application/x-www-form-urlencoded; charset=EUC-KR',
    }
    const answer = await go(returnUrl, {
      method: 'POST',
      headers,
      body: `imp_uid=${impUid}&merchant_uid=${orderId}&imp_success=true`,
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${world.url}/result/${token}`])
    await world.until('paid', () => isPaid(world))
    expect((await go(`${returnUrl}?imp_uid=${impUid}`, { method: 'POST' })).status).toBe(303)
    expect((await go(`${returnUrl}`, { method: 'POST', body: new FormData() })).status).toBe(303)
    await expectPaidOnce(world, impUid)
  })

  test.for([
    ['an unescaped & in error_msg', 'merchant_uid=ord-1001&imp_success=false&error_msg=A & B &c=d+e'],
    ['a # that was cut off', 'merchant_uid=ord-1001&imp_success=false&error_msg=A'],
    ['imp_uid=null', 'imp_uid=null&merchant_uid=ord-1001'],
    ['imp_uid=undefined', 'imp_uid=undefined&merchant_uid=ord-1001'],
    ['a lost separator', 'a=1&b=2imp_uid=IMP&merchant_uid=ord-1001'],
    ['broken percent-encoding', 'merchant_uid=ord-1001&error_msg=%E0%A4%&x=%'],
    ['a wrong order id beside the right link', 'merchant_uid=%2e%2e%2f&imp_success=true'],
  ])('R-21: a query with %s is used as far as it goes', async ([, query = '']) => {
    await using world = await startWorld()
    const { impUid, returnUrl } = await paidInSilence(world)
    expect((await go(`${returnUrl}?${query.replace('IMP', impUid)}`)).status).toBe(303)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, impUid)
  })
})

describe('concurrent returns', () => {
  test('R-07: fifty returns at once have one effect, and never two look-ups under way', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => go(`${bought.returnUrl}?${ids(bought)}&imp_success=true`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303))
    await world.until('paid', () => isPaid(world))
    await world.pass(30_000)
    expect(world.atOnce(`/payments/${bought.impUid}`)).toBe(1)
    expect(looks(world).length).toBeLessThanOrEqual(3)
    await expectPaidOnce(world, bought.impUid)
    const before = looks(world).length
    await Promise.all(Array.from({ length: 20 }, () => go(`${bought.returnUrl}?${ids(bought)}`)))
    await world.pass(5_000)
    expect(looks(world)).toHaveLength(before) // the record explains them
  })
})

describe('HEAD', () => {
  test('R-07: a link preview is no return: nothing is stored or looked up', async () => {
    await using world = await startWorld()
    const bought = await paidInSilence(world)
    const before = outward(world)
    for (const url of [`${bought.returnUrl}?${ids(bought)}`, `${world.url}/complete?${ids(bought)}`])
      expect(await go(url, { method: 'HEAD' })).toMatchObject({ status: 204 })
    await world.pass(500)
    expect(outward(world)).toBe(before)
    const { receipts } = world.deps().store.tables
    expect(await world.deps().store.query.select().from(receipts)).toEqual([])
  })
})

describe('400 and other refusals, with no call to the gateway', () => {
  const refused = async (world: World, query: string, init: RequestInit = {}): Promise<number> => {
    const before = outward(world)
    const answer = await go(`${world.url}/complete${query}`, init)
    await answer.text()
    await world.pass(2_000)
    expect(outward(world)).toBe(before)
    return answer.status
  }

  test('R-19: ids of a wrong alphabet or length, empty or blank, are refused without a gateway call', async () => {
    await using world = await startWorld()
    const bad = [
      '',
      '?',
      '?imp_uid=&merchant_uid=',
      '?imp_uid=%20&merchant_uid=%20',
      '?imp_uid=imp_../../users',
      '?imp_uid=imp_%2F..',
      `?imp_uid=imp_${'1'.repeat(60)}`,
    ]
    const odd = [
      '?merchant_uid=%2e%2e',
      '?merchant_uid=a%2Fb',
      `?merchant_uid=${'a'.repeat(41)}`,
      '?merchant_uid=%EC%A3%BC%EB%AC%B8',
      '?imp_uid=null&merchant_uid=null',
      '?imp_success=true',
    ]
    for (const query of [...bad, ...odd]) expect([query, await refused(world, query)]).toEqual([query, 400])
  })

  test('R-17: thousands of parameters, brackets or repeated ids: 400, and no prototype is changed', async () => {
    await using world = await startWorld()
    const thousand = Array.from({ length: 1_000 }, (_, index) => `p${index}=1`).join('&')
    const bad = [
      `?${thousand}`,
      '?imp_uid[]=imp_1',
      '?imp_uid[__proto__][polluted]=1',
      '?imp_uid=imp_1&imp_uid=imp_2',
      `?merchant_uid=ord-1&merchant_uid=ord-2`,
      `?imp_uid=imp_1&x=${'x'.repeat(9_000)}`,
    ]
    for (const query of bad)
      expect([query.slice(0, 60), await refused(world, query)]).toEqual([query.slice(0, 60), 400])
    expect(
      await refused(world, '?__proto__[polluted]=1&constructor[prototype][polluted]=1&__proto__=1'),
    ).toBe(400)
    expect(Reflect.get({}, 'polluted')).toBe(undefined)
  })

  test('R-17: a 20 kB query is refused, by Node itself if need be', async () => {
    await using world = await startWorld()
    expect([400, 414, 431]).toContain(await refused(world, `?imp_uid=imp_1&x=${'x'.repeat(20_000)}`))
  })

  test('R-17: a form body of a megabyte is 413', async () => {
    await using world = await startWorld()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(
      await refused(world, '', { method: 'POST', headers, body: `imp_uid=${'x'.repeat(1_000_000)}` }),
    ).toBe(413)
  })

  test('R-11: a browser gets a neutral page that quotes nothing, a program `{kind, message}`', async () => {
    await using world = await startWorld()
    const page = await go(`${world.url}/complete?merchant_uid=<b>evil</b>`, {
      headers: { accept: 'text/html' },
    })
    const html = await page.text()
    expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
      400,
      'text/html; charset=UTF-8',
      'no-store',
    ])
    expect(html).not.toContain('evil')
    expect(html).toContain('lang="ko"')
    const told: unknown = await (await go(`${world.url}/complete`)).json()
    expect(told).toEqual({ kind: 'bad_input', message: expect.any(String) })
  })

  test('R-16: a raw NUL or CR in the request line is refused and nothing falls over', async () => {
    await using world = await startWorld({ sockets: true })
    const port = Number(new URL(world.url).port)
    for (const path of [
      '/complete?imp_uid=imp_1%0d%0aX:1',
      '/complete/%00?x',
      '/complete/%E0%A4%A',
      '/complete/a/b/c',
    ]) {
      const status = await new Promise<number>((resolve, reject) => {
        rawRequest({ port, path }, (answer) => resolve(answer.resume().statusCode ?? 0))
          .on('error', reject)
          .end()
      })
      expect([path, status >= 400 && status < 500]).toEqual([path, true])
    }
  })
})

describe('the same through `payments.verify`', () => {
  test('the SDK’s callback on a PC (issue i): its object as received leads to *paid*', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const { impUid, token } = await buy(world, { returnBy: 'callback' })
    const { callback } = await world.gateway.approve(impUid)
    if (callback === null) throw new Error('no callback')
    const { imp_uid, merchant_uid, success } = callback
    expect(
      await world.anyone.payments.verify.mutate({ imp_uid, merchant_uid, success, token }),
    ).toMatchObject({ kind: 'paid', scope: 'full' })
    await expectPaidOnce(world, impUid)
  })

  test('R-19: neither ids nor token is a bad input; a token that is not ours and no ids is unauthorized', async () => {
    await using world = await startWorld()
    await expect(world.anyone.payments.verify.mutate({})).rejects.toMatchObject({
      data: { kind: 'bad_input', httpStatus: 400 },
    })
    await expect(
      world.anyone.payments.verify.mutate({ imp_uid: '../x', merchant_uid: '' }),
    ).rejects.toMatchObject({ data: { kind: 'bad_input' } })
    await expect(world.anyone.payments.verify.mutate({ token: 'x.y.z' })).rejects.toMatchObject({
      data: { kind: 'bad_view_token', httpStatus: 401 },
    })
  })

  test('R-09: the return never comes: the webhook alone finishes it', async () => {
    await using world = await startWorld()
    world.gateway.misbehave({ webhook: 'never' })
    const bought = await buy(world)
    await world.gateway.approve(bought.impUid)
    expect((await tellOf(world, bought)).status).toBe(200)
    await world.until('paid', () => isPaid(world), 5_000)
    await expectPaidOnce(world, bought.impUid)
  })
})
