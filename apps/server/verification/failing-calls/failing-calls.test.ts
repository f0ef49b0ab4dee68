import { expect, test } from 'vitest'
import type { Found } from './each-call.ts'
import { picture } from './picture.ts'
import { failCalls } from './pool.ts'
import { scenarios } from './scenarios.ts'
import { allKinds, errors } from './failing-call.ts'

test('there are forty scenarios and more, and no two have one name', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(40)
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
})

test('S-12, S-20, M-06, C-02, C-03: whichever call of a story fails, nothing false is said, nothing acknowledged is lost, and it ends as it should', async () => {
  const found: Found[] = []
  const [kinds, byError] = [new Map<string, number>(), new Map<string, number>()]
  let [played, calls, replays, otherwise] = [0, 0, 0, 0]
  await failCalls([...scenarios.keys()], 'in turn', (_name, tally) => {
    played += 1
    calls += tally.calls
    replays += tally.replays
    otherwise += tally.otherwise
    found.push(...tally.found)
    for (const [kind, times] of tally.kinds) kinds.set(kind, (kinds.get(kind) ?? 0) + times)
    for (const [error, times] of tally.errors) byError.set(error, (byError.get(error) ?? 0) + times)
  })
  const [first] = found
  if (first !== undefined)
    expect.fail(`${found.length} replays went wrong, the first:\n${await picture(first)}`)
  expect(played).toBe(scenarios.length)
  expect(replays).toBe(calls)
  expect(calls).toBeGreaterThanOrEqual(CALLS_LEAST)
  expect([...kinds.keys()].toSorted()).toEqual([...allKinds].toSorted())
  for (const error of errors)
    expect(byError.get(`${error}, once`) ?? 0, error).toBeGreaterThanOrEqual(
      Math.floor(calls / 3) - scenarios.length,
    )
  expect(otherwise, 'replays that ended in another way that is allowed').toBeLessThan(calls / 50)
})
/** Forty scenarios of twenty-five calls, at the very least. */
const CALLS_LEAST = 1_500

test('what is found is told with scenario, call and error, and drawn from the call on', async () => {
  const text = await picture({
    scenario: 'the shop gives everything back',
    failing: { call: 30, error: 'unheard', lasting: 'once' },
    what: 'an example',
  })
  expect(text).toContain('«the shop gives everything back», call 30 (')
  expect(text).toContain('fails on purpose')
  expect(text).toMatch(/├─+►/)
})
