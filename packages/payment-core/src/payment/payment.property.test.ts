import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinable } from '../../test/observation.arbitrary.ts'
import { seen } from '../../test/samples.ts'
import { isBelow, join, remainderOf } from '../index.ts'

const runs = { numRuns: 2_000 }

test('W-05: join is commutative: which of two observations comes first cannot matter', () => {
  fc.assert(
    fc.property(joinable, joinable, (a, b) => {
      expect(join(a, b)).toEqual(join(b, a))
    }),
    runs,
  )
})

test('W-05: join is associative: how observations are grouped cannot matter', () => {
  fc.assert(
    fc.property(joinable, joinable, joinable, (a, b, c) => {
      expect(join(join(a, b), c)).toEqual(join(a, join(b, c)))
    }),
    runs,
  )
})

test('W-04: join is idempotent: seeing the same again changes nothing', () => {
  fc.assert(
    fc.property(joinable, joinable, (a, b) => {
      expect(join(a, a)).toEqual(a)
      expect(join(join(a, b), b)).toEqual(join(a, b))
    }),
    runs,
  )
})

test('S-06: join only climbs', () => {
  fc.assert(
    fc.property(joinable, joinable, (a, b) => {
      const both = join(a, b)
      expect(isBelow(both.status, a.status)).toBe(false)
      expect(both.cancelledAmount).toBeGreaterThanOrEqual(a.cancelledAmount)
      expect(both.amounts).toEqual(expect.arrayContaining(a.amounts))
      expect(both.cancels.map((cancel) => cancel.id)).toEqual(
        expect.arrayContaining(a.cancels.map((cancel) => cancel.id)),
      )
    }),
    runs,
  )
})

test('a fact once told is not forgotten by an answer that leaves it out', () => {
  const told = seen({}, { receiptUrl: 'https://r.example/1', accountNumber: '110-1234', paidAtMs: 5 })
  expect(join(told, seen()).details).toEqual(told.details)
  expect(join(seen(), told).details).toEqual(told.details)
})

test('S-05: of a payment nothing below zero is left, and nothing before it is paid', () => {
  fc.assert(
    fc.property(joinable, joinable, (a, b) => {
      expect(remainderOf(join(a, b))).toBeGreaterThanOrEqual(0)
    }),
  )
  expect(remainderOf(seen({ status: 'failed' }))).toBe(0)
})
