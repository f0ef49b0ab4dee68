import { expect, test } from 'vitest'
import { parseJson } from './json-text.ts'

test('JSON is read, and any other text is undefined', () => {
  expect(parseJson('{"a":[null,1]}')).toEqual({ a: [null, 1] })
  expect(parseJson('null')).toBeNull()
  for (const text of ['', '{', 'undefined', '<html>']) expect(parseJson(text)).toBeUndefined()
})
