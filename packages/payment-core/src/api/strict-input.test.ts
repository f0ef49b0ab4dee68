import { expect, test } from 'vitest'
import { z } from 'zod'
import * as core from '../index.ts'
import { OrderInput, ReplayInput } from '../index.ts'

const faultOf = (fields: object): string | undefined =>
  OrderInput.safeParse({ orderId: 'ord-1001', ...fields }).error?.issues[0]?.message
const named = (...names: string[]): object => Object.fromEntries(names.map((name) => [name, 1]))

test('a field that is not known is refused by its name, and of many the first five are named', () => {
  expect(faultOf({})).toBeUndefined()
  expect(faultOf(named('x'))).toBe('x is no known field')
  expect(faultOf(named('a1', 'B_2', 'c', 'd', 'e', 'f'))).toBe('a1, B_2, c, d, e is no known field')
})

test('what does not look like the name of a field is not repeated', () => {
  const odd = ['1st', '_id', 'a b', 'a-b', 'x<', '<x', 'n'.repeat(41), '']
  for (const name of odd) expect(faultOf(named(name)), name).toBe('has a field that is not known')
  expect(faultOf(named(...odd, 'n'.repeat(40)))).toBe(`${'n'.repeat(40)} is no known field`)
})

test('of a known field whatever is wrong with it is said', () => {
  expect(OrderInput.safeParse({ orderId: 'a b' }).error?.issues[0]?.message).toMatch(/letters/)
  expect(OrderInput.safeParse({}).error?.issues[0]?.message).toMatch(/expected string/)
})

test('an input of several shapes names the fields of each, whatever was sent instead', () => {
  const sayings = [{}, { orderId: 'ord-1001' }, { from: 1 }, 'a', null, []]
  for (const sent of sayings)
    expect(ReplayInput.safeParse(sent).error?.issues[0]?.message, JSON.stringify(sent)).toBe(
      'needs { id } or { from, to }',
    )
  expect(ReplayInput.safeParse({ from: 2, to: 1 }).error?.issues[0]?.message).toBe('from is not before to')
})

test('no input of the API is refused without a word of what is wrong', () => {
  const inputs = Object.entries<unknown>(core).filter(
    (entry): entry is [string, z.ZodType] => entry[0].endsWith('Input') && entry[1] instanceof z.ZodType,
  )
  expect(inputs.length).toBeGreaterThan(8)
  for (const [name, input] of inputs)
    for (const sent of [{ unknown: {} }, 'a', null])
      for (const { message } of input.safeParse(sent).error?.issues ?? [])
        expect(message, name).not.toBe('Invalid input')
})
