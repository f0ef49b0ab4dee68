import { expect, test } from 'vitest'
import { held, NOW_MS } from '../../test/samples.ts'
import { markIn, returnedUnder } from './requested-refund.ts'

test.each<[string | null, string]>([
  ['shop-1: the customer changed their mind', 'shop-1'],
  ['auto-imp_1: the order had expired', 'auto-imp_1'],
  ['hand-7: : ', 'hand-7'],
  ['  shop-1: after blanks', 'shop-1'],
  ['shop-1:cut', ''],
  ['shop-1', ''],
  ['shop-: ', ''],
  ['see shop-1: above', ''],
  ['workshop-1: above', ''],
  ['close-imp_1: an account', ''],
  ['shop 1: above', ''],
  ['', ''],
  [null, ''],
])('M-24: the mark that comes first in «%s» is «%s»', (reason, mark) => {
  expect(markIn(reason)).toBe(mark)
})

test('M-24: under a mark stands what went back for just that intent', () => {
  const cancels = ['shop-1: a', 'shop-10: b', 'shop-1: c', null, 'a: shop-1: d'].map((reason, index) => ({
    id: `C${index}`,
    amount: index + 1,
    atMs: NOW_MS,
    reason,
  }))
  expect(returnedUnder('shop-1', held({ cancels }))).toEqual([1, 3])
})
