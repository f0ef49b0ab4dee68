import { expect, test } from 'vitest'
import { seen } from '../../test/samples.ts'
import { onePerPayment } from '../index.ts'

test('G-15: a payment shown twice by shifting pages is one, as far as it got', () => {
  const twice = [seen({ status: 'paid' }), seen({ status: 'ready' }), seen({ orderId: 'ord-2002' })]
  expect(onePerPayment(twice).map(({ orderId, status }) => [orderId, status])).toEqual([
    ['ord-1001', 'paid'],
    ['ord-2002', 'paid'],
  ])
})
