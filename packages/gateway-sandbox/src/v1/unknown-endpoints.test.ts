import { expect, test } from 'vitest'
import { openShop } from '../../testing/test-shop.ts'

test.each([
  ['GET', '/subscribe/customers/c1'],
  ['POST', '/receipts/imp_000000000000'],
  ['GET', '/certifications/imp_000000000000'],
  ['GET', '/payments/imp_000000000000/balance'],
  ['GET', '/vbanks/holder'],
])('%s %s is 404, and the envelope says that it does not exist', async (method, path) => {
  await using shop = await openShop()
  const answer = await shop.call(method, path)
  expect(answer).toMatchObject({ status: 404, code: -1, response: null })
  expect(answer.message).toContain(`does not have ${method} ${path}`)
})

test.each([
  ['GET', '/users/getToken', 'POST'],
  ['DELETE', '/payments/imp_000000000000', 'GET'],
  ['PATCH', '/vbanks/imp_000000000000/', 'PUT, DELETE'],
  ['POST', '/banks', 'GET'],
])('%s %s is 405, with the existing methods', async (method, path, methods) => {
  await using shop = await openShop()
  expect(await shop.call(method, path)).toMatchObject({ status: 405, code: -1, response: null })
  const token = await shop.call('POST', '/users/getToken', {
    imp_key: 'sandbox',
    imp_secret: 'sandbox-secret',
  })
  const authorization = JSON.stringify(token.response).match(/[0-9a-f]{40}/)?.[0] ?? ''
  const answer = await fetch(`${shop.gateway.url}${path}`, { method, headers: { authorization } })
  expect(answer.headers.get('allow')).toBe(methods)
})

test('a call of an unknown endpoint is counted', async () => {
  await using shop = await openShop()
  await shop.call('GET', '/subscribe/customers/c1')
  expect(shop.gateway.calls().filter(({ path }) => path.startsWith('/subscribe'))).toHaveLength(1)
})
