import { expect, test } from 'vitest'
import { SingleFlight, type Run } from './single-flight.ts'

/** Runs that close their flight at once, and end when the test says so. */
function slowRun() {
  const inputsOfRuns: Array<readonly string[]> = []
  const runs: Array<{ readonly end: (answer: string) => void; readonly fail: (error: Error) => void }> = []
  const run: Run<string, string> = (close) =>
    new Promise((resolve, reject) => {
      inputsOfRuns.push(close())
      runs.push({ end: resolve, fail: reject })
    })
  return { run, inputsOfRuns, runs }
}
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

test('R-07: callers before a run has begun share it', async () => {
  const [lookups, { run, inputsOfRuns, runs }] = [new SingleFlight<string, string>(), slowRun()]
  const all = ['a', 'b', 'c'].map((input) => lookups.join('key', input, run))
  await turn()
  expect(inputsOfRuns).toEqual([['a', 'b', 'c']])
  runs[0]?.end('one')
  expect(await Promise.all(all)).toEqual(['one', 'one', 'one'])
})

test('callers during a run share exactly one more run, which begins when the first has ended', async () => {
  const [lookups, { run, inputsOfRuns, runs }] = [new SingleFlight<string, string>(), slowRun()]
  const first = lookups.join('key', 'a', run)
  await turn()
  const later = ['b', 'c', 'd'].map((input) => lookups.join('key', input, run))
  await turn()
  expect(inputsOfRuns).toEqual([['a']])
  runs[0]?.end('one')
  expect(await first).toBe('one')
  await turn()
  expect(inputsOfRuns).toEqual([['a'], ['b', 'c', 'd']])
  runs[1]?.end('two')
  expect(await Promise.all(later)).toEqual(['two', 'two', 'two'])
})

test('a run that fails rejects for its own callers alone, and the next one runs', async () => {
  const [lookups, { run, runs }] = [new SingleFlight<string, string>(), slowRun()]
  const first = lookups.join('key', 'a', run)
  await turn()
  const second = lookups.join('key', 'b', run)
  runs[0]?.fail(new Error('fell'))
  await expect(first).rejects.toThrow('fell')
  await turn()
  runs[1]?.end('two')
  expect(await second).toBe('two')
})

test('L-05: keys do not wait for each other', async () => {
  const [lookups, { run, inputsOfRuns }] = [new SingleFlight<string, string>(), slowRun()]
  const inFlight = [lookups.join('one', 'a', run), lookups.join('two', 'b', run)]
  await turn()
  expect(inputsOfRuns).toEqual([['a'], ['b']])
  expect(inFlight).toHaveLength(2)
})

test('`inFlight` is the newest result while a run is in flight, and nothing is kept afterwards', async () => {
  const [lookups, { run, runs }] = [new SingleFlight<string, string>(), slowRun()]
  expect(lookups.inFlight('key')).toBe(null)
  const first = lookups.join('key', 'a', run)
  await turn()
  const second = lookups.join('key', 'b', run)
  expect(lookups.inFlight('key')).toBe(second)
  runs[0]?.end('one')
  await first
  await turn()
  runs[1]?.end('two')
  await second
  await turn()
  expect(lookups.inFlight('key')).toBe(null)
})
