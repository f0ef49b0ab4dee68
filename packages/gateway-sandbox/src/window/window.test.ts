import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { Misbehaviour } from '../misbehaviour.ts'
import { CARD_SENTINELS } from '../scenarios.ts'
import { startSandbox } from '../start.ts'
import type { Sandbox } from '../start.ts'
import { startMerchant } from '../../testing/test-merchant.ts'

const RETURN_URL = 'https://shop.example/complete/token'

function opened(gateway: Sandbox, change: object = {}) {
  const merchantUid = `ord-${gateway.payments().length}`
  const answer = gateway.open({ merchantUid, amount: 14_000, mRedirectUrl: RETURN_URL, ...change })
  if (!answer.ok) throw new Error(answer.errorMsg)
  return answer
}
const press = (windowUrl: string, button: 'pay' | 'close', fields: Record<string, string> = {}) =>
  fetch(`${windowUrl}/${button}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
const CARD = { method: 'card', card_code: '366', card_number: '4242 4242 4242 4242' }
const returnOf = (answer: Response) =>
  Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams)

describe('the sum that the window shows', () => {
  test.for([
    ['KRW', 14_000, '₩14,000'],
    ['USD', 19.9, '19.90'],
    // Those that the runtime would write without decimals have two by ISO 4217.
    ...['LAK', 'LBP', 'IRR', 'RSD', 'MMK', 'IDR', 'HUF', 'ALL'].map((code) => [code, 12.5, '12.50'] as const),
    ['IQD', 12.5, '12.500'],
    ['KWD', 1.005, '1.005'],
    ['JPY', 1_000, '1,000'],
  ] as const)('M-33: has the digits of ISO 4217: %s %d', async ([currency, amount, shown]) => {
    await using gateway = await startSandbox()
    const page = await (await fetch(opened(gateway, { currency, amount }).windowUrl)).text()
    expect(page).toContain(shown)
  })
})

describe('the end is a 302', () => {
  test('an approved card returns with its ids and imp_success=true', async () => {
    await using gateway = await startSandbox()
    const { impUid, windowUrl } = opened(gateway)
    const answer = await press(windowUrl, 'pay', CARD)
    expect(answer.status).toBe(302)
    expect(returnOf(answer)).toEqual({ imp_uid: impUid, merchant_uid: 'ord-0', imp_success: 'true' })
    expect(gateway.payments()[0]).toMatchObject({ status: 'paid', card_number: '424242*********2' })
  })

  test('a refused card returns with the code and the text of the row', async () => {
    await using gateway = await startSandbox()
    const { windowUrl } = opened(gateway)
    const told = returnOf(await press(windowUrl, 'pay', { ...CARD, card_number: '4000000000000002' }))
    expect(told).toMatchObject({ imp_success: 'false', error_code: '500644' })
    expect(gateway.payments()[0]).toMatchObject({
      status: 'failed',
      fail_reason: told['error_msg'],
      paid_at: 0,
    })
  })

  test('a closed window returns false, and the drawer chooses between failed and ready', async () => {
    await using gateway = await startSandbox()
    const first = returnOf(await press(opened(gateway).windowUrl, 'close'))
    await press(opened(gateway).windowUrl, 'close', { closeLeaves: 'ready' })
    expect(first).toMatchObject({ imp_success: 'false', error_msg: '사용자가 결제를 취소하셨습니다' })
    expect(gateway.payments().map((row) => row.status)).toEqual(['ready', 'failed'])
  })

  test('an issued account returns as a success and is not paid', async () => {
    await using gateway = await startSandbox({ nowMs: () => Date.parse('2026-11-22T01:00:00Z') })
    const { windowUrl } = opened(gateway)
    const told = returnOf(await press(windowUrl, 'pay', { method: 'vbank', vbank_bank: '004' }))
    const due = Date.parse('2026-11-29T23:59:59+09:00') / 1000
    expect(told['imp_success']).toBe('true')
    expect(gateway.payments()[0]).toMatchObject({
      status: 'ready',
      paid_at: 0,
      vbank_code: '004',
      vbank_date: due,
    })
  })

  test('an INICIS bank transfer returns without a flag', async () => {
    await using gateway = await startSandbox()
    const { impUid, windowUrl } = opened(gateway)
    const told = returnOf(await press(windowUrl, 'pay', { method: 'trans', trans_bank: '004' }))
    expect(told).toEqual({ imp_uid: impUid, merchant_uid: 'ord-0' })
  })

  test("the merchant's own query and fragment stay", async () => {
    await using gateway = await startSandbox()
    const { impUid, windowUrl } = opened(gateway, { mRedirectUrl: 'https://shop.example/c?a=1&b=2#top' })
    const answer = await press(windowUrl, 'pay', CARD)
    expect(answer.headers.get('location')).toBe(
      `https://shop.example/c?a=1&b=2&imp_uid=${impUid}&merchant_uid=ord-0&imp_success=true#top`,
    )
  })

  test('a second press moves no money and gets the same result', async () => {
    await using merchant = await startMerchant()
    await using gateway = await startSandbox({ webhookUrl: merchant.webhookUrl })
    const { windowUrl } = opened(gateway)
    const first = await press(windowUrl, 'pay', CARD)
    const second = await press(windowUrl, 'close')
    await gateway.settled()
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(merchant.received()).toHaveLength(1)
  })
})

