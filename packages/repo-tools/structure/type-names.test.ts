import { describe, expect, test } from 'vitest'
import { sources } from './repository.ts'
import { repeatedNames, typesDeclaredIn } from './type-names.ts'

describe('type names', () => {
  test('the product declares each name once', () => {
    const declared = sources.flatMap(typesDeclaredIn)
    expect(repeatedNames(declared)).toEqual([])
    expect(declared.length).toBeGreaterThanOrEqual(300)
  })

  test('a second declaration is reported with both places', () => {
    const bad = [
      { path: 'apps/server/src/a.ts', text: 'export type Answer = string' },
      { path: 'apps/web/src/b.tsx', text: '\ninterface Answer { kind: string }' },
      { path: 'apps/server/src/a.test.ts', text: 'type Answer = number' },
      { path: 'packages/repo-tools/run/a.ts', text: 'type Answer = number' },
      { path: 'packages/payment-core/src/c.ts', text: 'export const Order = 1\nexport type Order = string' },
    ]
    expect(repeatedNames(bad.flatMap(typesDeclaredIn))).toEqual([
      'Answer: apps/server/src/a.ts:1, apps/web/src/b.tsx:2',
    ])
  })
})
