import { expect, test } from 'vitest'
import { longestTest } from './longest-test.ts'

test('the longest test of a run is found among lines of several suites, in colour and out of it', () => {
  const lines = [
    '@landfall/server:test:  \u001B[32m✓\u001B[39m src/journey/journey.test.ts \u001B[2m(\u001B[22m61 tests)\u001B[22m 9000\u001B[2mms\u001B[22m',
    '@landfall/server:test:    \u001B[33m✓\u001B[39m M-01: rejected, returned once\u001B[33m 1234\u001B[2mms\u001B[22m',
    '@landfall/web:e2e:    ✓ a card is paid 987ms',
    '@landfall/web:e2e:    × axe finds nothing 2001ms',
    'Duration  26.80s',
  ]
  expect(longestTest(lines)).toEqual({ name: 'axe finds nothing', ms: 2_001 })
  expect(longestTest(['nothing was slow'])).toBe(null)
})
