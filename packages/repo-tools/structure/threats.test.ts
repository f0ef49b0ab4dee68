// Every case of the catalogue is named by a test, or the reason why not yet stands in packages/repo-tools/commands/threats.ts.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { idsIn, promisesIn } from './promises.ts'
import { catalogue, document, notBuilt, promises, threatsPath } from '../commands/threats.ts'

describe('the catalogue of threats and faults', () => {
  const named = new Set(promises().map(({ id }) => id))

  test('each case is named by a test, or why not yet is said', () => {
    const missing = [...catalogue().keys()].filter((id) => !named.has(id) && notBuilt[id] === undefined)
    expect(missing).toEqual([])
    expect(catalogue().size).toBeGreaterThanOrEqual(166)
    expect(named.size).toBeGreaterThanOrEqual(130)
  })

  test('what is said not to be built has no test', () => {
    expect(Object.keys(notBuilt).filter((id) => named.has(id))).toEqual([])
    expect(Object.keys(notBuilt).filter((id) => !catalogue().has(id))).toEqual([])
  })

  test('no test cites a case that does not exist', () => {
    expect([...named].filter((id) => !catalogue().has(id))).toEqual([])
  })

  test('docs/threats.md is up to date: run «npx -y pnpm threats»', () => {
    expect(readFileSync(threatsPath, 'utf8')).toBe(document())
  })
})

describe('the reading of promises', () => {
  test('finds ids in names, in tables of cases, and in ranges', () => {
    expect(idsIn('G-03…G-05, R-12: said')).toEqual(['G-03', 'G-05', 'R-12', 'G-04'])
    const text =
      "describe('R-01', () => { test.each([['W-02: a', 1]])('%s', () => { expect('S-01').toBe(1) }) })"
    expect(promisesIn({ path: 'a.test.ts', text }).map(({ id }) => id)).toEqual(['R-01', 'W-02'])
  })
})
