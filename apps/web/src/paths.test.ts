import { expect, test } from 'vitest'
import { languageOf } from './language.ts'
import { completePath, placeOf, resultPath } from './paths.ts'

test('the shop is at the root, and its query names the order to pay again', () => {
  expect(placeOf('/', '')).toEqual({ kind: 'shop', orderId: null })
  expect(placeOf('/', '?order_id=shop-1&again=1')).toEqual({ kind: 'shop', orderId: 'shop-1' })
  expect(placeOf('/', '?order_id=shop-1')).toEqual({ kind: 'shop', orderId: null })
})

test('a result’s path contains its token, whatever characters the token has', () => {
  for (const token of ['abc.def-_', 'a+b/c=&d', '한글 %41']) {
    expect(placeOf(resultPath(token), '?lang=en')).toEqual({ kind: 'result', token })
  }
  expect(placeOf('/result/abc/', '')).toEqual({ kind: 'result', token: 'abc' })
})

test('a return keeps its query unchanged, with or without a token in the path', () => {
  const search = '?imp_uid=imp_1&error_msg=a+b'
  expect(placeOf('/complete', search)).toEqual({
    kind: 'complete',
    token: null,
    query: 'imp_uid=imp_1&error_msg=a+b',
  })
  expect(placeOf('/complete/abc', search)).toMatchObject({ kind: 'complete', token: 'abc' })
})

test('every other address is unknown, also one with invalid percent-encoding', () => {
  for (const path of [
    '/result',
    '/result/',
    '/result/%',
    '/result/a/b',
    '/complete/%E0%A4%A',
    '/shop',
    '//evil.example',
  ]) {
    expect(placeOf(path, ''), path).toEqual({ kind: 'unknown' })
  }
})

test('a callback whose claim could not be sent becomes a return with the same fields', () => {
  const path = completePath('t.k', {
    imp_uid: 'imp_1',
    merchant_uid: 'o&1',
    success: false,
    error_msg: 'a=b',
    error_code: null,
  })
  const url = new URL(path, 'http://shop.test')
  expect(placeOf(url.pathname, url.search)).toMatchObject({ kind: 'complete', token: 't.k' })
  expect(Object.fromEntries(url.searchParams)).toEqual({
    imp_uid: 'imp_1',
    merchant_uid: 'o&1',
    success: 'false',
    error_msg: 'a=b',
  })
})

test('the language is the chosen one, else the browser’s first supported one, else English', () => {
  expect(languageOf('?lang=en', ['ko-KR'])).toBe('en')
  expect(languageOf('?lang=xx', ['ja', 'ko-KR', 'en'])).toBe('ko')
  expect(languageOf('', ['fr-FR', 'ja'])).toBe('en')
  expect(languageOf('', [])).toBe('ko')
})
