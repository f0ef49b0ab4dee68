import { describe, expect, test } from 'vitest'
import { Reference, stringsOf } from '../index.ts'

const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, 'x']))

describe('the shop’s own strings about an order', () => {
  test.each<[string, unknown]>([
    ['a list', ['C-7', 'U-1']],
    ['none', []],
    ['twenty of them', Array.from({ length: 20 }, () => 'x')],
    ['named ones', { cart: 'C-7' }],
    ['twenty named ones', named(20)],
    ['a name of 40 characters', { ['n'.repeat(40)]: 'x' }],
    ['a string of 200', ['x'.repeat(200)]],
  ])('may be %s', (_, reference) => {
    expect(Reference.parse(reference)).toEqual(reference)
  })

  test.each<[string, unknown]>([
    ['twenty-one', Array.from({ length: 21 }, () => 'x')],
    ['twenty-one named ones', named(21)],
    ['an empty string', ['']],
    ['blanks', [' ']],
    ['a longer string', ['x'.repeat(201)]],
    ['an empty string with a name', { cart: ' ' }],
    ['a name without characters', { '': 'x' }],
    ['a name of blanks', { ' ': 'x' }],
    ['a longer name', { ['n'.repeat(41)]: 'x' }],
    ['no strings', [1]],
    ['a string alone', 'C-7'],
  ])('may not be %s', (_, reference) => {
    expect(Reference.safeParse(reference).success).toBe(false)
  })

  test('blanks around them are nobody’s', () => {
    expect(Reference.parse([' C-7 '])).toEqual(['C-7'])
    expect(Reference.parse({ ' cart ': ' C-7 ' })).toEqual({ cart: 'C-7' })
  })

  test('whoever names too many is told so', () => {
    expect(JSON.stringify(Reference.safeParse(named(21)).error?.issues)).toContain('has more than 20 strings')
  })

  test('an order is found by the strings, whatever they are called', () => {
    expect(stringsOf(['C-7', 'U-1'])).toEqual(['C-7', 'U-1'])
    expect(stringsOf({ cart: 'C-7' })).toEqual(['C-7'])
    expect(stringsOf(null)).toEqual([])
  })
})
