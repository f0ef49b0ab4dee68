import { expect, test } from 'vitest'
import { decide, type DecideInput } from '../src/index.ts'
import { confluence } from './confluence.ts'
import { permutations } from './permutations.ts'

const quietly = (): void => undefined

test('S-12, W-04, W-05: the same facts come to the same end, whatever the order, number and path of claims', () => {
  const found = confluence(200, 1, decide, quietly)
  expect(found.parted).toEqual([])
  expect(found.courses).toBeGreaterThan(40_000)
})

test('S-12: an end that hangs on which claim came first is found out', () => {
  /** What is seen when money is already there is announced; what was seen before it is not. */
  const forgetful = (input: DecideInput) =>
    input.payments.length === 0 ? { ...decide(input), notices: [] } : decide(input)
  expect(confluence(20, 1, forgetful, quietly).parted).not.toEqual([])
})

test('S-12: a claim that is believed is found out', () => {
  const believing = (input: DecideInput) => {
    const said = input.returned?.says === 'success' ? input.returned.paymentId : null
    const seen = input.seen.map((each) =>
      each.paymentId === said && each.status === 'failed' ? { ...each, status: 'paid' as const } : each,
    )
    return decide({ ...input, seen })
  }
  expect(confluence(50, 1, believing, quietly).parted).not.toEqual([])
})

test('six claims have 720 orders, each one once', () => {
  const all = [...permutations([1, 2, 3, 4, 5, 6])].map((each) => each.join(''))
  expect(new Set(all).size).toBe(720)
  expect(all).toHaveLength(720)
})
