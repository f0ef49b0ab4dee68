import { expect, test } from 'vitest'
import { SingleFlight, type Run } from './single-flight.ts'

/** A run that boards when it is let, and lands when it is told to. */
function slowRun() {
  const flown: Array<readonly string[]> = []
  const landings: Array<{ readonly land: (answer: string) => void; readonly crash: (error: Error) => void }> =
    []
  const run: Run<string, string> = (takeInputs) =>
    new Promise((resolve, reject) => {
      flown.push(takeInputs())
      landings.push({ land: resolve, crash: reject })
    })
  return { run, flown, landings }
}
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('R-07: who comes before a flight has begun shares it', async () => {
  const [lookups, { run, flown, landings }] = [new SingleFlight<string, string>(), slowRun()]
  const all = ['a', 'b', 'c'].map((input) => lookups.join('key', input, run))
  await turn()
  expect(flown).toEqual([['a', 'b', 'c']])
  landings[0]?.land('one')
  expect(await Promise.all(all)).toEqual(['one', 'one', 'one'])
})

test('who comes while it flies causes exactly one more, which begins only when the first has landed', async () => {
  const [lookups, { run, flown, landings }] = [new SingleFlight<string, string>(), slowRun()]
  const first = lookups.join('key', 'a', run)
  await turn()
  const later = ['b', 'c', 'd'].map((input) => lookups.join('key', input, run))
  await turn()
  expect(flown).toEqual([['a']])
  landings[0]?.land('one')
  expect(await first).toBe('one')
  await turn()
  expect(flown).toEqual([['a'], ['b', 'c', 'd']])
  landings[1]?.land('two')
  expect(await Promise.all(later)).toEqual(['two', 'two', 'two'])
})

test('a flight that crashes tells its own passengers, and the next one flies', async () => {
  const [lookups, { run, landings }] = [new SingleFlight<string, string>(), slowRun()]
  const first = lookups.join('key', 'a', run)
  await turn()
  const second = lookups.join('key', 'b', run)
  landings[0]?.crash(new Error('fell'))
  await expect(first).rejects.toThrow('fell')
  await turn()
  landings[1]?.land('two')
  expect(await second).toBe('two')
})

test('L-05: keys do not wait for each other', async () => {
  const [lookups, { run, flown }] = [new SingleFlight<string, string>(), slowRun()]
  const flying = [lookups.join('one', 'a', run), lookups.join('two', 'b', run)]
  await turn()
  expect(flown).toEqual([['a'], ['b']])
  expect(flying).toHaveLength(2)
})

test('`underWay` is the newest flight while there is one, and nothing is kept afterwards', async () => {
  const [lookups, { run, landings }] = [new SingleFlight<string, string>(), slowRun()]
  expect(lookups.underWay('key')).toBe(null)
  const first = lookups.join('key', 'a', run)
  await turn()
  const second = lookups.join('key', 'b', run)
  expect(lookups.underWay('key')).toBe(second)
  landings[0]?.land('one')
  await first
  await turn()
  landings[1]?.land('two')
  await second
  await turn()
  expect(lookups.underWay('key')).toBe(null)
})
