import { parseSync } from 'oxc-parser'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mutatedText, packageOf, root, sourceOf, type Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'
import { medianOf, seedOf, windowOf } from './sample.ts'
import { controlFault, judged, verdictFrom, type Run } from './trial.ts'

const [first] = mutants
if (first === undefined) throw new Error('the bank is empty')

describe('the list', () => {
  test('has at least sixty bugs, each of a name and a change of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(60)
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    const changes = mutants.map(({ file, find, replace }) => [file, find, replace].join('\n'))
    expect(new Set(changes).size).toBe(mutants.length)
  })

  test.for(mutants)('«$name» has its place in the product, and is a program there', (mutant) => {
    const text = mutatedText(mutant, sourceOf(mutant))
    expect(text).not.toBe(sourceOf(mutant))
    expect(parseSync(mutant.file, text).errors).toEqual([])
    expect(existsSync(`${root}${mutant.killedBy.file}`), mutant.killedBy.file).toBe(true)
  })
})

describe('a verdict', () => {
  const passed = { name: 'a > b', state: 'passed', errors: [] }
  const said = (name: string, message: string): Run => ({
    ran: [passed, { name: 'a > c', state: 'failed', errors: [{ name, message }] }],
    faults: [],
  })

  test('a failed expectation is a kill, and so is a bug that an invariant of the product meets', () => {
    expect(judged(said('AssertionError', 'expected 1 to be 2\n  at line 3'))).toEqual({
      outcome: 'killed',
      told: 'a > c: expected 1 to be 2',
    })
    expect(judged(said('Error', 'invariant: the walk ends where statusOf says')).outcome).toBe('killed')
  })

  test('a program that does not run, or a test that only waits, is none', () => {
    for (const [name, message] of [
      ['TypeError', 'x is not a function'],
      ['ReferenceError', 'x is not defined'],
      ['SyntaxError', 'Unexpected token'],
      ['Error', 'Test timed out in 20000ms.'],
    ] as const)
      expect(judged(said(name, message)).outcome).toBe('broken')
    expect(judged({ ran: [], faults: ['Cannot find module'] }).outcome).toBe('broken')
  })

  test('what no test notices has survived', () => {
    expect(judged({ ran: [passed], faults: [] }).outcome).toBe('survived')
  })

  test('a name that no test has, and a test that fails by itself, are faults of the bank', () => {
    expect(controlFault(first, { ran: [], faults: [] })?.outcome).toBe('no_test')
    expect(controlFault(first, said('AssertionError', 'x'))?.outcome).toBe('broken')
    expect(controlFault(first, { ran: [passed], faults: [] })).toBeNull()
  })

  test('a change whose place is gone, or is not the only one, is stale', () => {
    const mutant: Mutant = { ...first, find: 'a === b', replace: 'a' }
    expect(() => mutatedText(mutant, 'nothing of it')).toThrow('0 times')
    expect(() => mutatedText(mutant, 'a === b || a === b')).toThrow('2 times')
    expect(mutatedText(mutant, 'if (a === b) return')).toBe('if (a) return')
  })

  test('of another process it is read, and nothing else is', () => {
    const verdict = { name: 'x', outcome: 'killed', told: 'y', seconds: 1.5 }
    expect(verdictFrom(verdict)).toEqual(verdict)
    expect(verdictFrom({ ...verdict, outcome: 'perhaps' })).toBeNull()
    expect(verdictFrom(undefined)).toBeNull()
  })
})

describe('a sample', () => {
  test('one day after another goes through the whole bank', () => {
    const days = Math.ceil(mutants.length / 8)
    const from = seedOf(Date.UTC(2026, 10, 22))
    const tried = new Set<string>()
    for (let day = 0; day < days; day += 1) {
      const sample = windowOf(mutants, from + day, 8)
      expect(new Set(sample).size).toBe(8)
      for (const { name } of sample) tried.add(name)
    }
    expect(tried.size).toBe(mutants.length)
  })

  test('is never more than there is', () => {
    expect(windowOf([1, 2, 3], 5, 8)).toHaveLength(3)
    expect(medianOf([3, 1, 2])).toBe(2)
  })

  test('a path belongs to its package', () => {
    expect(packageOf('apps/server/src/journey/a.ts')).toBe('apps/server')
  })
})
