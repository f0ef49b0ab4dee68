import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openShop } from '../testing/test-shop.ts'

const Issued = z.object({ imp_uid: z.string() })
const ASKED = { channel_key: 'k', merchant_uid: 'ord-1', vbank_code: '088', vbank_due: 1_793_600_000 }

describe('accounts with missing data', () => {
  test('unknown: no number, bank, holder or due time, and a deposit is still accepted', async () => {
    await using shop = await openShop()
    shop.gateway.misbehave({ account: 'unknown' })
    const impUid = shop.opened('ord-1', { pg: 'eximbay' })
    await shop.gateway.issueAccount(impUid)
    const issued = await shop.call('POST', '/vbanks', { ...ASKED, merchant_uid: 'ord-2', amount: 14_000 })
    const unknown = {
      status: 'ready',
      vbank_num: 'unknown',
      vbank_code: null,
      vbank_name: null,
      vbank_holder: null,
      vbank_date: 0,
    }
    expect(await shop.row(impUid)).toMatchObject(unknown)
    expect(issued.response).toMatchObject(unknown)
    shop.gateway.advance(30 * 86_400_000)
    expect(await shop.gateway.deposit(impUid)).toMatchObject({ status: 'paid' })
  })

  test('a fixed account may have amount 0 and accepts any deposit; other accounts need an amount', async () => {
    await using shop = await openShop()
    expect((await shop.call('POST', '/vbanks', { ...ASKED, amount: 0 })).status).toBe(400)
    const body = { ...ASKED, amount: 0, fixed_unlimited_vbank: true }
    const { imp_uid } = Issued.parse((await shop.call('POST', '/vbanks', body)).response)
    expect(await shop.row(imp_uid)).toMatchObject({ amount: 0, status: 'ready' })
    await expect(shop.gateway.deposit(imp_uid)).rejects.toThrow('say how much is paid in')
    const deposited = await shop.control('POST', `/payments/${imp_uid}/deposit`, { amount: 9_000 })
    expect(deposited.told).toMatchObject({ amount: 0, status: 'paid', deposit_history: [{ amount: 9_000 }] })
    expect(shop.gateway.open({ merchantUid: 'ord-2', amount: 0 }).ok).toBe(false)
    expect(shop.gateway.open({ merchantUid: 'ord-2', amount: 0, fixedAccount: true }).ok).toBe(true)
  })

  test('a fixed account is paid once the deposits reach its amount', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1', { fixedAccount: true })
    await shop.gateway.issueAccount(impUid)
    expect(await shop.gateway.deposit(impUid, 13_999)).toMatchObject({ status: 'ready', paid_at: 0 })
    expect(await shop.gateway.deposit(impUid, 1)).toMatchObject({ status: 'paid' })
  })

  test('other accounts accept only their own amount', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1')
    await shop.gateway.issueAccount(impUid)
    await expect(shop.gateway.deposit(impUid, 13_999)).rejects.toThrow('takes 14000 and no other amount')
    expect(await shop.gateway.deposit(impUid, 14_000)).toMatchObject({ status: 'paid' })
  })
})

describe('closing an account', () => {
  test('needs_key: INICIS requires pg_api_key, other PGs do not', async () => {
    await using shop = await openShop()
    const [inicis, kcp] = [shop.opened('ord-1'), shop.opened('ord-2', { pg: 'kcp' })]
    await shop.gateway.issueAccount(inicis)
    await shop.gateway.issueAccount(kcp)
    shop.gateway.misbehave({ accountClosing: 'needs_key' })
    expect(await shop.call('DELETE', `/vbanks/${inicis}`)).toMatchObject({ status: 200, code: 1 })
    expect((await shop.row(inicis)).status).toBe('ready')
    expect((await shop.call('DELETE', `/vbanks/${inicis}?pg_api_key=key`)).code).toBe(0)
    expect((await shop.call('DELETE', `/vbanks/${kcp}`)).code).toBe(0)
  })

  test('the key may be in the body', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1')
    await shop.gateway.issueAccount(impUid)
    shop.gateway.misbehave({ accountClosing: 'needs_key' })
    expect((await shop.call('DELETE', `/vbanks/${impUid}`, { pg_api_key: 'key' })).code).toBe(0)
  })

  test('unsupported: the PG closes no accounts, and a deposit is still accepted', async () => {
    await using shop = await openShop()
    const impUid = shop.opened('ord-1')
    await shop.gateway.issueAccount(impUid)
    shop.gateway.misbehave({ accountClosing: 'unsupported' }, impUid)
    expect(await shop.call('DELETE', `/vbanks/${impUid}`)).toMatchObject({ status: 200, code: 1 })
    expect(await shop.gateway.deposit(impUid)).toMatchObject({ status: 'paid' })
  })
})
