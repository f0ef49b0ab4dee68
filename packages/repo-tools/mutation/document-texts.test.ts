import { expect, test } from 'vitest'
import { isDocumentText } from './document-texts.ts'

const argument = (name: string, key: number, isMember = false) => ({
  key,
  listKey: 'arguments',
  parent: {
    type: 'CallExpression',
    callee: isMember
      ? { type: 'MemberExpression', property: { type: 'Identifier', name } }
      : { type: 'Identifier', name },
  },
})

test('texts that describe a schema are no code, and everything else is', () => {
  const texts = [
    argument('text', 0),
    argument('text', 1),
    argument('meta', 0, true),
    argument('explained', 0),
    argument('explained', 1),
    argument('line', 1),
  ]
  expect(texts.map(isDocumentText)).toEqual(texts.map(() => true))
  const code = [argument('line', 0), argument('line', 2), argument('regex', 0, true)]
  expect(code.map(isDocumentText)).toEqual(code.map(() => false))
  expect(isDocumentText({ key: 'callee', parent: { type: 'CallExpression' } })).toBe(false)
})