describe('redirect misbehaviour, chosen in the drawer for one payment', () => {
  const end = async (redirect: string, fields: Record<string, string> = CARD) => {
    await using gateway = await startSandbox()
    const { impUid, windowUrl } = opened(gateway)
    const answer = await press(windowUrl, 'pay', { ...fields, redirect })
    return { impUid, answer, page: await answer.text(), status: gateway.payments()[0]?.status }
  }

  test('success: that key instead of imp_success', async () => {
    const { answer, impUid } = await end('success')
    expect(returnOf(answer)).toEqual({ imp_uid: impUid, merchant_uid: 'ord-0', success: 'true' })
  })

  test('none: no flag', async () => {
    const { answer, impUid } = await end('none')
    expect(returnOf(answer)).toEqual({ imp_uid: impUid, merchant_uid: 'ord-0' })
  })

  test('wrong: the flag is false although money was taken', async () => {
    const { answer, status } = await end('wrong')
    expect([returnOf(answer)['imp_success'], status]).toEqual(['false', 'paid'])
  })

  test('euc_kr: the message arrives as percent-encoded EUC-KR bytes', async () => {
    const { answer } = await end('euc_kr', { ...CARD, card_number: '4000000000000003' })
    const encoded = /error_msg=([^&#]*)/.exec(answer.headers.get('location') ?? '')?.[1] ?? ''
    const bytes = Buffer.from(
      encoded.replaceAll(/%(..)/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    )
    expect(iconv.decode(bytes, 'euc-kr')).toBe('[120054] 잔액이 부족합니다.')
    expect(() => decodeURIComponent(encoded)).toThrow(URIError)
  })

  test('twice: a page that requests the URL before it navigates there', async () => {
    const { answer, page, impUid } = await end('twice')
    expect(answer.status).toBe(200)
    expect(page).toContain(`imp_uid=${impUid}`)
    expect(page).toContain('fetch(url')
  })

  test('post: a self-submitting form with the fields in its body', async () => {
    const { page, impUid } = await end('post')
    expect(page).toContain(`action="${RETURN_URL}"`)
    expect(page).toMatch(new RegExp(`name="imp_uid"\\s+value="${impUid}"`))
  })

  test('never: the money is taken, and the browser stays in the window', async () => {
    const { answer, status } = await end('never')
    expect([answer.status, answer.headers.get('location'), status]).toEqual([200, null, 'paid'])
  })

  test('a forged amount is charged and reported', async () => {
    await using gateway = await startSandbox()
    await press(opened(gateway).windowUrl, 'pay', { ...CARD, forgedAmount: '100' })
    expect(gateway.payments()[0]).toMatchObject({ status: 'paid', amount: 100 })
  })
})

describe('habits, chosen in the drawer for one payment', () => {
  test('each habit applies only to the payment for which it was chosen', async () => {
    await using gateway = await startSandbox()
    const [chosen, other] = [opened(gateway), opened(gateway)]
    await press(chosen.windowUrl, 'pay', {
      ...CARD,
      pg_provider: 'kicc_v2',
      approval: 'late',
      approvalLateMs: 'told',
      promotionDiscount: '100',
      cancel: 'refused',
      cancelLateMs: '32000',
      cancelReturns: '3000',
      cancelRefusal: '잔액 부족',
      lookups: 'lagging',
      lookupsLagMs: '7000',
      rowShape: 'nulls',
      account: 'unknown',
      accountClosing: 'unsupported',
    })
    await press(other.windowUrl, 'pay', { ...CARD, cancel: '', cancelLateMs: '', promotionDiscount: '' })
    const state: unknown = await (await fetch(`${gateway.url}/control/state`)).json()
    const chosenOnes = {
      approval: 'late',
      approvalLateMs: null,
      promotionDiscount: 100,
      cancel: 'refused',
      cancelLateMs: 32_000,
      cancelReturns: 3_000,
      cancelRefusal: '잔액 부족',
      lookups: 'lagging',
      lookupsLagMs: 7_000,
      rowShape: 'nulls',
      account: 'unknown',
      accountClosing: 'unsupported',
    }
    expect(state).toMatchObject({
      payments: [
        { row: { status: 'paid' }, misbehaviour: {} },
        { row: { status: 'ready', pg_provider: 'kicc_v2' }, misbehaviour: chosenOnes },
      ],
    })
    await gateway.approve(chosen.impUid)
    expect(gateway.payments()[1]).toMatchObject({ status: 'paid', amount: 13_900, pg_provider: 'kicc_v2' })
  })

  test('an unknown delay is refused, and the payment stays unchanged', async () => {
    await using gateway = await startSandbox()
    const answer = await press(opened(gateway).windowUrl, 'pay', { ...CARD, lookupsLagMs: '9e15' })
    expect([answer.status, gateway.payments()[0]?.status]).toEqual([400, 'ready'])
  })

  test('the drawer and the console offer every value', async () => {
    await using gateway = await startSandbox()
    const drawer = await (await fetch(opened(gateway).windowUrl)).text()
    const console = await (await fetch(gateway.url)).text()
    const { approval, cancel, lookups, rowShape, account, accountClosing, errorBody } = Misbehaviour.shape
    const values = [approval, cancel, lookups, rowShape, account, accountClosing].flatMap(
      ({ options }) => options,
    )
    const missing = (page: string, asked: readonly string[]) =>
      asked.filter((value) => !page.includes(`<option value="${value}">`))
    expect(missing(drawer, values)).toEqual(['normal', 'normal', 'fresh', 'full', 'normal', 'normal'])
    expect(missing(console, [...values, ...errorBody.options])).toEqual([])
  })
})

describe('before the window', () => {
  test('a paid order is refused with F1002, also after its cancel', async () => {
    await using gateway = await startSandbox()
    const { impUid } = opened(gateway)
    await gateway.approve(impUid)
    const paid = gateway.open({ merchantUid: 'ord-0', amount: 14_000 })
    await gateway.cancelInConsole(impUid)
    const cancelled = gateway.open({ merchantUid: 'ord-0', amount: 14_000 })
    const refusal = {
      ok: false,
      impUid: null,
      errorCode: 'F1002',
      errorMsg: '이미 결제가 이루어진 거래건입니다.',
    }
    expect([paid, cancelled]).toMatchObject([refusal, refusal])
    expect(gateway.payments()).toHaveLength(1)
  })

  test('a misconfigured PG opens no window, by order name or for all payments', async () => {
    await using gateway = await startSandbox()
    const named = gateway.open({ merchantUid: 'a', amount: 1, name: 'no-window', mRedirectUrl: RETURN_URL })
    gateway.misbehave({ noWindow: true })
    const all = gateway.open({ merchantUid: 'b', amount: 1 })
    expect([named, all]).toMatchObject([
      { ok: false, errorCode: 'F500' },
      { ok: false, errorCode: 'F500', redirectUrl: null },
    ])
    const told = named.ok ? null : new URL(named.redirectUrl ?? '').searchParams
    expect([told?.get('imp_uid'), told?.get('imp_success'), told?.get('error_code')]).toEqual([
      '',
      'false',
      null,
    ])
  })
})

describe('sentinels', () => {
  const STATUSES: Record<string, readonly [string, string]> = {
    approve: ['paid', 'paid'],
    refuse: ['failed', 'failed'],
    approve_late: ['ready', 'paid'],
    refuse_then_approve: ['failed', 'paid'],
  }
  test.each(CARD_SENTINELS.map((sentinel) => [sentinel.label, sentinel] as const))(
    'card «%s» gives its outcome, at once and later',
    async (_label, { value, outcome }) => {
      await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
      await press(opened(gateway).windowUrl, 'pay', { ...CARD, card_number: value })
      const now = gateway.payments()[0]?.status
      gateway.advance(10_000)
      const later = gateway.payments()[0]?.status
      const expected = outcome.kind === 'close' ? [outcome.leaves, outcome.leaves] : STATUSES[outcome.kind]
      expect([now, later]).toEqual(expected)
    },
  )

  test('an order name selects the outcome with any payment method', async () => {
    await using gateway = await startSandbox()
    const { impUid } = opened(gateway, { name: '감귤 #balance' })
    const ending = await gateway.pay(impUid, { method: 'phone', phone: '01012345678' })
    expect(ending.redirectUrl).toContain('error_code=120054')
  })

  test('an account for an order named #late is issued first and paid later', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const { impUid } = opened(gateway, { name: '감귤 #late' })
    await gateway.pay(impUid, { method: 'vbank', bankCode: '004' })
    const before = gateway.payments()[0]
    gateway.advance(5_000)
    expect(before).toMatchObject({ status: 'ready', vbank_code: '004' })
    expect(gateway.payments()[0]).toMatchObject({ status: 'paid', vbank_code: '004', pay_method: 'vbank' })
  })

  test('a Toss account is paid automatically after a short delay', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    await press(opened(gateway).windowUrl, 'pay', { method: 'vbank', vbank_bank: '092' })
    const before = gateway.payments()[0]?.status
    gateway.advance(5_000)
    expect([before, gateway.payments()[0]?.status]).toEqual(['ready', 'paid'])
  })
})

describe('virtual accounts', () => {
  test('no deposit is accepted after the due time, nor after `expire`', async () => {
    await using gateway = await startSandbox({ nowMs: () => 1_793_500_000_000 })
    const [late, expired] = [opened(gateway).impUid, opened(gateway).impUid]
    await gateway.issueAccount(late)
    await gateway.issueAccount(expired)
    gateway.expire(expired)
    await expect(gateway.deposit(expired)).rejects.toThrow('past its due time')
    gateway.advance(9 * 86_400_000)
    await expect(gateway.deposit(late)).rejects.toThrow('past its due time')
    expect(gateway.payments().map((row) => row.status)).toEqual(['ready', 'ready'])
  })

  test("the request's vbank_due applies, and a date without a time means its last second in Korea", async () => {
    await using gateway = await startSandbox()
    for (const [vbankDue, iso] of [
      ['20301224', '2030-12-24T23:59:59+09:00'],
      ['2030-12-24', '2030-12-24T23:59:59+09:00'],
      ['2030-12-24 18:30:00', '2030-12-24T18:30:00+09:00'],
      ['20301224183000', '2030-12-24T18:30:00+09:00'],
    ] as const) {
      const { impUid } = opened(gateway, { vbankDue })
      await gateway.issueAccount(impUid)
      expect(gateway.payments()[0]?.vbank_date).toBe(Date.parse(iso) / 1000)
    }
  })
})

describe('what a page shows', () => {
  test('the back button shows that the payment is done, with a link to the shop', async () => {
    await using gateway = await startSandbox()
    const { impUid, windowUrl } = opened(gateway)
    await press(windowUrl, 'pay', CARD)
    const again = await fetch(windowUrl)
    expect(again.headers.get('cache-control')).toBe('no-store')
    const page = await again.text()
    expect(page).toContain('이미 종료된 결제입니다')
    expect(page).toContain(`imp_uid=${impUid}`)
  })

  test('the order name is text, never markup', async () => {
    await using gateway = await startSandbox()
    const { windowUrl } = opened(gateway, { name: '<script>alert(1)</script>' })
    const page = await (await fetch(windowUrl)).text()
    expect(page).not.toContain('<script>alert(1)')
    expect(page).toContain('₩14,000')
  })

  test('the result is posted to the page that opened the window, and markup in it stays text', async () => {
    await using gateway = await startSandbox()
    const { windowUrl } = opened(gateway, {
      mRedirectUrl: undefined,
      name: '</script>',
      openerOrigin: 'https://shop.example',
    })
    const page = await (await press(windowUrl, 'pay', CARD)).text()
    expect(page).toContain('var target = "https://shop.example"')
    expect(page.match(/<\/script>/g)).toHaveLength(1)
  })
})
