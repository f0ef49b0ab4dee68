import { expect, test } from 'vitest'
import { fail, invariant, InvariantBroken, ok, unreachable } from './index.ts'

test('an outcome is a value or a problem', () => {
  expect(ok(1)).toStrictEqual({ ok: true, value: 1 })
  expect(fail({ kind: 'busy' })).toStrictEqual({ ok: false, problem: { kind: 'busy' } })
})

test('what cannot happen stops, and says in our own words what it was', () => {
  expect(() => invariant(true, 'all is well')).not.toThrow()
  expect(() => invariant(false, 'the sum is right')).toThrow(InvariantBroken)
  expect(() => invariant(false, 'the sum is right')).toThrow('invariant: the sum is right')
  expect(new InvariantBroken('x').name).toBe('InvariantBroken')
})

test('a case that was left out is named', () => {
  const out: never[] = JSON.parse('["odd"]')
  expect(() => out.map((each) => unreachable(each))).toThrow('unreachable: "odd"')
})
