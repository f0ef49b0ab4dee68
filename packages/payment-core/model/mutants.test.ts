import { expect, test } from 'vitest'
import { explore } from './explore.ts'
import { mutants } from './mutants.ts'

test.for(mutants)('with one thing wrong the model finds it out: $name', ({ bounds, rules, breaks }) => {
  const { broken } = explore(bounds, rules, () => undefined)
  const told = broken?.trace.map((words, index) => `  ${index + 1}. ${words}`).join('\n') ?? ''
  console.log(`${broken?.id}: ${broken?.why}\n${told}`)
  expect(breaks, broken?.why).toContain(broken?.id)
  expect(broken?.trace.length).toBeGreaterThan(0)
  expect(broken?.trace.every((words) => words !== '')).toBe(true)
})

test('every trace is the shortest: without its last step nothing is broken', () => {
  const lease = mutants.find(({ name }) => name === 'a lease is not looked at')
  if (lease === undefined) throw new Error('no such mutant')
  const { broken } = explore(lease.bounds, lease.rules, () => undefined)
  expect(broken?.trace.at(-1)).toMatch(/is sent/)
  expect(broken?.trace.length).toBe(7)
})
