import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDeeperThan } from './json-depth.ts'

const depthOf = (value: unknown): number =>
  value !== null && typeof value === 'object'
    ? 1 + Math.max(0, ...Object.values(value).map((child: unknown) => depthOf(child)))
    : 0

test('W-13: the depth counted over the text is the depth of the value, brackets in strings left out', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat({ max: 8 }), (value, depthMax) => {
      expect(isDeeperThan(JSON.stringify(value), depthMax)).toBe(depthOf(value) > depthMax)
    }),
  )
  expect(isDeeperThan('["[[[[", "\\"[[[["]', 1)).toBe(false)
})

test('W-13: ten thousand levels are counted only up to the limit, without parsing', () => {
  expect(isDeeperThan('['.repeat(10_000), 32)).toBe(true)
  expect(isDeeperThan('{"a":'.repeat(10_000), 32)).toBe(true)
  expect(isDeeperThan('['.repeat(32), 32)).toBe(false)
})
