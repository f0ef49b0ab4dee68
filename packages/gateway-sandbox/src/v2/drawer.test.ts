import { expect, test } from 'vitest'
import { Misbehaviour } from '../misbehaviour.ts'
import { openShopV2 } from '../../testing/v2-shop.ts'

const { returnKeys, shownTry, transactions, webhookVersion, webhookSigning, webhookNoise, confirm } =
  Misbehaviour.shape
const VALUES = [
  returnKeys,
  shownTry,
  transactions,
  webhookVersion,
  webhookSigning,
  webhookNoise,
  confirm,
].flatMap(({ options }): readonly string[] => options)
const USUAL = ['all', 'paid', 'normal', '2024-04-25', 'normal', 'normal', 'normal']

const missing = async (url: string) => {
  const page = await (await fetch(url)).text()
  return VALUES.filter((value) => !page.includes(`<option value="${value}">`))
}

test('the drawer of a V2 payment and the console offer every value of V2’s switches', async () => {
  await using shop = await openShopV2()
  const txId = shop.opened('ord1234')
  // The drawer's first choice leaves the value as it is.
  const drawer = await missing(`${shop.gateway.v2Url}/window/${txId}`)
  expect(drawer).toEqual(USUAL)
  expect(await missing(shop.gateway.v2Url)).toEqual([])
})

test('what the drawer chooses holds for this payment alone', async () => {
  await using shop = await openShopV2()
  const [first, second] = [shop.opened('ord1234'), shop.opened('ord5678')]
  const form = {
    method: 'card',
    card_number: '4242424242424242',
    returnKeys: 'payment_id_only',
    transactions: 'off',
  }
  const press = (txId: string, body: Record<string, string>) =>
    fetch(`${shop.gateway.v2Url}/window/${txId}/pay`, {
      method: 'POST',
      body: new URLSearchParams(body),
      redirect: 'manual',
    })
  const chosen = await press(first, form)
  const plain = await press(second, { method: 'card', card_number: '4242424242424242' })
  expect([chosen, plain].map((answer) => answer.headers.get('location')?.includes('txId='))).toEqual([
    false,
    true,
  ])
  const statuses = []
  for (const paymentId of ['ord1234', 'ord5678'])
    statuses.push((await shop.call('GET', `/payments/${paymentId}/transactions`)).status)
  expect(statuses).toEqual([404, 200])
})
