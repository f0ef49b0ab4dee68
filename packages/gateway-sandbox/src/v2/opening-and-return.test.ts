import { describe, expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import type { V2OpenRequest } from '../start.ts'
import { requestOf } from '../../testing/v2-shop.ts'

const ORDER = requestOf('ord1234')

describe('what a window opens as', () => {
  const devices: readonly [key: string, windowType: object | undefined, pc: string, mobile: string][] = [
    ['inicis', undefined, 'IFRAME', 'REDIRECTION'],
    ['kakaopay', undefined, 'IFRAME', 'REDIRECTION'],
    ['naverpay', undefined, 'POPUP', 'REDIRECTION'],
    ['nice_v2', { pc: 'REDIRECTION', mobile: 'POPUP' }, 'REDIRECTION', 'POPUP'],
  ]
  test.each(devices)(
    '%s opens with windowType %j as %s on the desktop, %s on phones',
    async (key, windowType, pc, mobile) => {
      await using gateway = await startSandbox()
      const windows = (['pc', 'mobile'] as const).map((device) => {
        const asked: object = { ...ORDER, channelKey: `channel-key-${key}`, device, windowType }
        const opened = gateway.openV2({ ...ORDER, ...asked } satisfies V2OpenRequest)
        return opened.ok ? opened.window : opened.code
      })
      expect(windows).toEqual([pc, mobile])
    },
  )

  test('both spellings of enums, and none in the shop’s own data', async () => {
    await using gateway = await startSandbox()
    const customData = { currency: 'CURRENCY_KRW' }
    gateway.openV2({ ...ORDER, currency: 'KRW', customData })
    const easyPay = { easyPayProvider: 'EASY_PAY_PROVIDER_TOSSPAY' }
    gateway.openV2({ ...ORDER, currency: 'CURRENCY_USD', payMethod: 'EASY_PAY', easyPay, totalAmount: 600 })
    expect(gateway.payments()).toMatchObject([
      { currency: 'USD', amount: 6, pay_method: 'tosspay' },
      { currency: 'KRW', amount: 14_000, custom_data: JSON.stringify(customData) },
    ])
  })

  test('smartro_v2 cuts a long id silently', async () => {
    await using gateway = await startSandbox()
    const opened = gateway.openV2({
      ...ORDER,
      paymentId: 'a'.repeat(41),
      channelKey: 'channel-key-smartro_v2',
    })
    expect(opened).toMatchObject({ ok: true, paymentId: 'a'.repeat(40) })
    await gateway.approve(opened.ok ? opened.txId : '')
    expect(
      gateway.openV2({ ...ORDER, paymentId: 'a'.repeat(42), channelKey: 'channel-key-smartro_v2' }),
    ).toMatchObject({ ok: false, code: 'PaymentAlreadyPaid' })
  })
})

describe('the return', () => {
  const keys: readonly [keys: 'payment_id_only' | 'snake_case' | 'no_tx', query: string][] = [
    ['payment_id_only', 'cart=7&paymentId=ord1234'],
    ['snake_case', 'cart=7&payment_id=ord1234&transactionType=PAYMENT&tx_id='],
    ['no_tx', 'cart=7&paymentId=ord1234&transactionType=PAYMENT'],
  ]
  test.each(keys)('%s: %s', async (returnKeys, query) => {
    await using gateway = await startSandbox()
    const opened = gateway.openV2(ORDER)
    const txId = opened.ok ? opened.txId : ''
    gateway.misbehave({ returnKeys }, txId)
    const { redirectUrl } = await gateway.approve(txId)
    expect(redirectUrl).toBe(`https://shop.example/complete?${query}${query.endsWith('=') ? txId : ''}#end`)
  })

  test('another_tx: the id of no payment', async () => {
    await using gateway = await startSandbox()
    gateway.misbehave({ returnKeys: 'another_tx' })
    const opened = gateway.openV2(ORDER)
    const { redirectUrl } = await gateway.approve(opened.ok ? opened.txId : '')
    const txId = new URL(redirectUrl ?? '').searchParams.get('txId')
    expect(gateway.payments().map((row) => row.imp_uid)).not.toContain(txId)
  })

  test('a refusal brings code, message and what the PG said, with every sign in it escaped', async () => {
    await using gateway = await startSandbox()
    const opened = gateway.openV2(ORDER)
    const { redirectUrl } = await gateway.refuse(opened.ok ? opened.txId : '', 'odd_text')
    expect(redirectUrl).not.toMatch(/[+ ]/)
    const query = new URL(redirectUrl ?? '').searchParams
    expect([query.get('code'), query.get('pgCode'), query.get('pgMessage')]).toEqual([
      'FAILURE_TYPE_PG',
      'P&1+1=2',
      '[P&1+1=2] A&B 카드 100% 오류 + 다시 시도; 문의 #1588?',
    ])
  })

  const lies: readonly [redirect: 'wrong' | 'none', went: boolean, code: boolean][] = [
    ['wrong', true, true],
    ['wrong', false, false],
    ['none', false, false],
  ]
  test.each(lies)('%s: a payment that went well (%s) has a code (%s)', async (redirect, went, code) => {
    await using gateway = await startSandbox()
    gateway.misbehave({ redirect })
    const opened = gateway.openV2(ORDER)
    const txId = opened.ok ? opened.txId : ''
    const { redirectUrl } = went ? await gateway.approve(txId) : await gateway.refuse(txId, 'limit')
    expect(new URL(redirectUrl ?? '').searchParams.has('code')).toBe(code)
  })

  test('a scheme address brings the customer back into an app', async () => {
    await using gateway = await startSandbox()
    const opened = gateway.openV2({ ...ORDER, redirectUrl: 'myapp://payment-complete' })
    const { redirectUrl } = await gateway.approve(opened.ok ? opened.txId : '')
    expect(redirectUrl).toMatch(/^myapp:\/\/payment-complete\?paymentId=ord1234&/)
  })
})
